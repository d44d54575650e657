"""The status of a run while it trains: written at each change of state, and a heartbeat every two seconds."""

from types import SimpleNamespace

import pytest

from core.config.train_config import TrainConfig
from core.runs import status_writer
from core.runs.schema import RunState, Status
from core.runs.status_writer import StatusWriter


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is moved."""
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(
        status_writer, "time", SimpleNamespace(monotonic=lambda: clock.now, time=lambda: 1e9 + clock.now)
    )
    return clock


@pytest.fixture
def run(store):
    return store.create(TrainConfig())


@pytest.fixture
def written(run, monkeypatch):
    """The statuses that were written, in order."""
    statuses, real = [], run.write_status
    monkeypatch.setattr(run, "write_status", lambda status: statuses.append(status) or real(status))
    return statuses


def test_a_heartbeat_is_written_when_the_last_one_is_two_seconds_old(run, written, clock):
    status = StatusWriter(run, Status.of_this_process())
    for _ in range(50):
        clock.now += 0.1
        status.beat()
    assert len(written) == 2 and {each.state for each in written} == {RunState.RUNNING}


def test_any_written_status_is_a_heartbeat(run, written, clock):
    status = StatusWriter(run, Status.of_this_process())
    clock.now += 1.5
    status.write(RunState.PAUSED)
    clock.now += 1.5
    status.beat()
    assert len(written) == 1
    clock.now += 1.0
    status.beat()
    assert [each.state for each in written] == [RunState.PAUSED] * 2


def test_a_note_and_the_measured_speed_come_with_the_next_status(run, written, clock):
    status = StatusWriter(run, Status.of_this_process(6370))
    status.note("ended early: over")
    status.measure(2.5, 9e4)
    assert written == []
    last = status.write(RunState.FINISHED)
    assert (last.note, last.train_s, last.images_per_s, last.parameters) == ("ended early: over", 2.5, 9e4, 6370)
    assert run.status().state is RunState.FINISHED and run.status().note == "ended early: over"


@pytest.mark.parametrize("state", [state for state in RunState if state.is_live or state.is_final])
def test_a_final_state_has_a_time_and_a_live_one_has_none(run, clock, state):
    assert StatusWriter(run, Status.of_this_process()).write(state).ended == (1e9 + 100.0 if state.is_final else 0.0)
