"""Augmentation of a person's corrected digits: bent far, and drawn again along their pen path at other widths."""

from collections.abc import Sequence

import numpy as np

from core.datasets.degradation import degrade
from core.datasets.pen_paths import draw_figures, strokes_through
from core.datasets.strong_augmentation import deform_gently, deform_strongly

_REDRAWN_SHARE = 0.55  # of the copies of a digit whose pen path is known
_STRONG_SHARE = 0.5  # of the other copies
_DEVIATION = 2.5  # of each point of a pen path, in a box of 100
_MAX_PEN, _MAX_PEN_OF_NARROW = 0.23, 0.42  # of the digit's size, as training's digits have it
_NARROW = 0.35  # of a digit's height: what is narrower may have the wider pen


def augment_corrections(
    images: np.ndarray, strokes: Sequence[Sequence[np.ndarray]], chosen: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Return a copy of each chosen digit as another moment, pen or camera would give it: (n, 28, 28) uint8.

    images: (m, 28, 28) uint8 in MNIST form. strokes: the pen path of each, empty where it is not known.
    chosen: (n,) indexes of digits, the same ones many times. The same generator state gives the same copies.
    """
    kinds = rng.random(len(chosen))
    has_path = np.array([bool(len(strokes[index])) for index in chosen])
    redrawn = has_path & (kinds < _REDRAWN_SHARE)
    low = np.where(has_path, _REDRAWN_SHARE, 0.0)
    strong = ~redrawn & (kinds < low + _STRONG_SHARE * (1 - low))
    gentle = ~redrawn & ~strong
    copies = images[chosen]
    copies[gentle] = deform_gently(copies[gentle], rng)
    copies[strong] = degrade(deform_strongly(copies[strong], rng), rng)
    for index in np.unique(chosen[redrawn]):
        places = np.flatnonzero(redrawn & (chosen == index))
        copies[places] = degrade(list(_redraw(strokes[index], len(places), rng)), rng)
    return copies


def _redraw(lines: Sequence[np.ndarray], n: int, rng: np.random.Generator) -> np.ndarray:
    """Return `n` drawings along a pen path, each displaced and deformed at random: (n, 112, 112) uint8."""
    width, height = np.ptp(np.concatenate(lines), axis=0)
    pen = _MAX_PEN_OF_NARROW if width < _NARROW * height else _MAX_PEN
    return draw_figures(strokes_through(lines, _DEVIATION), n, rng, pen, mean_width=1.0)
