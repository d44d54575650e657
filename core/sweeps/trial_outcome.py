"""The outcome of a trial from its runs: its value, at its end and before, and what the study is told of it."""

import contextlib
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from core.runs.metrics_schema import MetricRow
from core.runs.run import Run
from core.runs.schema import RunError, RunState, Status
from core.sweeps.study import import_optuna, pruning_step
from core.sweeps.sweep import SweepError
from core.sweeps.sweep_config import Objective, SweepConfig
from core.sweeps.swept_field import Label

if TYPE_CHECKING:
    import optuna


def validation_value(run: Run, status: Status, objective: Objective) -> float:
    """Return what the validation images say of a run that has ended; raises `SweepError` where it failed."""
    report = run.report()
    if status.state is not RunState.FINISHED or report is None:
        raise SweepError(status.error or f"Run {run.id} ended without a report.")
    value = report.loss if objective is Objective.LOSS else report.accuracy
    if not math.isfinite(value):
        raise SweepError(f"Run {run.id} ended with a value of {value} on the validation images.")
    return value


def is_poor(study: "optuna.Study", config: SweepConfig, trial: "optuna.Trial", row: MetricRow, epochs: int) -> bool:
    """Tell the study how good a trial, whose run has so many epochs, is by now; return whether it is to be stopped."""
    value = row.val_loss if config.objective is Objective.LOSS else row.val_accuracy
    step = pruning_step(config, row.epoch, row.elapsed_s)
    if value is None or step < 1 or step in study.trials[trial.number].intermediate_values:
        return False
    trial.report(value, step)
    return round(row.epoch) < epochs and trial.should_prune()


def tell(study: "optuna.Study", trial: "optuna.Trial", runs: Sequence[Run], state: Any, value: float | None) -> None:
    """Tell the study what came of a trial, with the seconds and the optimizer steps that it took."""
    trial.set_user_attr("seconds", sum(map(trained_s, runs)))
    trial.set_user_attr("steps", sum(map(_steps, runs)))
    with contextlib.suppress(RuntimeError):  # Optuna's grid says so that its end is reached, after it has noted it
        study.tell(trial.number, value, state)
    told = study.trials[trial.number].state
    assert told is state, f"trial {trial.number} is {told}"


def best_labels(study: "optuna.Study") -> dict[str, Label] | None:
    """Return the labels of the best trial that came to its end, by field; None where none did."""
    complete = import_optuna().trial.TrialState.COMPLETE
    if not study.get_trials(deepcopy=False, states=(complete,)):
        return None
    return dict(study.best_trial.params)


def trained_s(run: Run) -> float:
    """Return for how many seconds a run was trained.

    Since its process began, or as its metrics say where it was resumed; 0 where its process could not begin.
    """
    with contextlib.suppress(RunError):
        status, rows = run.status(), run.newest_rows()
        since_begun = status.ended - status.started if status.started else 0.0
        return max(since_begun, rows[-1].elapsed_s if rows else 0.0, 0.0)
    return 0.0


def _steps(run: Run) -> int:
    with contextlib.suppress(RunError):
        rows = run.newest_rows()
        return rows[-1].step if rows else 0
    return 0
