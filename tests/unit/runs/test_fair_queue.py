"""The queue of several people: in turn, one lock, limits for each, and nobody's run is in another's list."""

from itertools import pairwise
from pathlib import Path

import pytest

from core.config.field_spec import ConfigError
from core.config.train_config import TrainConfig
from core.people import People
from core.runs.class_settings import FILE, ClassSettings, write_if_missing
from core.runs.fair_queue import fair_order, is_busy, machine_queue, stop_overdue_run
from core.runs.queue_view import OTHERS_TITLE, read_queue
from core.runs.quota import QuotaError, check_disk, file_run
from core.runs.schema import Status
from core.runs.store import RunStore
from core.runs.workspaces import last_began, machine_root, note_began

CONFIG = TrainConfig(hidden_units=8)
ANNA, BEN, CLEO = map(Path, ("anna", "ben", "cleo"))


@pytest.fixture
def stores(store):
    """The stores of Anna and Ben, of one class."""
    people = People(store.root)
    return [RunStore(people.join(name, 10)[0].root) for name in ("Anna", "Ben")]


def test_everybody_has_one_run_in_each_round_and_who_waited_longest_goes_first():
    waiting = {ANNA: ["a1", "a2", "a3"], BEN: ["b1"], CLEO: ["c1", "c2"]}
    assert fair_order(waiting, {ANNA: 3.0, BEN: 2.0, CLEO: 1.0}) == ["c1", "b1", "a1", "c2", "a2", "a3"]
    assert fair_order(waiting, {ANNA: 3.0, BEN: 2.0})[0] == "c1", "who never trained goes before all"
    assert fair_order({}, {}) == fair_order({ANNA: []}, {}) == []


def test_whatever_is_filed_nobody_waits_for_two_runs_of_another(stores):
    """Played to the end: the first of the queue is trained, then its owner goes to the back."""
    anna, ben = stores
    runs = [file_run(store, CONFIG) for store in (anna, anna, anna, ben, ben)]
    trained = []
    for moment in range(len(runs)):
        run = machine_queue(anna.root)[0]
        note_began(run.folder.parent)
        run.write_status(Status(state="finished", ended=float(moment + 1)))
        trained.append(run.folder.parent)
    assert len(trained) == 5 and machine_queue(anna.root) == []
    assert not any(one == other for one, other in pairwise(trained[:4]))
    assert trained[4] == anna.root and last_began(anna.root) > last_began(ben.root) > 0


def test_workspaces_have_one_lock_and_lists_of_their_own(store, stores):
    anna, ben = stores
    assert anna.lock_path == ben.lock_path == store.lock_path
    assert machine_root(anna.root) == store.root == machine_root(store.root)
    run = anna.create(CONFIG)
    assert (store.all(), [each.id for each in anna.all()], ben.all()) == ([], [run.id], [])
    assert [each.id for each in machine_queue(ben.root)] == [run.id] and is_busy(ben.root)


def test_a_folder_that_is_called_people_by_chance_is_no_class(tmp_path):
    store = RunStore(tmp_path / "people" / "runs")
    store.create(CONFIG)
    assert machine_root(store.root) == store.root and store.lock_path.parent == store.root


def test_others_runs_stand_in_the_queue_without_a_name(stores):
    anna, ben = stores
    secret = anna.create(CONFIG)
    secret.write_notes(name="Secret")
    secret.write_status(Status.of_this_process())
    note_began(anna.root)
    own = ben.create(CONFIG)
    anna.create(CONFIG)
    queue = read_queue(ben)
    assert (queue.active.title, queue.active.is_own) == (OTHERS_TITLE, False)
    assert [each.is_own for each in queue.waiting] == [True, False]
    assert queue.starts_after(own.id)
    assert read_queue(anna).active.title == "Secret"


def test_the_limits_are_each_persons_own(store, stores):
    anna, ben = stores
    (store.root / FILE).write_text("waiting_runs = 2\ndisk_mb = 10\n")
    file_run(anna, CONFIG)
    file_run(anna, CONFIG)
    with pytest.raises(QuotaError, match="^2 runs wait in the queue already; at most 2 may .a limit of this class."):
        file_run(anna, CONFIG)
    assert file_run(ben, CONFIG) and file_run(store, CONFIG)
    (ben.root / "large").write_bytes(b"0" * 10 * 1024**2)
    with pytest.raises(QuotaError, match="^Your runs and data sets take 10 MB; at most 10 may"):
        check_disk(ben.root)
    check_disk(store.root)


def test_a_run_that_holds_the_machine_too_long_is_stopped_and_the_teachers_is_not(store, stores):
    anna, _ = stores
    (store.root / FILE).write_text("minutes_a_run = 1")
    run, own = anna.create(CONFIG), store.create(CONFIG)
    for each in (run, own):
        each.write_status(Status.of_this_process())
    started = run.status().started
    assert not stop_overdue_run(store.root, started + 59)
    assert stop_overdue_run(store.root, started + 61) and run.halt() == "stop"
    assert not stop_overdue_run(store.root, started + 62), "it is told once"
    assert own.halt() is None


def test_the_settings_are_written_with_what_they_mean_and_read_again(tmp_path):
    path = write_if_missing(tmp_path)
    text = path.read_text()
    assert ClassSettings.read(tmp_path) == ClassSettings() and "# How many runs of one person may wait" in text
    path.write_text('people = 12\nteachers = ["A@School.org", " https://issuer  Subject-1 "]')
    assert write_if_missing(tmp_path).read_text().startswith("people = 12"), "what is there stays"
    assert ClassSettings.read(tmp_path) == ClassSettings(
        people=12, teachers=("a@school.org", "https://issuer Subject-1")
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("people = 0", "people is 0: a whole number from 1 to 1,000 is wanted"),
        ("people = true", "people is True: a whole number"),
        ('disk_mb = "much"', "disk_mb is 'much': a whole number from 10"),
        ("pupils = 3", "has 'pupils', which is no setting; the settings are waiting_runs"),
        ("people 3", "is not a TOML file"),
        ('teachers = "a@b.org"', "a list of e-mail addresses, or of accounts, is wanted"),
        ("teachers = [1]", "a list of e-mail addresses"),
        ('teachers = ["somebody"]', "a list of e-mail addresses"),
        ('teachers = ["https://a b c"]', "a list of e-mail addresses"),
        ("#" * 200_000, "is too large"),
    ],
)
def test_settings_that_make_no_sense_are_refused_in_words(tmp_path, text, words):
    (tmp_path / FILE).write_text(text)
    with pytest.raises(ConfigError, match=words):
        ClassSettings.read(tmp_path)


def test_the_settings_that_were_read_last_are_in_force_while_the_file_is_wrong(tmp_path):
    path = tmp_path / FILE
    assert ClassSettings.in_force(tmp_path) == ClassSettings()
    path.write_text("people = 12")
    assert ClassSettings.in_force(tmp_path).people == 12
    path.write_text("people = twelve")
    assert ClassSettings.in_force(tmp_path).people == 12
    path.unlink()
    assert ClassSettings.in_force(tmp_path) == ClassSettings()
    path.write_text("people = twelve")
    assert ClassSettings.in_force(tmp_path) == ClassSettings()
