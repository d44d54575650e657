"""Liveness of the process that trains a run: it is checked, whatever the run's files say."""

import time
from dataclasses import replace

import psutil

from core.runs.schema import RunState, Status

# The system gives a process's start time to a clock tick, and one pid is not given out twice within this time.
_SAME_PROCESS_S = 2.0
_FRESH_HEARTBEAT_S = 10.0


def is_process_alive(status: Status) -> bool:
    """Return whether the worker that wrote the status still runs.

    A pid alone may belong to another process by now, and a process's start time moves when the system's clock is set,
    so either the start time or a fresh heartbeat must agree.
    """
    try:
        process = psutil.Process(status.pid)
        same = abs(process.create_time() - status.process_started) < _SAME_PROCESS_S
        beats = abs(time.time() - status.heartbeat) < _FRESH_HEARTBEAT_S
        return (same or beats) and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, ValueError, OverflowError):
        return False


CRASHED = (
    "The training process ended without saying why: it was killed, ran out of memory, or the machine was switched "
    "off. Resume goes on from its newest checkpoint, as if nothing had happened."
)
"""What the status of a run whose process has gone says."""


def as_crashed(status: Status) -> Status:
    """Return the status of a run whose process has gone without writing a last one."""
    return replace(status, state=RunState.FAILED, error=CRASHED, ended=status.heartbeat)


CLUSTER_GONE = "Resume goes on from the newest checkpoint when the cluster is there again."
"""How the error of a run ends whose cluster was waited for in vain."""
