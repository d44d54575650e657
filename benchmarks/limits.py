"""The limits of a benchmark's figures: a line for each, and an exit code that shows whether all are kept."""

import sys


def at_most(what: str, figure: float, limit: float, form: str = "{:.2f}") -> tuple[str, bool]:
    """Return a line for a figure that must not be above the limit, and whether it is kept; `form` formats both."""
    return _check(what, figure, "most", limit, form, figure <= limit)


def at_least(what: str, figure: float, limit: float, form: str = "{:.2f}") -> tuple[str, bool]:
    """Return a line for a figure that must not be below the limit, and whether it is kept; `form` formats both."""
    return _check(what, figure, "least", limit, form, figure >= limit)


def end(*limits: tuple[str, bool]) -> None:
    """Print the lines of the limits; end the program with exit code 1 if one is not kept."""
    for line, _ in limits:
        print(line)
    if not all(kept for _, kept in limits):
        sys.exit(1)


def _check(what, figure, side, limit, form, kept):
    words = "within" if kept else "beyond"
    return f"{words} the limit: {what} {form.format(figure)}, at {side} {form.format(limit)}", bool(kept)
