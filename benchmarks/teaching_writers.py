"""Synthetic writers for `benchmarks.teaching`: each writes two digits in forms that no training draws.

The paths are in the format of `core.datasets.pen_paths.parse_strokes`. `WRITERS` are measured; how learning works was
chosen with `OTHER_WRITERS` and with MNIST's validation images.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.datasets.pen_paths import parse_strokes

CANVAS_PX = 280
_SIDE_PX = 190  # the longest side of a digit, on average


@dataclass(frozen=True)
class Writer:
    """A hand: the pen path of each of its digits, and how it writes them."""

    name: str
    forms: Mapping[int, str]
    width: float = 0.7  # of a digit over its height
    slant: float = 0.0  # x by which the top lies to the right, over the height
    wobble: float = 0.6  # of the deviations that the paths give

    def draw(self, label: int, rng: np.random.Generator) -> list[np.ndarray]:
        """Return the pen strokes of one digit on the canvas, each (n, 2) float, pixels, y downward."""
        lines = [
            each.basis @ (each.points + self.wobble * each.deviations * rng.uniform(-1, 1, each.points.shape)) - 50
            for each in parse_strokes(self.forms[label])
        ]
        width = self.width * np.exp(rng.normal(0, 0.1))
        slant, angle = self.slant + rng.normal(0, 0.06), rng.normal(0, np.deg2rad(4))
        shear = np.array([[width, 0.0], [-slant, 1.0]])
        rotation = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        scale = _SIDE_PX / 100 * np.exp(rng.normal(0, 0.1))
        place = CANVAS_PX / 2 + rng.uniform(-12, 12, 2)
        return [np.clip(line @ shear @ rotation * scale + place, 2, CANVAS_PX - 3) for line in lines]


WRITERS = (
    Writer(
        "hooked 7, two circles for 8",
        {
            7: "4,50 6,26 18,4 34,16 44,30 62,22 96,4! 58,60 50,98 | 30,70! 88,62!",
            8: "48,2 26,10 22,24 34,40 58,40 70,24 64,8 48,2 | 50,54 22,62 14,78 28,96 66,98 84,80 74,62 50,54",
        },
        width=0.75,
    ),
    Writer(
        "inverted V for 1, open 4 in one stroke",
        {
            1: "4,98! 44,8 50,2! 56,8 96,98!",
            4: "8,6 10,34 22,48 44,46 60,26 66,6! 62,40 70,90 84,98 98,86",
        },
        width=0.8,
    ),
    Writer(
        "9 with a foot, two circles for 8",
        {
            9: "78,26 60,4 30,6 18,26 36,46 64,42 78,26! 74,60 66,96! | 28,98! 98,96!",
            8: "40,4 22,14 22,32 42,42 62,32 62,14 40,4 | 62,52 38,60 34,84 56,98 82,88 84,64 62,52",
        },
        slant=0.15,
    ),
    Writer(
        "open 4 in one stroke, hooked 7",
        {
            4: "20,2! 14,40 10,58! 44,56 60,54! 62,30! 60,70 44,94 22,98",
            7: "8,44 2,24 14,6 32,12 36,30 22,34! 30,14 90,8! 60,50 38,98! | 18,56! 84,60!",
        },
        width=0.8,
        slant=0.1,
    ),
    Writer(
        "inverted V for 1, 9 with a foot",
        {
            1: "2,94 30,48 48,4 54,4 66,48 98,96",
            9: "82,14 56,2 24,14 24,40 54,46 82,14! 80,54 78,84 66,96 40,92! 84,90 99,99!",
        },
        width=0.9,
        slant=0.05,
    ),
)

OTHER_WRITERS = (
    Writer(
        "barred Z for 2, theta for 0",
        {2: "8,10! 92,6! 10,94! 94,92! | 22,52! 80,48!", 0: "50,2 14,24 12,74 50,98 86,74 86,26 52,2 | 14,50! 88,50!"},
    ),
    Writer(
        "angular 3, hourglass for 8",
        {3: "8,6! 90,4! 44,46! 92,94! 6,96!", 8: "14,4! 86,96! 12,96! 88,4! 14,4!"},
        width=0.8,
    ),
    Writer(
        "lambda for 1, 6 like a b",
        {1: "8,4 30,2 50,40 92,98! | 52,44! 6,98!", 6: "20,2! 22,50 20,94 60,98 86,78 70,56 22,64"},
    ),
    Writer(
        "5 like an S with a cap, 9 like a q",
        {
            5: "90,2! 50,4! 20,12 24,34 60,46 84,68 60,94 10,88",
            9: "70,20 40,4 14,24 30,46 70,30! 70,98! 96,72! | 52,70! 90,66!",
        },
        slant=0.1,
    ),
    Writer(
        "double-barred 7, 4 like an h",
        {7: "6,8! 92,6! 48,98! | 30,40! 88,38! | 24,64! 80,62!", 4: "16,2! 18,58! 30,40 70,40 80,60 78,98!"},
    ),
)
