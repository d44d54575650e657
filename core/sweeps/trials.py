"""The trials of a sweep and how much each field matters, read from its study."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from core.sweeps.study import import_optuna, open_study
from core.sweeps.sweep import Sweep
from core.sweeps.sweep_config import SweepConfig
from core.sweeps.swept_field import Label

if TYPE_CHECKING:
    import optuna

MIN_TRIALS_FOR_IMPORTANCE = 8
"""How many trials must have come to their end before importances are computed: of fewer they say little."""

_MAX_KEPT = 8


class TrialState(StrEnum):
    """The state of a trial."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    STOPPED_EARLY = "stopped early"
    FAILED = "failed"


@dataclass(frozen=True)
class Trial:
    """One trial: its number from 0, its labels by field, its value on the validation images, and its runs' ids.

    A running trial's value is that of its newest epoch. `curve` has its values by step (`study.pruning_step`).
    """

    number: int
    state: TrialState
    labels: Mapping[str, Label]
    value: float | None
    run_ids: tuple[str, ...]
    seconds: float
    steps: int
    error: str
    curve: Mapping[int, float]


_StudyPart = tuple[tuple[Trial, ...], Mapping[str, float]]
_known: dict[Path, tuple[object, _StudyPart]] = {}
_reading = threading.Lock()


def read_trials(sweep: Sweep, config: SweepConfig) -> _StudyPart:
    """Return the trials of a sweep, and how much each field matters; {} where there are too few trials.

    The study is read again only where its journal has changed. Raises as `open_study` does.
    """
    try:
        stat = sweep.study_path.stat()
        stamp: object = stat.st_ino, stat.st_mtime_ns, stat.st_size
    except OSError:
        return (), {}
    key = sweep.folder
    with _reading:
        if key in _known and _known[key][0] == stamp:
            return _known[key][1]
        study = open_study(sweep, config, is_owner=False)
        part: _StudyPart = ((), {}) if study is None else (_trials(study), _importances(study))
        _known.pop(key, None)
        _known[key] = stamp, part
        for old in list(_known)[:-_MAX_KEPT]:
            del _known[old]
    return part


def _trials(study: "optuna.Study") -> tuple[Trial, ...]:
    states = import_optuna().trial.TrialState
    names = {
        states.WAITING: TrialState.WAITING,
        states.RUNNING: TrialState.RUNNING,
        states.COMPLETE: TrialState.FINISHED,
        states.PRUNED: TrialState.STOPPED_EARLY,
        states.FAIL: TrialState.FAILED,
    }
    return tuple(_trial(each, names[each.state]) for each in study.get_trials(deepcopy=False))


def _trial(frozen: "optuna.trial.FrozenTrial", state: TrialState) -> Trial:
    attributes, curve = frozen.user_attrs, dict(frozen.intermediate_values)
    newest = curve[max(curve)] if curve else None
    return Trial(
        number=frozen.number,
        state=state,
        labels=dict(frozen.params),
        value=frozen.values[0] if frozen.values else newest,
        run_ids=tuple(attributes.get("runs", ())),
        seconds=attributes.get("seconds", 0.0),
        steps=attributes.get("steps", 0),
        error=attributes.get("error", ""),
        curve=curve,
    )


def _importances(study: "optuna.Study") -> Mapping[str, float]:
    """Return how much each field matters (PED-ANOVA: Watanabe et al., 2023), shares that sum to 1."""
    optuna = import_optuna()
    ended = study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.COMPLETE,))
    if len(ended) < MIN_TRIALS_FOR_IMPORTANCE or len({tuple(each.values or ()) for each in ended}) < 2:
        return {}
    try:
        evaluator = optuna.importance.PedAnovaImportanceEvaluator(target_quantile=0.25)
        return dict(optuna.importance.get_param_importances(study, evaluator=evaluator))
    except (ValueError, RuntimeError):  # of trials that leave nothing to compare
        return {}
