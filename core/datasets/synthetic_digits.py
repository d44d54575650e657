"""Synthetic digits: drawn along pen paths of many written forms, for training."""

from functools import cache
from typing import NamedTuple

import numpy as np

from core.datasets.digit_glyphs import FORMS
from core.datasets.pen_paths import Stroke, draw_figures, parse_strokes

_MAX_PEN, _MAX_PEN_OF_1 = 0.23, 0.42  # of the digit's size; a 1 is narrow, so its pen is wide


class WrittenForm(NamedTuple):
    """One way of writing a digit, used `weight` times as often as one of weight 1."""

    weight: float
    strokes: list[Stroke]


def draw_digits(labels: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    """Return a drawing of each of `labels` (n,), in one of its written forms: (112, 112) uint8, white on black."""
    drawings = [np.empty(0)] * len(labels)
    for label in range(10):
        chosen = np.flatnonzero(labels == label)
        forms = written_forms()[label]
        weights = np.array([form.weight for form in forms])
        picks = rng.choice(len(forms), len(chosen), p=weights / weights.sum())
        for pick, form in enumerate(forms):
            indices = chosen[picks == pick]
            figures = draw_figures(form.strokes, len(indices), rng, _MAX_PEN_OF_1 if label == 1 else _MAX_PEN)
            for index, drawing in zip(indices, figures, strict=True):
                drawings[index] = drawing
    return drawings


@cache
def written_forms() -> dict[int, list[WrittenForm]]:
    """Return the ways of writing each digit, 0 to 9."""
    return {label: [_parse_form(line) for line in text.strip().splitlines()] for label, text in FORMS.items()}


def _parse_form(line: str) -> WrittenForm:
    weight, path = line.split(maxsplit=1)
    return WrittenForm(float(weight), parse_strokes(path))
