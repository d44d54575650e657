"""All that a page or the command line shows of one sweep, read at one moment."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from core.runs.schema import RunState, Status
from core.runs.store import RunStore
from core.sweeps.result import Confirmation, read_confirmation
from core.sweeps.sweep import Sweep
from core.sweeps.sweep_config import CONFIRMING_SEEDS, SweepConfig
from core.sweeps.sweep_runs import runs_of_sweep
from core.sweeps.trials import MIN_TRIALS_FOR_IMPORTANCE, Trial, TrialState, read_trials
from core.training.time_estimate import estimate


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
        trials, importances = read_trials(sweep, config)
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
        found, is_over = self.confirmation, self.state is RunState.FINISHED
        if found is None:
            gone = "The runs of the winner are not here any more." if is_over else ""
            return self.status.error or self.status.note or gone
        missing = _describe_missing(found) if is_over and found.missing else ""
        return " ".join(filter(None, (self.status.error, self.status.note, found.sentence(), missing)))


def describe_plan(store: RunStore, config: SweepConfig) -> str:
    """Return in a sentence how many runs a new sweep has at most, and how long they take on this machine."""
    trials = config.number_of_trials
    runs = trials * config.seeds + 2 * CONFIRMING_SEEDS
    expected, limit_s = estimate(store, config.base), config.time_limit_s or config.base.time_limit_s or math.inf
    low, high = (round(max(1.0, runs * min(each, limit_s) / 60)) for each in (expected.low_s, expected.high_s))
    minutes = f"{low:,} to {high:,} minutes" if low < high else f"about {high:,} minute{'s' * (high != 1)}"
    enough = _describe_epochs(config, expected.high_s)
    end = f" No trial starts after {config.minutes:g} minutes of training." if config.minutes else ""
    return (
        f"{trials} trials and {2 * CONFIRMING_SEEDS} runs to confirm the winner: {minutes} if all train as long as the "
        f"recipe. Trials that are stopped early take less.{end}{enough}"
    )


def _describe_epochs(config: SweepConfig, expected_s: float) -> str:
    """Return a sentence where the recipe's epochs are over before the time of a trial is, else ''."""
    if expected_s >= config.time_limit_s or any(each.name == "epochs" for each in config.fields):
        return ""
    return (
        f" The {config.base.epochs} epochs of the recipe will be over before the {config.time_limit_s} s of a trial: "
        "give it more epochs, or trials less time."
    )


def _describe_missing(found: Confirmation) -> str:
    return (
        f"{found.missing} of its {2 * len(found.seeds)} runs did not come to their end. Resume those that were "
        "stopped, on the page Runs; what they reach counts here."
    )


def _best(config: SweepConfig, trials: tuple[Trial, ...]) -> Trial | None:
    ended = [each for each in trials if each.state is TrialState.FINISHED and each.value is not None]
    sign = 1 if config.objective.is_larger_better else -1
    return max(ended, key=lambda each: (sign * (each.value or 0.0), -each.number), default=None)
