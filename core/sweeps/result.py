"""The result of a sweep: the winner against the recipe, with seeds that no trial had, on the test images."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

from core.config.percent import percent
from core.config.train_config import TrainConfig
from core.evaluation.verdicts import Difference, paired_difference
from core.runs.index import RunSummary
from core.runs.run import Run
from core.runs.schema import RunError, RunState
from core.runs.store import RunStore
from core.sweeps.sweep_config import Objective, SweepConfig
from core.sweeps.sweep_runs import NO_TRIAL
from core.sweeps.swept_field import Label

WHY_UNSEEN = (
    "The trials are compared on the validation images. The best of many owes a part of its lead there to chance, so it "
    "is trained anew with seeds that no trial had, and so is the recipe; only then are the test images looked at. Had "
    "they chosen the winner, they could no longer say how well it reads other images."
)
"""Why the test images are untouched until the end."""


@dataclass(frozen=True)
class Confirmation:
    """The winner and the recipe with the same seeds: the values of those pairs of runs that have ended.

    Values are accuracies, 0 to 1, or losses in nats. `missing` is how many of all runs have no value. `difference` is
    in points, or in hundredths of a nat; None before two pairs have ended.
    """

    objective: Objective
    tested_on: str
    winner: tuple[float, ...]
    recipe: tuple[float, ...]
    run_ids: tuple[str, ...]
    seeds: tuple[int, ...]
    missing: int
    difference: Difference | None

    @property
    def is_complete(self) -> bool:
        """Return whether all pairs of runs have ended."""
        return len(self.winner) == len(self.seeds)

    @property
    def is_better(self) -> bool:
        """Return whether the winner is clearly better: the whole interval lies above 0."""
        return self.difference is not None and self.difference.low > 0

    def sentence(self) -> str:
        """Return what came of it, in words."""
        if self.difference is None:
            return "Whether the winner is better than the recipe is not known yet: two new seeds of both are needed."
        gap, start = self.difference, "" if self.is_complete else "So far: "
        verdict = "clearly better than" if gap.low > 0 else "clearly worse than" if gap.high < 0 else "within chance of"
        loss = self.objective is Objective.LOSS
        low, high, ahead = (
            f"{each / 100:+.4f}" if loss else f"{each:+.2f}" for each in (gap.low, gap.high, gap.points)
        )
        unit = "less loss" if loss else "points"
        first, second = (_value(mean(values), loss) for values in (self.winner, self.recipe))
        return (
            f"{start}The winner is {verdict} the recipe: with {gap.seeds} new seeds {first} against {second} on the "
            f"{self.tested_on}, a difference of {ahead} {unit} (95 % interval {low} to {high})."
        )


def _value(value: float, is_loss: bool) -> str:
    return f"a loss of {value:.4f}" if is_loss else percent(value, 2)


def read_confirmation(
    config: SweepConfig, best: Mapping[str, Label], runs: Sequence[RunSummary], store: RunStore
) -> Confirmation | None:
    """Return how the winner stands against the recipe; None where no run was filed for it.

    best: the winner's labels by field; runs: those of the sweep.
    """
    known = {each.config: each for each in runs if each.trial == NO_TRIAL and each.config}
    pairs = [(config.confirming_config(best, s), config.confirming_config({}, s)) for s in config.confirming_seeds]
    filed = [each for pair in pairs for each in pair if each in known]
    if not filed:
        return None
    values = [(_measured(config, known, won, store), _measured(config, known, base, store)) for won, base in pairs]
    ended = [(won, base) for won, base in values if won is not None and base is not None]
    sign = 1 if config.objective.is_larger_better else -1
    gaps = [100 * sign * (won - base) for won, base in ended]
    return Confirmation(
        config.objective,
        pairs[0][0].tested_on,
        tuple(won for won, _ in ended),
        tuple(base for _, base in ended),
        tuple(known[each].id for each in filed),
        tuple(config.confirming_seeds),
        sum(value is None for pair in values for value in pair),
        paired_difference("winner", "recipe", gaps) if len(gaps) > 1 else None,
    )


def _measured(
    config: SweepConfig, known: Mapping[TrainConfig, RunSummary], recipe: TrainConfig, store: RunStore
) -> float | None:
    """Return the value of the run of this recipe; None where there is none, or it has not finished."""
    summary = known.get(recipe)
    if summary is None or summary.state is not RunState.FINISHED:
        return None
    try:
        report = Run(store.root / summary.id).report()
    except RunError:
        return None
    if report is None:
        return None
    return report.loss if config.objective is Objective.LOSS else report.accuracy
