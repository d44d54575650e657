"""The verdict of a claim's runs: differences with intervals, and sentences computed from them."""

import math
from collections.abc import Sequence
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

    @property
    def when(self) -> str:
        """Return after which epoch they were compared, in words; '' where each was after its own last one."""
        return f"after {self.epoch} epoch{'s' * (self.epoch != 1)}" if self.epoch else ""

    @property
    def low(self) -> float:
        """Return the lower end of the interval, points."""
        return self.points - self.half_width

    @property
    def high(self) -> float:
        """Return the upper end of the interval, points."""
        return self.points + self.half_width


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
            found.append(paired_difference(better, other, gaps, epoch))
    return found


def paired_difference(better: str, other: str, gaps: Sequence[float], epoch: int = 0) -> Difference:
    """Return the mean of two to ten paired differences, in points, with the 95 % interval of Student's t."""
    half_width = _T[len(gaps) - 1] * stdev(gaps) / math.sqrt(len(gaps))
    return Difference(better, other, epoch, mean(gaps), half_width, len(gaps))


def _comparisons(claim: Claim) -> list[tuple[str, str, int]]:
    return [(better, other, epoch) for better, other in claim.compared for epoch in claim.at_epochs or (0,)]


def _accuracies(claim: Claim, arm: str, curves: list[dict[int, float]], epoch: int) -> list[float | None]:
    """Return each seed's accuracy after that epoch, or after the arm's last one for 0; None where it is not known."""
    wanted = epoch or claim.configs(arm)[0].epochs
    return [curve.get(wanted) for curve in curves]


def verdict(claim: Claim, found: list[Difference]) -> str:
    """Return what the differences say about the claim, in sentences without figures (`difference_rows` has them).

    Where not every comparison has every seed yet, they begin with "So far" and name what is missing.
    """
    if not found:
        return "No verdict yet: it takes two seeds on each side."
    least = [claim.min_points.get((gap.better, gap.other), 0.0) for gap in found]
    holds = [gap.low > points for gap, points in zip(found, least, strict=True)]
    fails = [gap.high < points for gap, points in zip(found, least, strict=True)]
    if all(holds):
        start = "True here"
    elif any(holds):
        start = "Partly true"
    else:
        start = "Not true here" if any(fails) else "Not settled by these runs"
    known = {(gap.better, gap.other, gap.epoch) for gap in found}
    missing = [_describe(*each) for each in _comparisons(claim) if each not in known]
    whole = not missing and {gap.seeds for gap in found} == {len(SEEDS)}
    start = start if whole else f"So far {start[0].lower()}{start[1:]}"
    findings = " ".join(f"{sentence}." for sentence in _findings(found, least))
    left = f" Not known yet: {', '.join(missing)}." if missing else ""
    return f"{start}. {findings}{left}"


def difference_rows(found: list[Difference]) -> list[dict[str, str | int]]:
    """Return the figures behind a verdict, a row a comparison: points of accuracy and their 95 % interval."""
    return [
        {
            "compared": _describe(gap.better, gap.other, gap.epoch),
            "ahead by, points": f"{gap.points:+.2f}",
            "95 % interval": f"{gap.low:+.2f} to {gap.high:+.2f}",
            "seeds": gap.seeds,
        }
        for gap in found
    ]


def _findings(found: list[Difference], least: list[float]) -> list[str]:
    """Return a sentence for each pair of arms, on all epochs after which they were compared."""
    by_pair: dict[tuple[str, str], list[str]] = {}
    for gap, points in zip(found, least, strict=True):
        phrases = by_pair.setdefault((gap.better, gap.other), [])
        phrases.append(" ".join(filter(None, [_relation(gap, points, gap.other if not phrases else "it"), gap.when])))
    return [f"{_capital(better)} is {', and '.join(phrases)}" for (better, _), phrases in by_pair.items()]


def _relation(gap: Difference, least: float, other: str) -> str:
    """Return how one arm stands to another, from the interval of their difference."""
    if gap.low > max(least, 0.0):
        return f"clearly ahead of {other}"
    if least < 0 and gap.low > least:
        return f"at most {-least:g} points behind {other}"
    if gap.high < 0:
        return f"clearly behind {other}"
    return f"{'ahead of' if gap.points > 0 else 'behind'} {other} within chance"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
