"""Marks between and around the digits of a number that are no digits: separators, dashes, signs of currencies."""

from functools import cache

import numpy as np

from core.datasets.pen_paths import Stroke, parse_strokes
from core.datasets.written_lines.hands import PathGlyph, place_strokes

MARKS = {
    ".": """
        4  4,98~3,4 8,99~3,4
        2  2,97~2,3 8,94~2,2 8,100~2,2 3,100~2,2""",
    ",": """
        3  10,92~4,4 8,104~4,4 -4,120~6,6
        2  14,90~4,4! -8,118~8,8!""",
    "'": """
        2  10,-4~4,6 4,16~5,5
        1  0,-6~4,4 12,4~4,4 4,20~4,4""",
    "-": """
        4  0,56~6,10! 62,53~24,10!
        1  0,58~4,8 20,48~6,6 42,60~6,6 64,50~8,8""",
    "=": """
        3  0,44~6,6! 58,41~20,6! | 0,66~6,6! 56,62~20,6!""",
    "/": """
        3  74,-16~16,8! -8,122~8,6!
        1  84,-14~16,8 40,50~6,8 0,120~8,6""",
    ":": """
        1  4,52~3,4 7,53~3,4 | 4,96~3,4 7,97~3,4""",
    "$": """
        2  72,16~6,6 42,6~6,4 14,26~5,5 44,48~6,5 74,70~5,5 42,94~6,4 8,82~5,5 | 46,-14~6,6! 42,116~6,6!
        1  74,18~6,6 42,8~6,4 14,26~5,5 44,48~6,5 74,70~5,5 42,92~6,4 8,84~5,5 | 36,-9~5,6! 34,99! | 56,-9! 52,99!""",
    "€": """
        1  88,14~6,6 52,4~6,4 20,50~5,6 50,97~6,3 86,86~6,6 | -4,42~5,5! 64,40~8,5! | -6,60~5,5! 58,58~8,5!""",
    "£": """
        1  82,20~6,6 58,3~6,3 36,24~5,5 40,66~5,5 10,96~5,3 92,95~8,4 | 10,54~5,5! 70,52~8,5!""",
    "#": """
        2  34,6~6,6! 18,96~6,6! | 70,4~6,6! 56,96~6,6! | 0,36~6,6! 92,34~8,6! | -4,68~6,6! 86,66~8,6!""",
    "*": """
        1  30,20~5,5! 30,80~5,5! | 4,34~5,5! 56,66~5,5! | 56,34~5,5! 4,66~5,5!""",
    "~": """
        2  0,56~4,10! 180,52~90,10!
        1  0,44~4,6! 170,40~80,6! | 0,64~4,6! 165,60~80,6!""",
}
"""Each mark's forms as pen paths, one a line with its weight; the baseline is at 100. `~` fills a line to its end."""


def draw_mark(mark: str, size: float, pen_px: float, slant: float, rng: np.random.Generator) -> PathGlyph:
    """Return a mark beside digits of this height, in pixels."""
    weights, forms = _forms(mark)
    strokes = forms[int(np.searchsorted(weights, rng.random()))]
    displacements = [rng.uniform(-1, 1, stroke.points.shape) for stroke in strokes]
    linear = size / 100 * np.array([[0.7, -slant], [0, 1]])
    if mark in ".:":
        pen_px *= rng.uniform(1, 1.7)
    return place_strokes(strokes, linear, pen_px, displacements)


@cache
def _forms(mark: str) -> tuple[np.ndarray, list[list[Stroke]]]:
    lines = [line.split(maxsplit=1) for line in MARKS[mark].strip().splitlines()]
    weights = np.cumsum([float(weight) for weight, _ in lines])
    return weights / weights[-1], [parse_strokes(path) for _, path in lines]
