"""What the recipe claims of itself, and the small groups of runs that test each claim on this machine."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import mean, stdev

from core.config.train_config import TrainConfig
from core.runs.index import run_summaries
from core.runs.run import Run
from core.runs.schema import Metrics, Notes, RunError
from core.runs.store import RunStore

SEEDS = (0, 1, 2)
# 97.5 % quantile of Student's t by degrees of freedom: half of a 95 % interval's width, in standard errors.
_T = {1: 12.71, 2: 4.30, 3: 3.18, 4: 2.78, 5: 2.57, 6: 2.45, 7: 2.36, 8: 2.31, 9: 2.26}


@dataclass(frozen=True)
class Claim:
    """One sentence that the recipe comes with, and what would show it."""

    name: str
    sentence: str
    why: str  # what is said for it
    arms: dict[str, dict]  # what each group of runs is called, and how its config differs from the recipe's
    compared: tuple[tuple[str, str], ...]  # pairs of arms; the claim says that the first does better
    at_epochs: tuple[int, ...]  # where they are compared
    # The least difference, in points of accuracy, that the claim speaks of for a pair: 0 where there is none here,
    # negative where it says "no worse than".
    least_points: dict[tuple[str, str], float] = field(default_factory=dict)

    def configs(self, arm: str) -> list[TrainConfig]:
        """Return the arm's runs, one a seed."""
        return [TrainConfig(seed=seed, **self.arms[arm]) for seed in SEEDS]


def _hidden(activation):
    """The recipe's layers with another activation in the hidden one."""
    units = TrainConfig().hidden_units
    dense = {"class_name": "Dense", "units": units, "activation": activation}
    return ({"class_name": "Flatten"}, dense, {"class_name": "Dropout", "rate": TrainConfig().dropout})


CLAIMS = {
    claim.name: claim
    for claim in (
        Claim(
            "epochs",
            "5 epochs are a balance; more do not help much.",
            "Each epoch shows every training image once. The first teach most; later ones repeat what is known, and "
            "begin to learn the training images by heart.",
            {"1 epoch": {"epochs": 1}, "5 epochs": {"epochs": 5}, "20 epochs": {"epochs": 20}},
            (("5 epochs", "1 epoch"), ("5 epochs", "20 epochs")),
            (),
            {("5 epochs", "20 epochs"): -0.3},
        ),
        Claim(
            "relu",
            "ReLU converges faster than sigmoid or tanh.",
            "ReLU passes on what is positive and drops the rest. It does not flatten out for large inputs as sigmoid "
            "and tanh do, so the error reaches the first layer undiminished (Glorot et al., 2011).",
            {"ReLU": {}, "sigmoid": {"layers": _hidden("sigmoid")}, "tanh": {"layers": _hidden("tanh")}},
            (("ReLU", "sigmoid"), ("ReLU", "tanh")),
            (1, 5),
        ),
        Claim(
            "dropout",
            "Dropout of 20 % reduces overfitting.",
            "In each step a fifth of the hidden units is silenced at random, so that none is relied on alone "
            "(Srivastava et al., 2014). What that is worth shows late, when a network without it has begun to learn "
            "its images by heart.",
            {
                "dropout 0.2": {"epochs": 20},
                "dropout 0": {"epochs": 20, "dropout": 0.0},
                "dropout 0.5": {"epochs": 20, "dropout": 0.5},
            },
            (("dropout 0.2", "dropout 0"), ("dropout 0.2", "dropout 0.5")),
            (5, 20),
        ),
        Claim(
            "adam",
            "Adam converges faster than plain gradient descent.",
            "Adam gives every weight a step size of its own, from the mean and the spread of its gradients (Kingma "
            "and Ba, 2014); gradient descent moves all by one rate, with momentum or without.",
            {
                "Adam": {},
                "SGD with momentum": {"optimizer": "sgd", "learning_rate": 0.01},
                "SGD": {"optimizer": "sgd", "learning_rate": 0.01, "momentum": 0.0},
            },
            (("Adam", "SGD with momentum"), ("Adam", "SGD")),
            (1, 5),
        ),
        Claim(
            "cross-entropy",
            "Sparse categorical cross-entropy suits one class per picture.",
            "It punishes the network by the logarithm of what it gave the true digit, so a sure mistake costs much; "
            "the squared error hardly tells a sure mistake from an unsure one.",
            {"cross-entropy": {}, "mean squared error": {"loss": "mean_squared_error"}},
            (("cross-entropy", "mean squared error"),),
            (1, 5),
        ),
    )
}
"""The claims that can be tested, by name, in the order in which a page shows them."""


def newest_runs(store: RunStore) -> dict[TrainConfig, Run]:
    """Return the newest run of each config that waits, trains or has finished.

    A run counts by its config alone, so what was trained before for another reason is not trained again; but not one
    that learned elsewhere, nor at a rate that somebody set by hand.
    """
    newest = {}
    for each in run_summaries(store):
        if each.state not in ("failed", "stopped", "damaged") and not each.imported and not each.steered:
            newest.setdefault(each.config, Run(store.root / each.id))
    return newest


def runs_by_arm(claim: Claim, newest: dict[TrainConfig, Run]) -> dict[str, list[Run | None]]:
    """Return the run of each of the claim's configs, None where there is none: a list an arm, a place a seed."""
    return {arm: [newest.get(config) for config in claim.configs(arm)] for arm in claim.arms}


def missing_configs(claim: Claim, newest: dict[TrainConfig, Run]) -> list[TrainConfig]:
    """Return the configs of the claim that no run was filed for yet, seed by seed, so that spreads come early."""
    return [config for _, config in _by_seed(claim) if config not in newest]


def _by_seed(claim):
    """Each arm's name with its config: of the first seed, then of the next."""
    return [(arm, claim.configs(arm)[place]) for place in range(len(SEEDS)) for arm in claim.arms]


def file_missing_runs(claim: Claim, store: RunStore, newest: dict[TrainConfig, Run]) -> None:
    """File the runs that are `missing`, named by the claim, the arm and the seed; raises `OSError`."""
    for arm, config in _by_seed(claim):
        if config not in newest:
            notes = {"name": f"{claim.name}: {arm}, seed {config.seed}", "claim": claim.name}
            store.create(config, lambda run, notes=notes: run.write_notes(**notes))


def runs_filed_for(claim: Claim, runs: Iterable[Run | None]) -> list[Run]:
    """Return those of the runs that were filed to test this claim: not a person's own, nor another claim's."""
    return [run for run in runs if run and _notes(run).claim == claim.name]


def _notes(run):
    try:
        return run.notes()
    except RunError:
        return Notes()


def validation_curves(runs: list[Run | None], known: dict[str, Metrics]) -> list[dict[int, float]]:
    """Return each run's validation accuracy by whole epoch, so far; {} for a run that is None or cannot be read.

    `known` are metrics by run id, which are not read again but read on, and kept there for the next time.
    """
    return [_curve(run, known) for run in runs]


def _curve(run, known):
    if run is None:
        return {}
    try:
        known[run.id] = run.metrics(known.get(run.id, Metrics()))
    except RunError:
        return {}
    rows = known[run.id].rows
    return {round(row.epoch): row.val_accuracy for row in rows if row.val_accuracy is not None}


@dataclass(frozen=True)
class Difference:
    """By how many points of validation accuracy one arm lies above another, seed by seed."""

    better: str
    other: str
    epoch: int  # 0: each at its own end
    points: float
    half_width: float  # of the 95 % interval, points
    seeds: int

    def __str__(self):
        compared = _in_words(self.better, self.other, self.epoch)
        return f"{compared}: {self.points:+.2f} ± {self.half_width:.2f} points"


def _in_words(better, other, epoch):
    return f"{better} against {other}" + (f" after {epoch} epoch{'s' * (epoch != 1)}" if epoch else "")


def compare_arms(claim: Claim, measured: dict[str, list[dict[int, float]]]) -> list[Difference]:
    """Return each comparison that at least two seeds of both arms have reached; `measured` are `curves` by arm."""
    found = []
    for better, other, epoch in _comparisons(claim):
        pairs = zip(_at(claim, better, measured, epoch), _at(claim, other, measured, epoch), strict=True)
        gaps = [100 * (a - b) for a, b in pairs if a is not None and b is not None]
        if len(gaps) > 1:
            half_width = _T[len(gaps) - 1] * stdev(gaps) / math.sqrt(len(gaps))
            found.append(Difference(better, other, epoch, mean(gaps), half_width, len(gaps)))
    return found


def _comparisons(claim):
    return [(better, other, epoch) for better, other in claim.compared for epoch in claim.at_epochs or (0,)]


def _at(claim, arm, measured, epoch):
    """Each seed's accuracy at that epoch, or at the arm's last one for 0; None where it has not come so far."""
    wanted = epoch or claim.configs(arm)[0].epochs
    return [curve.get(wanted) for curve in measured[arm]]


def verdict(claim: Claim, found: list[Difference]) -> str:
    """Return one honest sentence computed from the differences: whether they bear the claim out, and by how much.

    Where not every comparison has every seed yet, it begins with "So far" and says what is missing.
    """
    if not found:
        return "No verdict yet: it takes two seeds on each side."
    least = [claim.least_points.get((gap.better, gap.other), 0.0) for gap in found]
    borne_out = [gap.points - gap.half_width > points for gap, points in zip(found, least, strict=True)]
    against = [gap.points + gap.half_width < points for gap, points in zip(found, least, strict=True)]
    if all(borne_out):
        start = "borne out here"
    elif any(borne_out):
        start = "borne out in part"
    else:
        start = "not borne out here" if any(against) else "not settled by these runs"
    known, seeds = {(gap.better, gap.other, gap.epoch) for gap in found}, {gap.seeds for gap in found}
    unknown = [_in_words(*each) for each in _comparisons(claim) if each not in known]
    whole = not unknown and seeds == {len(SEEDS)}
    gaps = "; ".join(str(gap) + f" ({gap.seeds} seeds)" * (len(seeds) > 1) for gap in found)
    of_all = f" of {len(SEEDS)}" if seeds != {len(SEEDS)} else ""
    counted = f" of {max(seeds)}{of_all} seeds" if len(seeds) == 1 else ""
    left = f"; not known yet: {', '.join(unknown)}" if unknown else ""
    start = start.capitalize() if whole else f"So far {start}"
    return f"{start}: {gaps} (validation accuracy, mean and 95 % interval{counted}){left}."
