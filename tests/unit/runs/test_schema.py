"""Records read from files: early versions are read, and values of the wrong type or out of range are refused."""

import pytest

from core.runs.schema import Mark, MarkKind, Notes, RunError, RunState, Status, error_reason

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
