"""The runs of a sweep: filing one for each trial and seed, finding it again, and following it to its end."""

import time
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass

from core.config.field_spec import ConfigError
from core.config.train_config import TrainConfig
from core.jobs.scheduler import process_scheduler, start_next
from core.runs.commands import CommandName
from core.runs.index import RunSummary, run_summaries
from core.runs.liveness import CLUSTER_GONE, CRASHED
from core.runs.metrics_schema import MetricRow, Metrics
from core.runs.quota import QuotaError, file_runs
from core.runs.run import Run
from core.runs.schema import RunState, Status
from core.runs.store import RunStore
from core.runs.workspaces import is_workspace

NO_TRIAL = -1
"""The number of a trial for the runs at the end, of the winner and of the recipe."""

INTERVAL_S = 0.1
QUOTA_INTERVAL_S = 3.0
_MAX_RESUMES = 3  # of a run whose process was killed, without an epoch between


class ClusterGoneError(RuntimeError):
    """The cluster of a sweep is not there; the text says so. The sweep can be resumed when it is."""


class StopRequestedError(Exception):
    """The sweep was asked to stop."""


def runs_of_sweep(store: RunStore, sweep_id: str) -> list[RunSummary]:
    """Return the runs that were filed for a sweep, oldest first, damaged ones left out."""
    return [each for each in reversed(run_summaries(store)) if each.sweep == sweep_id and each.config is not None]


@dataclass
class SweepRuns:
    """The runs of one sweep, as its owning process files and follows them, on a cluster where an address is given.

    What takes time is a generator, which is continued several times a second, between two calls of `look_after`, and
    returns its result. `beat` is called then with what the sweep waits for as a sentence, or ''; it may raise
    `StopRequestedError`.
    """

    store: RunStore
    sweep_id: str
    title: str
    beat: Callable[[str], None]
    cluster: str = ""
    _waits_for: str = ""

    def look_after(self) -> None:
        """Start what waits, say that the sweep goes on, and rest for a moment; raises as `beat` does, and `OSError`.

        In a class, where many sweeps go on, none keeps a warm worker: each holds the memory of TensorFlow.
        """
        start_next(self.store)
        if not self.cluster and not is_workspace(self.store.root):
            process_scheduler.warm_worker.expect(time.monotonic())
            process_scheduler.keep_warm_worker(time.monotonic())
        self.beat(self._waits_for)
        time.sleep(INTERVAL_S)

    def find_or_file(self, trial: int, config: TrainConfig, what: str) -> Generator[None, None, Run]:
        """Return the run of this trial and recipe: one that was filed before, or a new one.

        `what` names it in the list of all runs. Where the queue or the disk is full, it waits for room. Raises
        `OSError`.
        """
        for each in runs_of_sweep(self.store, self.sweep_id):
            if each.trial == trial and each.config == config:
                return self.store.get(each.id)
        notes = {"name": f"{self.title}: {what}, seed {config.seed}", "sweep": self.sweep_id, "trial": trial}
        while True:
            try:
                run = file_runs(self.store, 1, lambda: self.store.create(config, lambda new: self._fill(new, notes)))
            except (QuotaError, ConfigError) as error:
                self._waits_for = str(error)
                yield from _pause(QUOTA_INTERVAL_S)
            else:
                self._waits_for = ""
                return run

    def _fill(self, run: Run, notes: Mapping[str, object]) -> None:
        run.write_notes(**notes)
        if self.cluster:
            run.set_cluster(self.cluster)

    def follow(self, run: Run, report: Callable[[MetricRow], bool]) -> Generator[None, None, Status]:
        """Train the run to its end and return its last status.

        `report` is called with each row that has validation figures, once; where it returns True the run is stopped by
        its own command. A run whose process was killed is resumed, a few times within an epoch, and one whose cluster
        was gone is once. Raises `RunError` where the run is deleted, `ClusterGoneError` where its cluster was waited
        for in vain.
        """
        metrics, reported, resumes = Metrics(), 0.0, 0
        if run.status().error.endswith(CLUSTER_GONE):
            run.send(CommandName.RESUME)
        while True:
            status = run.status()  # before the metrics: what was written before the end is then read
            metrics = run.metrics(metrics)
            for row in metrics.rows:
                if row.val_loss is not None and row.epoch > reported:
                    reported, resumes = row.epoch, 0
                    if report(row) and not status.is_final:
                        run.send(CommandName.STOP)
            if status.error.endswith(CLUSTER_GONE):
                raise ClusterGoneError(status.error)
            if status.is_final:
                if status.error != CRASHED or resumes == _MAX_RESUMES:
                    return status
                resumes += 1
                run.send(CommandName.RESUME)
            yield

    def halt(self, runs: Iterable[Run]) -> None:
        """Stop runs, which go on when the sweep does, and return when they have ended; raises `RunError`, `OSError`."""
        halted = list(runs)
        for run in halted:
            if not run.status().is_final:
                run.send(CommandName.STOP)
        while not all(run.status().is_final for run in halted):
            time.sleep(INTERVAL_S)

    def go_on(self, run: Run) -> Generator[None, None, None]:
        """Resume a run that `halt` stopped; raises `RunError`, `OSError`."""
        while not (status := run.status()).is_final and run.halt() is CommandName.STOP:
            yield
        if status.state is RunState.STOPPED:
            run.send(CommandName.RESUME)


def _pause(seconds: float) -> Generator[None, None, None]:
    ends = time.monotonic() + seconds
    yield
    while time.monotonic() < ends:
        yield
