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
    wobble: float = 0.9  # of the deviations that the paths give

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
        "7 with a hooked top and a bar, 8 as two circles",
        {
            7: "30,34 4,24 20,2 46,14 36,40 60,44 96,6 80,50 60,98 | 40,76! 98,70!",
            8: "30,4 8,24 30,44 52,24 30,4 | 80,50 56,72 78,96 98,74 80,50",
        },
        width=0.8,
    ),
    Writer(
        "1 like an inverted V, open 4 in one stroke",
        {1: "10,98 30,20 50,2 70,20 90,98", 4: "30,2! 4,60 30,66 96,40 60,16 50,60 60,98"},
        width=0.85,
    ),
    Writer(
        "9 with a foot, 8 as two circles apart",
        {
            9: "60,10 30,2 6,20 24,38 54,30 60,10! 40,70 20,98! 98,98!",
            8: "40,2 18,20 40,38 62,20 40,2 | 64,60 40,80 62,98 86,80 64,60",
        },
        slant=0.1,
    ),
    Writer(
        "open 4 like a loop, 7 with a deep hook and a bar",
        {
            4: "20,4 4,40 30,60 70,40 60,14 44,20 60,98",
            7: "2,50 10,10 30,2 44,30 60,50 80,40 96,4! 66,98 | 40,80! 98,70!",
        },
        width=0.9,
    ),
    Writer(
        "1 like a leaning inverted V, square 9 with a foot",
        {1: "10,98 24,10 44,2 60,20 90,98", 9: "80,4! 20,4! 20,50! 80,50! 80,4! 80,98! 10,98!"},
        width=0.9,
        slant=0.05,
    ),
)
"""The writers that are measured."""

OTHER_WRITERS = (
    Writer(
        "0 with a bar, 5 with a tail",
        {
            0: "50,2 14,24 12,74 50,98 86,74 86,26 52,2 | 14,50! 88,50!",
            5: "20,10! 20,50 70,46 80,80 40,98 10,80 30,64 90,98 | 20,10! 90,2!",
        },
        width=0.85,
    ),
    Writer(
        "square 2, 8 as two squares",
        {
            2: "4,4! 60,4! 60,50! 4,50! 4,98! 96,98!",
            8: "14,4! 84,4! 84,46! 14,46! 14,4! | 14,54! 84,54! 84,98! 14,98! 14,54!",
        },
    ),
    Writer(
        "2 like a barred Z, 0 with an upright bar",
        {
            2: "8,10! 92,6! 10,94! 94,92! | 22,52! 80,48!",
            0: "50,10 14,30 12,70 50,90 86,70 86,30 52,10 | 50,0! 50,100!",
        },
        width=0.9,
    ),
    Writer(
        "1 with a loop, 3 like a brace",
        {1: "50,98! 50,30 30,6 20,30 50,40 80,30 50,2!", 3: "10,4 60,10 50,44 96,50! 50,56 60,90 10,98"},
        width=0.8,
    ),
    Writer(
        "4 with steps, 6 like a delta",
        {4: "6,2! 6,62! 94,62! 94,2! 94,98!", 6: "80,4 30,6 40,30 80,60 70,96 20,94 14,60 60,40"},
        slant=0.1,
    ),
)
"""The writers with which the way to learn was chosen."""
