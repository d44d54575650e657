"""A summary of every run for tables and pickers: read from small files alone, and only where they have changed."""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from core.config.describe import summarize_recipe
from core.config.train_config import TrainConfig, parse_config
from core.runs.damage import find_damage
from core.runs.metrics_schema import MetricRow, Metrics
from core.runs.plan import TrainingPlan, changed_settings
from core.runs.run import Run
from core.runs.schema import MarkKind, RunError, RunState, Status
from core.runs.stamped_cache import StampedCache
from core.runs.stamped_file import Stamp, StampedFile
from core.runs.store import RunStore


@dataclass(frozen=True)
class RunSummary:
    """A run's values for tables. Accuracies are 0 to 1 and, like `parameters` and `train_s`, None where unknown.

    `note` says what is wrong with a failed or damaged run; `epoch` is how far a live one is, of `epochs`;
    `rate_changed` says whether its learning rate was set by hand.
    """

    id: str
    title: str
    state: RunState
    created: float
    network: str = ""
    recipe: str = ""
    starred: bool = False
    shared: bool = False
    imported: bool = False
    remark: str = ""
    claim: str = ""  # the claim that it is to test, if it was trained for one
    lesson: str = ""  # the lesson that it was trained for, likewise
    sweep: str = ""  # the id of the sweep that it is of, and the number of its trial, -1 where it is of none
    trial: int = -1
    note: str = ""
    test_accuracy: float | None = None
    accuracy_text: str = ""  # the same in words, with its interval where the test images are few; '' where unknown
    val_accuracy: float | None = None
    parameters: int | None = None
    train_s: float | None = None
    epoch: float | None = None
    epochs: int = 0
    has_model: bool = False
    rate_changed: bool = False
    config_text: str = ""  # as it stands in the run's file

    @cached_property
    def config(self) -> TrainConfig | None:
        """Return the run's config; None for a damaged run."""
        return parse_config(self.config_text) if self.config_text else None

    @property
    def group(self) -> str:
        """Return the claim, lesson or sweep that the run was trained for; '' for one that stands for itself."""
        return self.claim or self.lesson or self.sweep


_live_metrics: dict[Path, Metrics] = {}


def run_summaries(store: RunStore) -> list[RunSummary]:
    """Return a summary of every run, newest first; a run whose files are as they were is not read again."""
    runs = store.all()
    if live := [folder for folder in tuple(_live_metrics) if folder.parent == store.root]:
        for gone in set(live) - {run.folder for run in runs}:
            _live_metrics.pop(gone, None)
    return _summaries.values(store.root, runs)


def folder_stamp(run: Run) -> Stamp:
    """Return what changes with every change of a file in the run's folder."""
    try:
        with os.scandir(run.folder) as entries:
            stats = ((each.name, each.stat()) for each in entries)
            return tuple(sorted((name, stat.st_ino, stat.st_mtime_ns, stat.st_size) for name, stat in stats))
    except OSError:
        return ()


def _read_summary(run: Run) -> RunSummary:
    damage = find_damage(run)
    try:
        return _damaged(run, damage) if damage else _summarize(run)
    except RunError as error:  # it was damaged or deleted in this very moment
        return _damaged(run, str(error))


def _damaged(run: Run, damage: str) -> RunSummary:
    return RunSummary(run.id, run.id, RunState.DAMAGED, run.created, note=damage)


def _summarize(run: Run) -> RunSummary:
    status, config, notes, report = run.status(), run.config(), run.notes(), run.report()
    rows, marks = _rows(run, status), run.marks()
    validated = [row.val_accuracy for row in rows if row.val_accuracy is not None]
    return RunSummary(
        id=run.id,
        title=run.title(),
        state=status.state,
        created=run.created,
        network=config.network,
        recipe=summarize_recipe(config, changed_settings(config, marks)),
        starred=notes.star,
        shared=notes.shared,
        imported=bool(notes.imported),
        remark=notes.remark,
        claim=notes.claim,
        lesson=notes.lesson,
        sweep=notes.sweep,
        trial=notes.trial,
        note=status.error,
        test_accuracy=report.accuracy if report and not config.test_unseen else None,
        accuracy_text=report.accuracy_text if report and not config.test_unseen else "",
        val_accuracy=validated[-1] if validated else None,
        parameters=status.parameters or None,
        train_s=status.training_time_s(rows) or None,
        epoch=rows[-1].epoch if rows else None,
        epochs=TrainingPlan(config, 1, marks).epochs,
        has_model=run.has_model,
        rate_changed=any(mark.kind is MarkKind.RATE for mark in marks),
        config_text=config.to_json(),
    )


def _rows(run: Run, status: Status) -> tuple[MetricRow, ...]:
    """Return an ended run's newest rows; all rows of a live one, for its last validation may lie far back."""
    if not status.is_live:
        return run.newest_rows()
    _live_metrics[run.folder] = metrics = run.metrics(_live_metrics.get(run.folder, Metrics()))
    return metrics.rows


_summaries = StampedCache[RunSummary](
    folder_stamp,
    _read_summary,
    keep=lambda summary: not summary.state.is_live,
    has_ended=lambda summary: summary.state.is_final,
    file=StampedFile("summaries", RunSummary),
)
