"""Records read from files: early versions are read, and values of the wrong type or out of range are refused."""

from dataclasses import replace

import numpy as np
import pytest

from core.evaluation.report import make_report
from core.runs.schema import Mark, MarkKind, Metrics, Notes, Report, RunError, RunState, Status, error_reason
from tests.support.runs import metric_row

REPORT = make_report(np.eye(10), np.arange(10))
MARK = {"kind": "rate", "step": 5, "epoch": 0.5, "elapsed_s": 1.0, "value": 0.01, "time": 9.0}


def test_a_status_of_an_early_version_is_read():
    assert Status.from_json({"state": "failed", "told": 3}, "status.json").acknowledged == 3
    assert Status.from_json({"state": "failed", "told": 3, "acknowledged": 4}, "status.json").acknowledged == 4
    assert Status.from_json({"state": "running"}, "status.json") == Status(RunState.RUNNING)


@pytest.mark.parametrize(
    "values",
    [{}, {"state": "damaged"}, {"state": "sleeping"}, {"state": 1}, {"state": "failed", "pid": -1}, {"state": None}],
)
def test_what_is_no_status_is_refused_with_the_files_name(values):
    with pytest.raises(RunError, match="status.json does not hold a run's status"):
        Status.from_json(values, "status.json")


def test_a_mark_of_an_early_version_is_read():
    early = Mark.from_json(MARK | {"heard": 2})
    assert early == Mark(MarkKind.RATE, 5, 0.5, 1.0, acknowledged=2, value=0.01, time=9.0)
    assert early is not None and Mark.from_json(early.to_json()) == early


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"heard": "2"},
        {"heard": -1},
        {"heard": 2, "kind": "sing"},
        {"heard": 2, "value": None},
        {"heard": 2, "value": float("nan")},
        {"heard": 2, "step": 0.5},
    ],
)
def test_a_damaged_mark_is_none(changed):
    assert Mark.from_json(MARK | changed) is None


def test_notes_of_a_wrong_type_count_as_not_there():
    wrong = {"name": 5, "star": "yes", "remark": ["a"], "imported": "1", "claim": None, "more": 1}
    assert Notes.from_json(wrong) == Notes()
    assert Notes.from_json({"star": 1, "imported": True, "name": ""}) == Notes()
    kept = Notes.from_json({"name": "First try", "star": True, "imported": 12, "claim": "relu", "remark": 3})
    assert kept == Notes(name="First try", star=True, imported=12, claim="relu")
    assert Notes.from_json({"imported": float("inf")}) == Notes.from_json({"imported": -1.0}) == Notes()


def test_a_report_is_read_as_it_was_written():
    assert Report.from_json(REPORT.to_json()) == REPORT and REPORT.is_complete


def test_a_report_of_an_early_version_is_read_and_known_to_be_incomplete():
    early = REPORT.to_json()
    del early["reliability"], early["calibration_error"]
    for score in early["digits"]:
        del score["f1"]
    report = Report.from_json(early)
    assert report is not None and not report.is_complete
    assert (report.accuracy, report.reliability, report.digits[3].f1) == (1.0, None, None)
    assert not replace(REPORT, calibration_error=None).is_complete


@pytest.mark.parametrize(
    "changed",
    [
        {"accuracy": 50.97},
        {"accuracy": -0.1},
        {"accuracy": "0.5"},
        {"accuracy": True},
        {"accuracy": None},
        {"accuracy": float("nan")},
        {"interval": [0.9]},
        {"interval": [0.9, 1.1]},
        {"loss": -1.0},
        {"loss": float("inf")},
        {"count": 1.5},
        {"correct": -1},
        {"digits": []},
        {"digits": REPORT.to_json()["digits"][:9]},
        {"confusion_matrix": [[1]]},
        {"confusion_matrix": [[-1] * 10] * 10},
        {"reliability": [{"low": 0.0}]},
        {"calibration_error": 2.0},
    ],
    ids=str,
)
def test_a_report_with_a_figure_out_of_range_is_none(changed):
    assert Report.from_json(REPORT.to_json() | changed) is None


def test_a_report_without_a_figure_is_none():
    for name in ("count", "correct", "accuracy", "interval", "loss", "digits", "confusion_matrix"):
        values = REPORT.to_json()
        del values[name]
        assert Report.from_json(values) is None, name


def test_metrics_go_on_from_those_that_are_known():
    first = Metrics().extended([metric_row(1).to_json(), {"step": "x"}, metric_row(2).to_json()], 100)
    assert first == Metrics((metric_row(1), metric_row(2)), 100)
    assert first.extended([], 100) is first, "nothing new: nothing is copied"
    again = first.extended([{"resumed_at": 1}, metric_row(2, loss=0.25).to_json()], 200)
    assert again == Metrics((metric_row(1), metric_row(2, loss=0.25)), 200)


def test_a_row_is_written_without_what_is_not_known():
    assert metric_row(1).to_json().keys() == {"epoch", "step", "loss", "accuracy", "images_per_s", "elapsed_s"}
    assert metric_row(1, val_loss=0.1, val_accuracy=0.9).to_json()["val_accuracy"] == 0.9


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (
            PermissionError(13, "Permission denied", "x.json"),
            "x.json cannot be opened: permission is denied. Change its",
        ),
        (OSError(28, "No space left on device", "x.json"), "No space is left on the disk for x.json. Free some, then"),
        (OSError(28, "No space left on device"), "No space is left on the disk. Free some, then try again."),
        (ValueError("its layers are none"), "its layers are none."),
    ],
)
def test_an_error_is_the_end_of_a_sentence(error, reason):
    assert error_reason(error).startswith(reason) and error_reason(error).endswith(".")


def test_states_are_live_final_or_neither():
    assert [state for state in RunState if state.is_live] == ["running", "paused", "stopping"]
    assert [state for state in RunState if state.is_final] == ["stopped", "finished", "failed"]
