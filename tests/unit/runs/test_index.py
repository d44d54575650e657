"""The summary of each run: read once, and again where its files have changed."""

import shutil

import pytest

from core.config.train_config import TrainConfig
from core.runs import index
from core.runs.index import run_summaries
from core.runs.run import Run
from core.runs.schema import Mark, MarkKind, Status
from tests.support.runs import metric_row


def test_a_finished_run(store, finished_run):
    (found,) = run_summaries(store)
    assert (found.title, found.state, found.network) == (finished_run.title(), "finished", "mlp")
    assert (found.test_accuracy, found.val_accuracy, found.parameters, found.train_s) == (0.95, 0.94, 6370, 2.0)
    assert found.recipe == "hidden units 8, epochs 2" and found.has_model and not found.starred


def test_a_run_is_read_again_only_where_it_has_changed(store, finished_run, monkeypatch):
    other = store.create(TrainConfig())
    run_summaries(store)
    read, real = [], index._summaries._read
    monkeypatch.setattr(index._summaries, "_read", lambda run: read.append(run.id) or real(run))
    run_summaries(store)
    assert read == []
    finished_run.write_notes(star=True)
    assert [each.starred for each in run_summaries(store)] == [False, True]
    assert read == [finished_run.id]
    other.send("stop")
    assert [each.state for each in run_summaries(store)] == ["stopped", "finished"]


def test_a_live_run_is_read_every_time_but_its_metrics_only_once(store, monkeypatch):
    run = store.create(TrainConfig())
    run.write_status(Status.of_this_process())
    run.append_metrics(metric_row(10, val_loss=1.0, val_accuracy=0.5))
    run_summaries(store)
    offsets, real = [], Run.metrics
    monkeypatch.setattr(Run, "metrics", lambda run, known: offsets.append(known.offset) or real(run, known))
    run.append_metrics(metric_row(15))
    (found,) = run_summaries(store)
    assert (found.state, found.epoch, found.val_accuracy, found.test_accuracy) == ("running", 1.5, 0.5, None)
    assert offsets[0] > 0


@pytest.mark.parametrize("name", ["config.json", "status.json", "report.json", "notes.json", "commands.jsonl"])
def test_a_damaged_run_says_what_is_wrong(store, finished_run, name):
    (finished_run.folder / name).unlink(missing_ok=True)
    (finished_run.folder / name).mkdir()
    sound = store.create(TrainConfig())
    states = {each.id: (each.state, each.note) for each in run_summaries(store)}
    assert states[sound.id] == ("queued", "")
    if name != "commands.jsonl":  # which a finished run no longer needs
        state, note = states[finished_run.id]
        assert state == "damaged" and name in note


def test_a_run_that_is_gone_is_forgotten(store, finished_run):
    run_summaries(store)
    assert finished_run.id in index._summaries._roots[store.root].known
    shutil.rmtree(finished_run.folder)
    assert run_summaries(store) == [] and finished_run.id not in index._summaries._roots[store.root].known


def test_the_metrics_of_a_live_run_that_is_gone_are_forgotten(store):
    run = store.create(TrainConfig())
    run.write_status(Status.of_this_process())
    run_summaries(store)
    assert run.folder in index._live_metrics
    shutil.rmtree(run.folder)
    assert run_summaries(store) == [] and run.folder not in index._live_metrics


def test_an_extended_run_has_the_added_epochs(store, finished_run):
    finished_run.append_mark(Mark(MarkKind.EXTEND, step=20, epoch=2.0, elapsed_s=2.0, acknowledged=1, value=5))
    (found,) = run_summaries(store)
    assert found.epochs == 7
