"""A line about each run for the table of all: read from small files alone, and only where they have changed."""

import os
from dataclasses import dataclass
from pathlib import Path

from core.config.describe import summarize_recipe
from core.config.train_config import TrainConfig
from core.runs.plan import TrainingPlan
from core.runs.schema import LIVE_STATES, RunError
from core.runs.run import Metrics, Run, RunStore, find_damage


@dataclass(frozen=True)
class RunSummary:
    """What the table says of a run. Accuracies are 0 to 1 and, like `parameters` and `train_s`, None where unknown.

    `note` says what is wrong with a failed or damaged run; `epoch` is how far a live one is, of `epochs`; `steered`
    says whether somebody set its learning rate by hand. `config` is None for a damaged run alone.
    """

    id: str
    title: str
    state: str
    created: float
    network: str = ""
    recipe: str = ""
    starred: bool = False
    imported: bool = False
    remark: str = ""
    note: str = ""
    test_accuracy: float | None = None
    val_accuracy: float | None = None
    parameters: int | None = None
    train_s: float | None = None
    epoch: float | None = None
    epochs: int = 0
    has_model: bool = False
    steered: bool = False
    config: TrainConfig | None = None


_known: dict[Path, tuple[tuple, RunSummary]] = {}
_live_metrics: dict[Path, Metrics] = {}


def run_summaries(store: RunStore) -> list[RunSummary]:
    """Return a summary of every run, newest first; a run whose files are as they were is not read again."""
    runs = store.all()
    for known in (_known, _live_metrics):
        for folder in known.keys() - {run.folder for run in runs}:
            known.pop(folder, None)
    return [_summary(run) for run in runs]


def _summary(run):
    changed = _changed(run.folder)
    known, summary = _known.get(run.folder, (None, None))
    if known == changed and summary.state not in LIVE_STATES:
        return summary
    summary = _read(run)
    _known[run.folder] = changed, summary
    return summary


def _changed(folder):
    """What changes with every change of a file in the folder."""
    try:
        with os.scandir(folder) as entries:
            return tuple(sorted((each.name, each.stat().st_mtime_ns, each.stat().st_size) for each in entries))
    except OSError:
        return ()


def _read(run):
    damage = find_damage(run)
    try:
        return RunSummary(run.id, run.id, "damaged", run.created, note=damage) if damage else _sound(run)
    except RunError as error:  # it was damaged or deleted in this very moment
        return RunSummary(run.id, run.id, "damaged", run.created, note=str(error))


def _sound(run: Run):
    status, config, notes, test = run.status(), run.config(), run.notes(), run.report()
    rows, marks = _rows(run, status), run.marks()
    validated = [row["val_accuracy"] for row in rows if "val_accuracy" in row]
    return RunSummary(
        id=run.id,
        title=run.title(),
        state=status.state,
        created=run.created,
        network=config.network,
        recipe=summarize_recipe(config),
        starred=notes.get("star") is True,
        imported=bool(notes.get("imported")),
        remark=str(notes.get("remark") or ""),
        note=status.error,
        test_accuracy=test["accuracy"] if test else None,
        val_accuracy=validated[-1] if validated else None,
        parameters=status.parameters or None,
        train_s=status.train_s or (rows[-1]["elapsed_s"] if rows else None),
        epoch=rows[-1]["epoch"] if rows else None,
        epochs=TrainingPlan(config, 1, marks).epochs,
        has_model=run.has_model,
        steered=any(mark["kind"] == "rate" for mark in marks),
        config=config,
    )


def _rows(run, status):
    """An ended run's newest rows; all rows of a live one, for its last validation may lie far back."""
    if not status.is_live:
        return run.newest_rows()
    _live_metrics[run.folder] = metrics = run.metrics(_live_metrics.get(run.folder, Metrics()))
    return metrics.rows
