"""All that a page shows of one run, read once for each drawing of the page."""

from dataclasses import dataclass
from pathlib import Path

from core.config.train_config import TrainConfig
from core.runs.commands import Command, CommandName, pending_halt
from core.runs.current_status import derive_status
from core.runs.damage import MISSING_REPORT, may_lack_report
from core.runs.metrics_schema import MetricRow, Metrics
from core.runs.plan import TrainingPlan, changed_settings
from core.runs.report_schema import Report
from core.runs.run import Run, default_title
from core.runs.schema import Mark, MarkKind, Notes, RunState, Status
from core.runs.snapshots import SnapshotStore

_NO_METRICS = Metrics()


@dataclass(frozen=True)
class RunView:
    """A run at one moment: each of its small files was read once, so all that is shown fits together."""

    run: Run
    config: TrainConfig
    notes: Notes
    status: Status
    commands: tuple[Command, ...]
    marks: tuple[Mark, ...]
    metrics: Metrics
    report: Report | None
    has_model: bool

    @classmethod
    def read(cls, run: Run, known: Metrics = _NO_METRICS) -> "RunView":
        """Return the run as it is now; of its metrics only those behind the `known` ones are read.

        Raises `RunError` where a file is damaged or the folder is gone.
        """
        last = run.last_status()  # before the commands and marks: what a worker wrote before it ended is read
        commands, marks = run.commands(), run.marks()
        return cls(
            run=run,
            config=run.config(),
            notes=run.notes(),
            status=derive_status(last, commands, marks),
            commands=tuple(commands),
            marks=tuple(marks),
            metrics=run.metrics(known),
            report=run.report(),
            has_model=run.has_model,
        )

    @property
    def id(self) -> str:
        """Return the run's id."""
        return self.run.id

    @property
    def root(self) -> Path:
        """Return the folder that holds all runs."""
        return self.run.folder.parent

    @property
    def snapshots(self) -> SnapshotStore:
        """Return the run's snapshots, which are read when they are asked for."""
        return self.run.snapshots

    @property
    def title(self) -> str:
        """Return what a person calls the run."""
        return self.notes.name or default_title(self.config, self.run.created)

    @property
    def rows(self) -> tuple[MetricRow, ...]:
        """Return the metric rows so far."""
        return self.metrics.rows

    @property
    def last_row(self) -> MetricRow | None:
        """Return the newest metric row, None before the first."""
        return self.metrics.rows[-1] if self.metrics.rows else None

    @property
    def state(self) -> RunState:
        """Return what the run is doing."""
        return self.status.state

    @property
    def metrics_note(self) -> str:
        """Return what is left out of the run's curves because its metrics are too long, as a sentence, or ''."""
        if not self.metrics.skipped_bytes:
            return ""
        total, read = self.metrics.offset, self.metrics.offset - self.metrics.skipped_bytes
        return (
            f"metrics.jsonl has {total / 1024**2:,.1f} MB: the curves are those of its newest {read / 1024**2:,.1f} MB."
        )

    @property
    def damage(self) -> str:
        """Return what is wrong with the run's folder as a sentence, or '' for a sound one."""
        is_missing = self.state is RunState.FINISHED and self.report is None and not may_lack_report(self.run)
        return MISSING_REPORT if is_missing else ""

    @property
    def is_imported(self) -> bool:
        """Return whether the run came in a bundle, without its training state."""
        return bool(self.notes.imported)

    @property
    def halt(self) -> CommandName | None:
        """Return what halts the run, or will: pause, stop_after_epoch, stop, or None."""
        return pending_halt(self.commands)

    @property
    def epochs(self) -> int:
        """Return how many epochs the run has by now: the config's and those it was extended by."""
        return TrainingPlan(self.config, 1, self.marks).epochs

    @property
    def train_s(self) -> float:
        """Return how long the run has trained, in seconds."""
        return self.status.training_time_s(self.rows)

    @property
    def changes(self) -> dict[str, str]:
        """Return, by the config's field, what was changed while the run trained, in words."""
        return changed_settings(self.config, self.marks)

    @property
    def learning_rate(self) -> float:
        """Return the learning rate that was set by hand last, or the config's."""
        rates = [mark.value for mark in self.marks if mark.kind is MarkKind.RATE and mark.value is not None]
        return rates[-1] if rates else self.config.learning_rate

    def marks_up_to(self, rows: tuple[MetricRow, ...]) -> tuple[Mark, ...]:
        """Return what was done to the run up to the last of these rows; all of it where they are all there are."""
        if len(rows) == len(self.rows):
            return self.marks
        last = rows[-1].step if rows else 0
        return tuple(mark for mark in self.marks if mark.step <= last)
