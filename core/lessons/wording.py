"""Sentences on what came of a lesson, chosen and filled from its figures."""

from core.config.percent import percent

_NEAR_POINTS = 1.5
_CLOSE_POINTS = 5.0


def compare_shares(guess: float, share: float, subject: str = "it reached") -> str:
    """Return a sentence on a guess in percent beside the share, 0 to 1, that came out.

    subject: what is said before the figure, as in "Your guess was 95 %; it reached 91.2 %".
    """
    start = f"Your guess was {guess:g} %; {subject} {percent(share)}"
    points = 100 * share - guess
    if abs(points) <= _NEAR_POINTS:
        return f"{start}. That is as near as one can guess."
    if abs(points) <= _CLOSE_POINTS:
        return f"{start}. That is close."
    return f"{start}: {abs(points):.0f} points {'more' if points > 0 else 'less'} than you thought."


def compare_counts(guess: int, count: int, total: int, subject: str) -> str:
    """Return a sentence on a guessed count beside the one that came out, of `total`.

    subject: what was counted, as in "187 of the 784 numbers change".
    """
    start = f"Your guess was {guess}; {subject}"
    gap = count - guess
    if gap == 0:
        return f"{start}. Exactly right."
    if abs(gap) <= 0.05 * total:
        return f"{start}. That is close."
    return f"{start}: {abs(gap):,} {'more' if gap > 0 else 'fewer'} than you thought."


def points(gap: float) -> str:
    """Return a difference of two shares, 0 to 1, in points of percent: '4.2 points', '1 point'."""
    text = f"{100 * abs(gap):.1f}".removesuffix(".0")
    return f"{text} point{'s' * (text != '1')}"


def join(names: list[str]) -> str:
    """Return names as a list in words: 'a', 'a and b', 'a, b and c'."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
