"""Runs that are driven to their end, and compared to the last bit."""

import time

from core.jobs import scheduler
from tests.support.runs import assert_same

PATIENCE_S = 600


def drive(store, run, until, deadline_s=PATIENCE_S):
    """Start queued runs until something is true of the run."""
    deadline = time.monotonic() + deadline_s
    while not until(run):
        assert time.monotonic() < deadline, f"waited in vain: {run.status()}"
        scheduler.start_next(store)
        time.sleep(0.02)


def is_over(run):
    return run.status().is_final


def newest(run):
    rows = run.metrics().rows
    return rows[-1].epoch if rows else 0.0


def assert_ends_like(cut, whole):
    """Two runs end with the same bits, and the one that was cut off shows no step twice and left nothing half done."""
    assert_same(cut, whole)
    rows = [row for row in cut.metrics().rows if row.val_loss is None]
    steps = [row.step for row in rows]
    assert steps == sorted(set(steps)), "no step is shown twice"
    validated = [row.epoch for row in cut.metrics().rows if row.val_loss is not None]
    assert validated == list(range(1, whole.config().epochs + 1))
    assert list(cut.folder.rglob(".*")) == [], "nothing half written is left"
