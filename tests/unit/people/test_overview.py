"""What the teacher sees, stops and removes; the leaderboard; and runs that are shared."""

import csv
import io

import pytest

from core.config.train_config import TrainConfig
from core.lessons.progress import ProgressFile
from core.people import PeopleError
from core.people.clearing import clear_run, remove_class, stop_runs
from core.people.codes import read_codes
from core.people.overview import read_class, read_leaderboard, results_csv
from core.people.shared_runs import find_shared_run, shared_runs
from core.runs.schema import RunError, RunState, Status
from core.runs.store import RunStore
from core.runs.trash import deleted_runs
from tests.support.runs import ended_run

CONFIG = TrainConfig(hidden_units=8)


@pytest.fixture
def ben(people):
    return people.join("=Ben()", 10)[0]


def test_everybodys_work_stands_in_a_row(store, anna, ben):
    ended_run(RunStore(anna.root), CONFIG)
    ProgressFile(anna.root).change(anna.id, "pixels", is_done=True)
    RunStore(anna.root).create(CONFIG)
    RunStore(ben.root).create(CONFIG).write_status(Status.of_this_process())
    ended_run(store, CONFIG)
    rows = {row.person.name: row for row in read_class(store.root)}
    assert set(rows) == {"Anna", "=Ben()"}
    assert (rows["Anna"].lessons_done, rows["Anna"].runs, rows["Anna"].best) == (1, 2, pytest.approx(0.9))
    assert (rows["Anna"].doing, rows["=Ben()"].doing, rows["=Ben()"].best) == ("waits, place 1", "trains", None)


def test_the_results_are_a_csv_without_formulas(store, anna, ben):
    ended_run(RunStore(anna.root), CONFIG)
    lines = list(csv.reader(io.StringIO(results_csv(store.root).decode("utf-8-sig"))))
    assert [line[0] for line in lines] == ["person", "'=Ben()", "Anna"]
    assert lines[2][5:8:2] == ["finished", "0.9000"] and len({len(line) for line in lines}) == 1


def test_the_leaderboard_has_the_best_of_each_and_no_imported_run(store, anna, ben):
    ended_run(RunStore(anna.root), CONFIG)
    ended_run(RunStore(ben.root), CONFIG).write_notes(imported=1.0)
    assert [(row.place, row.name, row.is_own) for row in read_leaderboard(store.root, anna.id)] == [(1, "Anna", True)]
    ended_run(RunStore(ben.root), CONFIG)
    assert [row.place for row in read_leaderboard(store.root, anna.id)] == [1, 1]


def test_the_teacher_stops_and_clears_what_is_a_persons(store, anna, ben):
    waiting, done = RunStore(anna.root).create(CONFIG), ended_run(RunStore(anna.root), CONFIG)
    others = RunStore(ben.root).create(CONFIG)
    assert stop_runs(anna) == 1
    assert waiting.status().state is RunState.STOPPED and others.status().state is RunState.QUEUED
    clear_run(anna, done.id)
    assert [run.id for run in deleted_runs(RunStore(anna.root))] == [done.id]
    with pytest.raises(RunError):
        clear_run(anna, others.id)


def test_two_of_one_name_are_told_apart_wherever_they_stand(store, people, anna):
    other = people.join_with_account("https://issuer 1", "anna", 10)
    ended_run(RunStore(anna.root), CONFIG).write_notes(shared=True)
    ended_run(RunStore(other.root), CONFIG)
    names = {f"Anna · {anna.id[-4:]}", f"anna · {other.id[-4:]}"}
    assert {row.name for row in read_class(store.root)} == names
    assert {row.name for row in read_leaderboard(store.root, "")} == names
    lines = list(csv.reader(io.StringIO(results_csv(store.root).decode("utf-8-sig"))))
    assert {line[0] for line in lines[1:]} == names
    assert {each.owner for each in shared_runs(store.root, store.root)} <= names


def test_the_class_is_removed_with_damaged_workspaces(store, people, anna, ben):
    (anna.root / "person.json").write_bytes(b"[]")
    (ben.root / "person.json").unlink()
    assert {row.name for row in read_class(store.root)} == {anna.id, ben.id}
    assert remove_class(store.root) == 2 and list((store.root / "people").iterdir()) == []


def test_the_class_is_removed_and_the_teachers_runs_stay(store, people, anna, ben):
    own, codes = ended_run(store, CONFIG), read_codes(store.root)
    RunStore(anna.root).create(CONFIG)
    assert remove_class(store.root) == 2
    assert people.all() == [] and [run.id for run in store.all()] == [own.id]
    assert list((store.root / "people").iterdir()) == []
    assert read_codes(store.root).join != codes.join and read_codes(store.root).teacher == codes.teacher
    with pytest.raises((PeopleError, OSError)):
        people.remove(anna)


def test_a_run_is_found_by_others_as_long_as_it_is_shared(store, anna, ben):
    run = ended_run(RunStore(anna.root), CONFIG)
    assert shared_runs(store.root, ben.root) == []
    with pytest.raises(RunError, match=f"There is no run {run.id!r} here"):
        find_shared_run(store.root, run.id)
    run.write_notes(shared=True)
    (shared,) = shared_runs(store.root, ben.root)
    assert (shared.owner, shared.summary.id) == ("Anna", run.id)
    assert find_shared_run(store.root, run.id).folder == run.folder
    assert shared_runs(store.root, anna.root) == [], "one's own is not others'"
    run.write_notes(shared=False)
    assert shared_runs(store.root, ben.root) == []


@pytest.mark.parametrize("run_id", ["", ".", "..", "../..", "people", "no-such-run"])
def test_no_folder_but_a_shared_run_is_found(store, anna, run_id):
    with pytest.raises(RunError):
        find_shared_run(store.root, run_id)
