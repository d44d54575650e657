"""The folder of a training from drawn things."""

import pytest

from core.config.objective_config import ObjectiveConfig
from core.config.train_config import TrainConfig
from core.runs.commands import CommandError
from core.runs.index import run_summaries
from core.runs.objective_run import ObjectiveRow, ObjectiveRun
from core.runs.schema import RunError, RunState

CONFIG = ObjectiveConfig("ink", 100)


@pytest.fixture
def run(tmp_path):
    return ObjectiveRun.file(tmp_path / "networks" / "ink", CONFIG)


def test_it_is_filed_once_and_found_again(run):
    assert run.config() == CONFIG and run.is_waiting()
    assert ObjectiveRun.file(run.folder, CONFIG).folder == run.folder


def test_a_folder_with_something_else_is_refused(run, tmp_path):
    with pytest.raises(RunError, match="100 examples, not of ink with 200"):
        ObjectiveRun.file(run.folder, ObjectiveConfig("ink", 200))
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("mine")
    for folder in (tmp_path / "other", tmp_path / "other" / "letter.txt"):
        with pytest.raises(RunError, match="holds no training"):
            ObjectiveRun.file(folder, CONFIG)


def test_a_folder_with_a_run_that_reads_digits_is_refused(store):
    run = store.create(TrainConfig())
    with pytest.raises(RunError, match="cannot be used"):
        ObjectiveRun.file(run.folder, CONFIG)


def test_rows_are_read_as_they_were_written_and_retracted(run):
    rows = [ObjectiveRow(step, 16 * step, 0.5, 1.0, score=0.1) for step in (1, 2, 3)]
    for row in rows:
        run.append_row(row)
    run.retract_metrics(2)
    again = ObjectiveRow(3, 48, 0.4, 1.0, val_loss=0.3, val_scores={"iou": 0.9})
    run.append_row(again)
    assert run.rows() == [*rows[:2], again]


def test_it_follows_pause_resume_and_stop_alone(run):
    for name in ("pause", "resume", "stop"):
        assert run.send(name)
    for name, value in (("extend", 3), ("rate", 0.1), ("first", None), ("stop_after_epoch", None)):
        with pytest.raises(CommandError, match="pause, resume, stop"):
            run.send(name, value)
    assert run.status().state is RunState.STOPPED


def test_no_page_takes_it_for_a_run(store, tmp_path, monkeypatch):
    """The default folders of both lie beside each other."""
    monkeypatch.chdir(tmp_path)
    ObjectiveRun.file(tmp_path / "networks" / "ink", CONFIG)
    assert store.all() == [] and run_summaries(store) == [] and store.queue() == []
