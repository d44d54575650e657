"""A digit that was read as values for JSON, as command line and parts of bulk readings write it."""

from typing import Any

from core.config.dataset_spec import DIGITS
from core.recognition.reading import Digit


def digit_values(digit: Digit) -> dict[str, Any]:
    """Return label, second guess, confidence, whether it is refused, and its box; other classes by their names."""
    return {
        "label": _name(digit, digit.label),
        "second": _name(digit, digit.second_label),
        "confidence": digit.confidence,
        "refused": digit.refused,
        "box": list(digit.box),
    }


def _name(digit: Digit, label: int) -> int | str:
    """Return a digit as a number, another class by its name."""
    return label if digit.class_names == DIGITS else digit.class_names[label]
