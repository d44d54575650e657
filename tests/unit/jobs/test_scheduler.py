"""The thread that starts queued runs: what fails in it holds up nothing."""

import logging
import time
from types import SimpleNamespace

import pytest

from core.jobs import scheduler


class Enough(BaseException):
    """Ends the thread's loop."""


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_unforeseen_error_is_logged_once_and_the_next_runs_are_started(store, monkeypatch, caplog):
    tries, ticks = [], []

    def start_next(store):
        tries.append(store)
        if len(tries) < 4:
            raise KeyError("a run")

    def sleep(seconds):
        ticks.append(seconds)
        if len(ticks) == 5:
            raise Enough

    monkeypatch.setattr(scheduler.process_scheduler, "start_next", start_next)
    clock = SimpleNamespace(sleep=sleep, time=time.time, monotonic=time.monotonic)
    monkeypatch.setattr(scheduler, "time", clock)
    with caplog.at_level(logging.ERROR, logger=scheduler.__name__):
        scheduler.run_scheduler(store).join(10)
    assert len(tries) == 5
    assert [each.getMessage() for each in caplog.records] == ["the scheduler could not start the next run"]
    assert caplog.records[0].exc_info
