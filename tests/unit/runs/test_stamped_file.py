"""The summaries of all runs in a file: read by the next process, and made anew wherever they cannot be used."""

import json
import shutil

import pytest

from core.config.train_config import TrainConfig
from core.runs import index, stamped_cache, stamped_file
from core.runs.index import run_summaries
from core.runs.run import Run
from core.runs.schema import Status
from core.runs.state_cache import run_states
from tests.support.runs import ended_run

COUNT = 40


def states(store):
    return {run.id: state for run, state in run_states(store)}


@pytest.fixture
def runs(store):
    """40 finished runs, newest first."""
    first = ended_run(store, TrainConfig(hidden_units=8))
    for number in range(COUNT - 1):
        shutil.copytree(first.folder, store.root / f"20200101-000000-{number:03}-mlp-0000")
    return store.all()


@pytest.fixture
def new_process(monkeypatch):
    """Call it to forget all that this process knows of runs; it then returns a list to which ids of read ones come."""

    def forget():
        monkeypatch.setattr(index._summaries, "_roots", {})
        read = []
        monkeypatch.setattr(index._summaries, "_read", lambda run: read.append(run.id) or index._read_summary(run))
        return read

    return forget


@pytest.fixture
def saved(store, runs, new_process):
    """The file of the summaries of all runs."""
    new_process()
    run_summaries(store)
    return store.root / ".cache" / "summaries.json"


def test_another_process_reads_no_run_again(store, saved, new_process):
    before = run_summaries(store)
    read = new_process()
    assert run_summaries(store) == before and read == []
    assert before[0].config == TrainConfig(hidden_units=8) and before[0].accuracy_text


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: b"another version" + data,
        lambda data: data.replace(b'"finished"', b'"nothing"', 1),
        lambda data: data.replace(b'"epochs":5', b'"epochs":"5"', 1),
        lambda data: data.replace(b'"title":"', b'"title":"\\u202e', 1),
        lambda data: data.replace(b'"title":"', b'"title":"\x7f', 1),
        lambda data: data.partition(b"\n")[0] + b"\n" + b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_made_anew(store, saved, new_process, damage):
    before, sound = run_summaries(store), saved.read_bytes()
    damaged = damage(sound)
    assert damaged != sound
    saved.write_bytes(damaged)
    read = new_process()
    assert run_summaries(store) == before and len(read) == COUNT
    assert saved.read_bytes() == sound
    assert (new_process(), run_summaries(store)) == ([], before)


def test_what_another_process_did_meanwhile_is_seen(store, saved, runs, new_process):
    """One run is noted on, one deleted, one renamed, one damaged, and one is new."""
    noted, deleted, renamed, damaged = runs[:4]
    (noted.folder / "notes.json").write_text(json.dumps({"name": "mine", "star": True}))
    shutil.rmtree(deleted.folder)
    renamed.folder.rename(store.root / "20210101-000000-000-mlp-0001")
    (damaged.folder / "status.json").write_text("{")
    new = store.create(TrainConfig(epochs=7))
    read = new_process()
    found = {each.id: each for each in run_summaries(store)}
    assert set(read) == {noted.id, "20210101-000000-000-mlp-0001", damaged.id, new.id}
    assert found[noted.id].title == "mine" and found[damaged.id].state == "damaged" and found[new.id].epochs == 7
    assert not {deleted.id, renamed.id} & found.keys() and len(found) == COUNT


def test_a_live_run_is_not_kept_for_another_process(store, saved, runs, new_process):
    assert runs[0].id in json.loads(saved.read_bytes().partition(b"\n")[2])
    run = store.create(TrainConfig())
    run.write_status(Status.of_this_process())
    saved.unlink()
    new_process()
    run_summaries(store)
    kept = json.loads(saved.read_bytes().partition(b"\n")[2])
    assert run.id not in kept and len(kept) == COUNT


def test_other_sources_or_another_time_zone_make_it_anew(store, saved, new_process, monkeypatch):
    monkeypatch.setattr(stamped_file, "_version", lambda: b"another")
    read = new_process()
    run_summaries(store)
    assert len(read) == COUNT and saved.read_bytes().startswith(b"another\n")


def test_a_folder_that_cannot_be_written_is_read_all_the_same(store, runs, new_process):
    (store.root / ".cache").write_text("a file in the folder's place")
    read = new_process()
    assert len(run_summaries(store)) == len(read) == COUNT


def test_of_very_many_runs_those_that_have_ended_long_ago_are_looked_at_now_and_then(store, runs, monkeypatch):
    """What this process does to them itself is seen at once."""
    monkeypatch.setattr(stamped_cache, "_MAX_SEEN", 5)
    old, older = runs[20], runs[30]
    states(store), run_summaries(store)
    (old.folder / "status.json").write_text("{")  # as another process might
    older.write_notes(star=True)
    assert states(store)[old.id] == "finished" and {each.id for each in run_summaries(store) if each.starred} == {
        older.id
    }
    monkeypatch.setattr(stamped_cache, "SEEN_EACH_S", 0.0)
    assert states(store)[old.id] == "damaged"
    assert next(each for each in run_summaries(store) if each.id == old.id).state == "damaged"


def test_the_newest_runs_and_those_that_wait_are_looked_at_each_time(store, runs, monkeypatch):
    waiting = store.root / "20190101-000000-000-mlp-0000"
    shutil.copytree(runs[0].folder, waiting)
    (waiting / "status.json").unlink()
    monkeypatch.setattr(stamped_cache, "_MAX_SEEN", 5)
    assert states(store)[waiting.name] == "queued"
    shutil.copy(runs[0].folder / "status.json", waiting)  # as another process might
    (runs[0].folder / "status.json").write_text("{")
    found = states(store)
    assert found[waiting.name] == "finished" and found[runs[0].id] == "damaged"
    assert Run(waiting).status().state == "finished"
