"""Sentences on what a change of a digit does, with the place that it was made at."""

from collections.abc import Sequence

import numpy as np

from core.config.dataset_spec import DIGITS
from core.config.percent import probability_percent
from core.explanation.counterfactual import MAX_SEARCH_S, MAX_STROKES, Change
from core.preprocessing.mnist_form import ink_box

MIN_EFFECT = 0.05  # of the answer's probability: a change of less is no reason for the answer
_MIN_SIDE_PX = 9  # a digit's narrower side counts as at least so wide: on a 1, nothing is far left of the stroke
_PLACES = {
    (-1, -1): "upper left",
    (-1, 0): "top",
    (-1, 1): "upper right",
    (0, -1): "left side",
    (0, 0): "middle",
    (0, 1): "right side",
    (1, -1): "lower left",
    (1, 0): "bottom",
    (1, 1): "lower right",
}


def place_of(change: Change) -> str:
    """Return where a change lies on the digit, in words such as "upper left"."""
    left, top, width, height = ink_box(change.before)
    size = np.abs(change.difference)
    y, x = (float((size.sum(axis=1 - axis) @ np.arange(28)) / size.sum()) for axis in (0, 1))
    return _PLACES[_third(y, top, height), _third(x, left, width)]


def _third(position: float, start: int, length: int) -> int:
    """Return -1, 0 or 1 for the first, second or last third of a length that begins at `start`."""
    middle, span = start + (length - 1) / 2, max(length, _MIN_SIDE_PX)
    return round(float(np.clip((position - middle) / span * 3, -1, 1)))


def stroke_sentence(change: Change | None, answer: int, other: int, names: Sequence[str] = DIGITS) -> str:
    """Return what the strongest stroke says: the place that speaks for `answer`, and what was read without it.

    `names` are those of the network's classes.
    """
    name, other_name = names[answer], names[other]
    if change is None:
        return f"No stroke that was tried makes {name} less likely against {other_name}."
    place, before, after = place_of(change), change.probabilities_before, change.probabilities_after
    effect = (
        f"{name} goes from {probability_percent(before[answer])} to {probability_percent(after[answer])}, "
        f"{other_name} from {probability_percent(before[other])} to {probability_percent(after[other])}"
    )
    after_it = _outcome(change, answer, other, names)
    if before[answer] - after[answer] < MIN_EFFECT:
        what = f"ink {'added' if change.adds else 'erased'} {_where(place)}"
        return f"No single stroke changes much. The strongest that was tried is {what}: {effect}.{after_it}"
    if change.adds:
        return f"The open {place} speaks for {name}: with a stroke there, {effect}.{after_it}"
    return f"The ink {_where(place)} speaks for {name}: without it, {effect}.{after_it}"


def _where(place: str) -> str:
    """Return a place with its preposition."""
    return f"{'on' if place.endswith('side') else 'in' if place == 'middle' else 'at'} the {place}"


def _outcome(change: Change, answer: int, other: int, names: Sequence[str]) -> str:
    """Return a sentence on what the changed digit is, where that is neither of the two; else ''."""
    if change.is_refused:
        what = "The digit so changed" if tuple(names) == DIGITS else "So changed, it"
        return f" {what} is refused: it no longer looks like one."
    label = int(change.probabilities_after.argmax())
    share = probability_percent(change.probabilities_after[label])
    return "" if label in (answer, other) else f" It is then read as {names[label]}, {share} sure."


def smallest_sentence(change: Change | None, target: int, names: Sequence[str] = DIGITS) -> str:
    """Return what the smallest change does, or that none was found; `names` are those of the network's classes."""
    if change is None:
        return (
            f"No change of {MAX_STROKES} strokes or fewer that has it read as {names[target]} was found in "
            f"{MAX_SEARCH_S:g} s of search."
        )
    ink, added = np.abs(change.difference).sum(), np.maximum(change.difference, 0).sum()
    yellow = ["yellow ink added"] if added > 0.1 * ink else []
    red = ["red ink erased"] if added < 0.9 * ink else []
    share = probability_percent(change.probabilities_after[target])
    return f"Read as {names[target]}, {share} sure, with the {' and the '.join([*yellow, *red])}."
