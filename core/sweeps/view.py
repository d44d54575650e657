"""All that a page or the command line shows of one sweep, read at one moment."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from core.runs.schema import RunState, Status
from core.runs.store import RunStore
from core.sweeps.result import Confirmation, read_confirmation
from core.sweeps.study import import_optuna, open_study
from core.sweeps.sweep import Sweep
from core.sweeps.sweep_config import CONFIRMING_SEEDS, SweepConfig
from core.sweeps.sweep_runs import runs_of_sweep
from core.sweeps.swept_field import Label
from core.training.time_estimate import estimate

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


@dataclass(frozen=True)
class SweepView:
    """A sweep at one moment; `importances` are shares by field, {} where there are too few trials for them."""

    sweep: Sweep
    config: SweepConfig
    status: Status
    trials: tuple[Trial, ...]
    importances: Mapping[str, float]
    confirmation: Confirmation | None

    @classmethod
    def read(cls, sweep: Sweep) -> "SweepView":
        """Return the sweep as it is now; raises `SweepError` where a file is damaged, and `OSError`."""
        config, status = sweep.config(), sweep.status()
        trials, importances = _read_study(sweep, config)
        best = _best(config, trials)
        runs = runs_of_sweep(sweep.store, sweep.id)
        confirmation = read_confirmation(config, best.labels, runs, sweep.store) if best else None
        return cls(sweep, config, status, trials, importances, confirmation)

    @property
    def state(self) -> RunState:
        """Return what the sweep is doing: queued before it was first started."""
        return self.status.state

    @property
    def title(self) -> str:
        """Return what a person calls the sweep."""
        return self.config.title

    @property
    def best(self) -> Trial | None:
        """Return the best trial that has come to its end, None before there is one."""
        return _best(self.config, self.trials)

    @property
    def told(self) -> int:
        """Return how many trials are over."""
        return sum(each.state not in (TrialState.WAITING, TrialState.RUNNING) for each in self.trials)

    @property
    def stopped_early(self) -> int:
        """Return how many trials were stopped early."""
        return sum(each.state is TrialState.STOPPED_EARLY for each in self.trials)

    @property
    def why_no_importances(self) -> str:
        """Return why there are no importances, as a sentence."""
        return (
            f"How much each field matters is computed from {MIN_TRIALS_FOR_IMPORTANCE} trials on that came to their "
            "end with different values."
        )

    @property
    def seconds(self) -> float:
        """Return how long the trials that are over took."""
        return sum(each.seconds for each in self.trials)

    def best_so_far(self) -> list[tuple[int, float]]:
        """Return the best value after each trial that came to its end: (number of the trial, value)."""
        points: list[tuple[int, float]] = []
        better = max if self.config.objective.is_larger_better else min
        for each in self.trials:
            if each.state is TrialState.FINISHED and each.value is not None:
                points.append((each.number, better(each.value, points[-1][1]) if points else each.value))
        return points

    def sentence(self) -> str:
        """Return what the sweep has found or does now, in words."""
        if self.confirmation:
            return self.confirmation.sentence()
        if self.state is RunState.FINISHED:
            return self.status.note or "The runs of the winner are not here any more."
        return self.status.error or self.status.note


def describe_plan(store: RunStore, config: SweepConfig) -> str:
    """Return in a sentence how many runs a new sweep has at most, and how long they take on this machine."""
    trials = config.number_of_trials
    runs = trials * config.seeds + 2 * CONFIRMING_SEEDS
    expected = estimate(store, config.base)
    low, high = (round(max(1.0, runs * each / 60)) for each in (expected.low_s, expected.high_s))
    minutes = f"{low:,} to {high:,} minutes" if low < high else f"about {high:,} minute{'s' * (high != 1)}"
    return (
        f"{trials} trials and {2 * CONFIRMING_SEEDS} runs to confirm the winner: {minutes} if all train as long as the "
        "recipe. Trials that are stopped early take less."
    )


def _best(config: SweepConfig, trials: tuple[Trial, ...]) -> Trial | None:
    ended = [each for each in trials if each.state is TrialState.FINISHED and each.value is not None]
    sign = 1 if config.objective.is_larger_better else -1
    return max(ended, key=lambda each: (sign * (each.value or 0.0), -each.number), default=None)


_StudyPart = tuple[tuple[Trial, ...], Mapping[str, float]]
_known: dict[str, tuple[object, _StudyPart]] = {}
_reading = threading.Lock()


def _read_study(sweep: Sweep, config: SweepConfig) -> _StudyPart:
    """Return the trials and importances; the study is read again only where its journal has changed."""
    try:
        stat = sweep.study_path.stat()
        stamp: object = stat.st_ino, stat.st_mtime_ns, stat.st_size
    except OSError:
        return (), {}
    key = str(sweep.folder)
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
