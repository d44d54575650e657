"""Reports read from files: early versions are read, and figures that are missing or out of range are refused."""

from dataclasses import replace

import numpy as np
import pytest

from core.evaluation.report import make_report
from core.runs.report_schema import Report

REPORT = make_report(np.eye(10), np.arange(10))


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
