"""Synthetic digits: drawn along pen paths of many written forms, for training and for judging by forms kept aside."""

import numpy as np

from core.datasets.pen_paths import draw_figures
from core.datasets.written_forms import Form, choose_form, strokes_of

_MAX_PEN, _MAX_PEN_OF_1 = 0.23, 0.42  # of the digit's size; a 1 is narrow, so its pen is wide
_WHOLE_SHARE = 0.6  # how many are written in a whole form, in place of one of a family


def draw_digits(labels: np.ndarray, rng: np.random.Generator, forms_aside: bool = False) -> list[np.ndarray]:
    """Return a drawing of each of `labels` (n,), in one of its written forms: (112, 112) uint8, white on black.

    forms_aside: whether all are written in forms that are kept aside from training.
    """
    indices_of: dict[tuple[int, Form], list[int]] = {}
    for index, label in enumerate(labels.tolist()):
        form = choose_form(label, forms_aside, rng, _WHOLE_SHARE)
        indices_of.setdefault((label, form), []).append(index)
    drawings = [np.empty(0)] * len(labels)
    for (label, form), indices in indices_of.items():
        figures = draw_figures(strokes_of(form), len(indices), rng, _MAX_PEN_OF_1 if label == 1 else _MAX_PEN)
        for index, drawing in zip(indices, figures, strict=True):
            drawings[index] = drawing
    return drawings
