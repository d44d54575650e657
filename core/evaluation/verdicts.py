"""The verdict of a claim's runs: differences with intervals, and one sentence computed from them."""

import math
from dataclasses import dataclass
from statistics import mean, stdev

from core.evaluation.ablations import SEEDS, Claim

# 97.5 % quantile of Student's t by degrees of freedom: half of a 95 % interval's width, in standard errors.
_T = {1: 12.71, 2: 4.30, 3: 3.18, 4: 2.78, 5: 2.57, 6: 2.45, 7: 2.36, 8: 2.31, 9: 2.26}


@dataclass(frozen=True)
class Difference:
    """The mean of how many points of validation accuracy one arm lies above another with the same seed."""

    better: str
    other: str
    epoch: int  # 0: each after its own last one
    points: float
    half_width: float  # of the 95 % interval, points
    seeds: int

    def __str__(self) -> str:
        compared = _describe(self.better, self.other, self.epoch)
        return f"{compared}: {self.points:+.2f} ± {self.half_width:.2f} points"


def _describe(better: str, other: str, epoch: int) -> str:
    return f"{better} against {other}" + (f" after {epoch} epoch{'s' * (epoch != 1)}" if epoch else "")


def compare_arms(claim: Claim, measured: dict[str, list[dict[int, float]]]) -> list[Difference]:
    """Return each comparison that at least two seeds of both arms have reached.

    `measured` holds the `validation_curves` of each arm, in the order of the seeds. The interval is that of Student's t
    for paired differences.
    """
    found = []
    for better, other, epoch in _comparisons(claim):
        first, second = (_accuracies(claim, arm, measured[arm], epoch) for arm in (better, other))
        gaps = [100 * (a - b) for a, b in zip(first, second, strict=True) if a is not None and b is not None]
        if len(gaps) > 1:
            half_width = _T[len(gaps) - 1] * stdev(gaps) / math.sqrt(len(gaps))
            found.append(Difference(better, other, epoch, mean(gaps), half_width, len(gaps)))
    return found


def _comparisons(claim: Claim) -> list[tuple[str, str, int]]:
    return [(better, other, epoch) for better, other in claim.compared for epoch in claim.at_epochs or (0,)]


def _accuracies(claim: Claim, arm: str, curves: list[dict[int, float]], epoch: int) -> list[float | None]:
    """Return each seed's accuracy after that epoch, or after the arm's last one for 0; None where it is not known."""
    wanted = epoch or claim.configs(arm)[0].epochs
    return [curve.get(wanted) for curve in curves]


def verdict(claim: Claim, found: list[Difference]) -> str:
    """Return one sentence computed from the differences: whether they support the claim, and by how much.

    Where not every comparison has every seed yet, it begins with "So far" and names what is missing.
    """
    if not found:
        return "No verdict yet: it takes two seeds on each side."
    least = [claim.min_points.get((gap.better, gap.other), 0.0) for gap in found]
    borne_out = [gap.points - gap.half_width > points for gap, points in zip(found, least, strict=True)]
    against = [gap.points + gap.half_width < points for gap, points in zip(found, least, strict=True)]
    if all(borne_out):
        start = "borne out here"
    elif any(borne_out):
        start = "borne out in part"
    else:
        start = "not borne out here" if any(against) else "not settled by these runs"
    known, seeds = {(gap.better, gap.other, gap.epoch) for gap in found}, {gap.seeds for gap in found}
    unknown = [_describe(*each) for each in _comparisons(claim) if each not in known]
    whole = not unknown and seeds == {len(SEEDS)}
    gaps = "; ".join(str(gap) + f" ({gap.seeds} seeds)" * (len(seeds) > 1) for gap in found)
    of_all = f" of {len(SEEDS)}" if seeds != {len(SEEDS)} else ""
    counted = f" of {max(seeds)}{of_all} seeds" if len(seeds) == 1 else ""
    left = f"; not known yet: {', '.join(unknown)}" if unknown else ""
    start = start.capitalize() if whole else f"So far {start}"
    return f"{start}: {gaps} (validation accuracy, mean and 95 % interval{counted}){left}."
