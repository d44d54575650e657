"""A view of a run: each of its files is read once, and all that it says is what the run says."""

import builtins
import io
import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

from core.config.train_config import TrainConfig
from core.runs.metrics_schema import Metrics
from core.runs.run import Run
from core.runs.schema import Mark, MarkKind, RunError, RunState, Status
from core.runs.view import RunView
from tests.support.runs import metric_row


@pytest.fixture
def changed_run(finished_run):
    """A finished run with every file that a view reads."""
    finished_run.write_notes(name="First try", star=True, imported=3.0)
    finished_run.send("rate", 0.01)
    for kind, step, value in ((MarkKind.EXTEND, 5, 3), (MarkKind.RATE, 15, 0.01)):
        finished_run.append_mark(Mark(kind, step, step / 10, elapsed_s=step / 10, acknowledged=1, value=value))
    return finished_run


@pytest.fixture
def opened(monkeypatch):
    """How often each file was opened, by its name."""
    counts, real = Counter(), open

    def counting_open(file, *values, **more):
        if isinstance(file, str | os.PathLike):
            counts[Path(file).name] += 1
        return real(file, *values, **more)

    monkeypatch.setattr(builtins, "open", counting_open)
    monkeypatch.setattr(io, "open", counting_open)  # as `Path.read_text` calls it
    return counts


def test_each_file_is_opened_once(changed_run, opened):
    RunView.read(changed_run)
    assert opened == dict.fromkeys(
        ["config.json", "notes.json", "status.json", "commands.jsonl", "marks.jsonl", "metrics.jsonl", "report.json"], 1
    )


def test_a_view_says_what_the_run_says(changed_run):
    run, view = changed_run, RunView.read(changed_run)
    assert (view.run, view.id, view.root, view.snapshots) == (run, run.id, run.folder.parent, run.snapshots)
    assert (view.config, view.notes, view.status) == (run.config(), run.notes(), run.status())
    assert (list(view.commands), list(view.marks)) == (run.commands(), run.marks())
    assert (view.metrics, view.report, view.has_model) == (run.metrics(), run.report(), run.has_model)
    assert (view.title, view.is_imported, view.halt) == (run.title(), run.is_imported, run.halt())
    assert (view.state, view.rows, view.last_row) == (run.status().state, run.metrics().rows, run.metrics().rows[-1])
    assert (view.epochs, view.learning_rate) == (2 + 3, 0.01)


@pytest.mark.parametrize("state", [None, *(state for state in RunState if state.is_live or state.is_final)])
@pytest.mark.parametrize("sent", ["", "stop", "resume", "stop resume", "pause"])
def test_the_state_is_that_of_the_run_whatever_it_was_sent(store, state, sent):
    run = store.create(TrainConfig())
    if state:
        run.write_status(Status.of_this_process())
        run.write_status(Status(state, *_this_process()))
    for name in sent.split():
        run.send(name)
    assert RunView.read(run).status == run.status()


def _this_process():
    status = Status.of_this_process()
    return status.pid, status.process_started


def test_a_new_run_has_its_defaults(store):
    run = store.create(TrainConfig(learning_rate=0.5, epochs=3))
    view = RunView.read(run)
    assert (view.state, view.title, view.last_row, view.report) == (RunState.QUEUED, run.title(), None, None)
    assert (view.epochs, view.learning_rate, view.halt, view.has_model) == (3, 0.5, None, False)


def test_only_new_metrics_are_read(finished_run):
    known = RunView.read(finished_run).metrics
    finished_run.append_metrics(metric_row(21))
    offsets, real = [], finished_run._read_lines
    finished_run._read_lines = lambda path, offset=0, *more: offsets.append(offset) or real(path, offset, *more)
    view = RunView.read(finished_run, known)
    assert known.offset in offsets and known.offset > 0
    assert view.rows[:-1] == known.rows and view.last_row == metric_row(21)
    assert view.metrics == Run(finished_run.folder).metrics(Metrics())


def test_the_marks_up_to_a_row_are_those_of_its_step(changed_run):
    view = RunView.read(changed_run)
    assert view.marks_up_to(view.rows) == view.marks
    assert [mark.kind for mark in view.marks_up_to(view.rows[:10])] == [MarkKind.EXTEND]
    assert view.marks_up_to(()) == ()


@pytest.mark.parametrize("name", ["config.json", "notes.json", "status.json", "report.json"])
def test_a_damaged_file_is_an_error_that_names_it(changed_run, name):
    (changed_run.folder / name).write_text("{")
    with pytest.raises(RunError, match=name):
        RunView.read(changed_run)


def test_a_run_whose_folder_is_gone_is_an_error_that_says_so(changed_run):
    shutil.rmtree(changed_run.folder)
    with pytest.raises(RunError, match="The folder of run .* is gone"):
        RunView.read(changed_run)
