"""The process that owns a sweep, whose runs are ended at once, without training: for tests that kill it.

`python -m tests.support.sweep_owner ROOT SWEEP` is `core.sweeps.owner` but for that.
"""

import math
import sys
import time
from dataclasses import replace

import numpy as np

from core.evaluation.report import make_report
from core.runs.schema import RunState
from core.sweeps import owner, sweep_runs
from tests.support.runs import finished_status, metric_row

RUN_S = 0.08
_IMAGES = 10_000

is_gradual = False  # whether a run is trained by an epoch each time that the queue is looked at


def fails(config):
    """Whether the run of this recipe fails."""
    return False


def end_waiting_runs(store):
    """End each run that has waited for a moment, with an accuracy that its learning rate alone decides."""
    for run in store.queue():
        if time.time() - run.created > RUN_S:
            _end(run)


def accuracy_of(config):
    """The accuracy of a recipe, 0 to 1: best at a learning rate of 0.01."""
    return round(0.95 - 0.1 * abs(math.log10(config.learning_rate) + 2) + 0.0001 * config.seed, 4)


def _end(run):
    config = run.config()
    accuracy = accuracy_of(config)
    if fails(config):
        run.write_status(replace(finished_status(), state=RunState.FAILED, error="The loss is no longer a number."))
        return
    done = len(run.metrics().rows)
    for epoch in range(done + 1, config.epochs + 1):
        reached = accuracy - 0.01 * (config.epochs - epoch)
        run.append_metrics(metric_row(10 * epoch, val_accuracy=reached, val_loss=1 - reached))
        if is_gradual and epoch < config.epochs:
            return
    labels = np.arange(_IMAGES) % 10
    right = np.arange(_IMAGES) < round(accuracy * _IMAGES)
    run.write_report(make_report(np.eye(10)[np.where(right, labels, (labels + 1) % 10)], labels))
    run.write_status(finished_status())


if __name__ == "__main__":
    sweep_runs.start_next = end_waiting_runs
    sweep_runs.process_scheduler.keep_warm_worker = lambda now: None
    sys.exit(owner.main(*sys.argv[1:]))
