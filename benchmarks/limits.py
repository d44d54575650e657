"""The limits that a benchmark's figures are held against: a line each, and an exit code that says if all were kept."""

import sys


def at_most(what: str, figure: float, limit: float, form: str = "{:.2f}") -> tuple[str, bool]:
    """Return the line that says whether the figure, written by `form`, is as small as asked for, and whether it is."""
    return _judged(what, figure, "most", limit, form, figure <= limit)


def at_least(what: str, figure: float, limit: float, form: str = "{:.2f}") -> tuple[str, bool]:
    """Return the line that says whether the figure, written by `form`, is as great as asked for, and whether it is."""
    return _judged(what, figure, "least", limit, form, figure >= limit)


def end(*limits: tuple[str, bool]) -> None:
    """Print the lines of the limits; end the program with exit code 1 where one is missed."""
    for line, _ in limits:
        print(line)
    if not all(kept for _, kept in limits):
        sys.exit(1)


def _judged(what, figure, side, limit, form, kept):
    words = "within" if kept else "beyond"
    return f"{words} the limit: {what} {form.format(figure)}, at {side} {form.format(limit)}", bool(kept)
