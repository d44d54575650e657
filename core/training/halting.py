"""The moments between the steps of a run: its heartbeat, and the commands that pause and stop it."""

import time

from core.runs.commands import CommandName
from core.runs.schema import RunState
from core.runs.status_writer import StatusWriter
from core.training.command_listener import CommandListener
from core.training.metrics_writer import MetricsWriter

_POLL_INTERVAL_S = 0.1


class Stopped(Exception):
    """The run was sent a stop."""


def follow_commands(status: StatusWriter, listener: CommandListener, metrics: MetricsWriter, step: int) -> None:
    """Write the heartbeat if it is due and follow new commands, `step` optimizer steps being taken; waits out a pause.

    Called several times a second. Raises `Stopped` where the run was sent a stop, `OSError`.
    """
    status.beat()
    listener.poll(step, metrics.elapsed_s)
    if listener.halt is CommandName.PAUSE:
        _wait_out_pause(status, listener, metrics, step)
    if listener.halt is CommandName.STOP:
        raise Stopped


def _wait_out_pause(status: StatusWriter, listener: CommandListener, metrics: MetricsWriter, step: int) -> None:
    """Compute nothing until resumed or stopped. The memory is kept, and the lock."""
    began, elapsed_s = time.perf_counter(), metrics.elapsed_s
    metrics.write()
    status.write(RunState.PAUSED)
    while listener.halt is CommandName.PAUSE:
        time.sleep(_POLL_INTERVAL_S)
        status.beat()
        listener.poll(step, elapsed_s)
    metrics.exclude_pause(time.perf_counter() - began)
    status.write(RunState.RUNNING)
