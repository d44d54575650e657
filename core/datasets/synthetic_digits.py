"""Digits written by nobody: pen paths of the forms that MNIST, being American, has too few of."""

from functools import cache

import cv2
import numpy as np

FIELD_PX = 112
"""Side of the field that a path is drawn in."""
_BOX_PX = 80  # the longest side of what is drawn
_POINTS_A_SEGMENT = 8
_STRAY = "6,6"
_ROUNDNESS = 0.65  # 0.5 is Catmull and Rom's; a circle through four points wants 0.83, and hands lie between

# Every way of writing a digit, as pen paths in a box of 100×100, y downward. A point is x,y~dx,dy: where it lies and
# how far it strays; ! marks a corner, | lifts the pen. The number in front says how often the form is used.
_FORMS = {
    0: """
        3  55,4~15,4 12,30~10,12 10,66~10,12 48,97~12,4 90,68~8,12 88,28~10,12 52,5~22,8
        2  84,16~8,8 50,2~10,4 12,35~8,10 14,76~8,10 50,98~10,3 88,70~8,10 86,30~8,10 58,8~14,8 36,20~14,12
        1  40,20~14,10 60,4~12,4 90,34~8,12 86,74~8,10 48,98~10,3 10,66~8,12 14,26~8,10 56,8~14,6
        1  36,4~12,5 10,45~8,12 28,92~10,5 72,92~12,6 92,50~8,12 66,6~12,6 30,8~14,8""",
    1: """
        3  50,2~14,3! 50,50~6,10 50,98~14,3!
        4  24,38~14,16! 56,2~7,3! 53,98~12,3!
        2  20,40~14,14 38,25~6,8 56,2~6,3! 53,98~12,3!
        3  10,56~10,20! 54,2~6,3! 58,98~14,3!
        1  14,26~10,6! 54,5~6,5! 53,98~10,3!
        1  22,34~12,10 46,10~6,6 58,6~6,5 58,26~6,8 52,98~12,3!
        2  50,2~10,3! 50,97~8,3! | 16,97~14,5! 86,97~14,5!
        3  22,28~12,14! 52,2~6,3! 52,96~6,3! | 16,97~14,4! 86,96~14,4!
        1  14,50~10,14! 54,2~6,3! 54,96~6,3! | 20,97~12,4! 90,96~10,4!
        1  20,30~10,12! 54,2~6,3! 62,78~6,8 42,97~8,4 16,92~8,8""",
    2: """
        4  12,28~8,10 45,3~10,4 82,25~8,10 50,65~10,8 8,96~6,4! 92,95~8,6!
        2  12,28~8,10 45,3~10,4 80,25~8,8 44,72~8,8 12,92~6,5 14,74~8,6 40,84~8,6 92,93~8,7
        1  12,12~6,8! 80,10~8,7! 12,94~6,4! 90,94~8,5!
        1  10,14~6,8 50,6~8,6 84,16~8,8! 12,94~6,4! 90,92~8,6!
        2  25,40~8,8 12,22~6,8 45,3~10,4 82,25~8,8 42,75~8,8 8,95~6,4! 40,86~8,6 65,97~6,4 94,84~6,10""",
    3: """
        3  14,15~8,8 50,2~10,4 82,24~8,8 42,47~12,5! 86,72~8,8 48,98~10,4 10,82~8,8
        2  14,15~8,8 50,2~10,4 80,24~8,8 58,45~8,5 36,50~8,6 60,54~8,5 86,74~8,8 48,98~10,4 10,82~8,10
        2  14,6~7,6! 84,6~8,6! 42,44~12,7! 86,70~8,8 48,98~10,4 8,84~8,8
        1  14,10~8,8 56,2~10,4 78,20~6,8 38,42~10,6! 84,60~8,8 70,90~8,6 10,97~8,5
        1  14,8~8,8 50,2~10,4 84,18~8,8 58,42~10,8! 74,66~8,8 58,97~10,4 24,90~8,8""",
    4: """
        3  30,4~14,5! 10,60~8,10! 92,58~8,12! | 66,24~14,22! 62,98~12,3!
        2  25,4~12,5 12,40~8,8 20,58~6,6 92,54~6,12 | 68,14~12,14! 62,98~12,3!
        2  60,2~10,4! 6,66~8,8! 94,66~8,8! | 61,3~8,5! 60,98~10,3!
        2  20,4~12,6 14,45~8,8 45,58~8,6 82,44~8,8 | 82,4~8,8! 74,98~12,3!
        4  45,2~14,4! 8,70~8,10! 88,68~12,10! | 52,48~12,14! 50,98~12,3!
        1  40,2~12,4 14,50~8,8 10,74~6,6 34,80~8,6 88,70~10,10 | 58,46~10,10! 52,98~12,3!
        2  35,3~12,5! 10,52~8,8 52,50~12,8 86,24~8,10 72,60~6,8 58,98~12,3
        1  30,4~12,5! 10,58~8,8! 50,56~10,8! 80,8~10,8! 62,98~12,3!""",
    5: """
        3  22,6~8,5! 16,45~7,7! 55,38~10,6 88,66~8,8 48,97~10,4 8,86~8,8 | 22,6~8,7! 90,4~10,8!
        3  86,5~10,6! 24,6~8,6! 16,46~7,7! 55,38~10,6 88,66~8,8 45,97~10,4 8,86~8,8
        2  86,6~10,6 40,6~8,5 18,24~6,6 50,46~8,6 86,70~6,8 48,98~10,4 10,88~8,8
        1  40,8~10,6! 26,40~8,6! 56,40~8,6 74,64~8,8 44,97~10,4 8,92~8,6 | 42,8~8,6! 96,4~8,8!""",
    6: """
        3  72,3~14,5 28,30~8,10 10,68~6,8 45,98~8,3 86,74~8,8 50,50~12,8 14,72~6,8
        2  60,2~18,4! 14,62~10,8 40,98~10,3 82,76~8,8 52,54~12,8 16,76~8,8
        1  86,14~8,8 58,3~8,4 18,35~8,8 10,72~6,8 46,98~8,3 84,76~8,8 52,52~10,8 20,70~8,10
        1  48,2~16,3! 20,60~10,8 44,98~8,3 80,80~8,6 54,64~10,8 22,78~8,8
        1  70,2~12,4! 30,58~8,8 20,84~6,6 44,97~8,3 60,80~8,6 42,70~8,6 26,84~6,6""",
    7: """
        3  8,8~8,7! 90,6~8,7! 40,98~16,3!
        1  10,24~6,8! 13,6~6,5! 90,6~8,6! 40,98~14,3!
        1  8,22~6,8 30,6~8,6 56,14~8,6 90,4~6,6! 44,98~14,3!
        1  8,8~6,6! 86,6~8,6 62,50~8,8 42,98~12,3!
        3  8,8~8,7! 90,6~8,7! 44,98~14,3! | 24,52~14,8! 86,48~12,10!
        2  10,26~7,10! 14,7~6,5! 90,6~8,6! 44,98~14,3! | 24,54~14,8! 86,50~12,10!
        3  6,24~6,10 26,6~8,6 54,14~8,7 90,4~6,6! 42,98~14,3! | 20,54~14,9! 88,50~12,10!
        2  10,14~6,8 46,4~10,5 84,18~8,8 62,48~8,8 46,98~12,3! | 22,56~14,9! 90,54~12,10!
        1  8,8~6,6! 86,6~8,6 62,50~8,8 42,98~12,3! | 22,52~14,9! 88,50~12,10!
        3  10,20~8,8 44,3~10,4 84,16~8,8 66,48~8,8 40,98~14,3! | 24,62~14,8! 94,60~10,9!
        2  8,16~6,8! 84,8~8,8 62,50~8,8 44,97~12,3! | 22,66~12,8! 92,62~10,10!
        3  6,32~6,12! 24,8~8,6 48,24~8,9 92,4~6,6! 42,98~14,3! | 22,60~12,9! 84,50~14,12!""",
    8: """
        3  80,12~8,8 45,2~10,4 18,22~8,8 50,48~8,6 86,74~8,8 48,98~10,3 12,74~8,8 50,48~8,6 84,20~10,12
        1  50,2~8,4 16,22~8,6 50,46~8,5 84,24~8,6 52,3~10,5 | 50,47~8,5 10,72~8,6 50,98~8,3 90,72~8,6 50,47~10,6
        1  48,50~8,6 16,24~8,8 50,2~8,3 84,24~8,8 50,50~8,6 12,76~8,8 50,98~8,3 88,74~8,8 48,50~10,8
        1  24,10~10,8 30,40~8,8 76,70~8,8 56,98~10,3 18,78~8,8 46,48~8,8 88,6~10,6
        1  88,8~8,6! 50,4~10,4 16,20~8,8 50,46~8,6 84,74~8,8 46,98~8,3 14,76~8,8 52,46~8,6 76,8~10,8
        1  84,8~8,6 50,2~8,4 28,20~8,8 50,44~8,6 62,72~8,8 44,97~8,3 30,80~8,8 52,46~8,6 84,14~8,8""",
    9: """
        3  84,20~8,10 48,2~8,4 12,28~6,8 45,54~10,8 84,24~6,8! 80,98~14,3!
        2  84,20~8,10 48,2~8,4 14,26~6,8 46,50~8,8 84,22~6,8 82,65~6,8 55,97~10,4 12,88~8,10
        3  76,16~6,8 48,2~8,4 18,20~6,6 46,40~8,8 78,18~6,6 80,60~6,10 58,95~10,4 10,92~8,8
        2  80,16~6,8 48,2~8,4 14,22~6,8 44,44~8,8 80,18~6,8 80,90~8,6! 12,96~8,6!
        2  84,20~6,8 48,2~8,4 14,24~6,8 44,46~8,8 84,20~6,8! 44,98~16,3!
        1  80,18~6,8 46,2~8,4 14,22~6,8 46,44~8,8 80,18~6,8! 66,78~6,8 92,97~8,4
        1  88,6~8,5 44,4~8,4 12,28~6,8 46,50~8,8 86,12~6,8! 72,98~14,4!
        2  72,14~8,8 46,2~8,4 22,18~6,6 44,36~8,6 72,16~6,6 62,50~8,8 82,72~8,8 48,97~10,4 6,90~8,8
        1  80,12~6,6 44,10~8,6 20,34~8,8 44,38~8,8 84,8~6,6! 40,98~14,3!""",
}


def draw_digits(labels: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    """Return a drawing of each of `labels` (n,), in one of its written forms: (112, 112) uint8, white ink on black."""
    drawings = [None] * len(labels)
    for label in range(10):
        chosen = np.flatnonzero(labels == label)
        forms = _forms()[label]
        weights = np.array([weight for weight, _ in forms])
        picks = rng.choice(len(forms), len(chosen), p=weights / weights.sum())
        for pick, (_, strokes) in enumerate(forms):
            at = chosen[picks == pick]
            for index, drawing in zip(
                at, draw_figures(strokes, len(at), rng, 0.42 if label == 1 else 0.23), strict=True
            ):
                drawings[index] = drawing
    return drawings


def draw_figures(
    strokes: list, n: int, rng: np.random.Generator, widest: float, width=0.66, filled=False
) -> list[np.ndarray]:
    """Return `n` drawings, (112, 112) uint8, of a figure of `strokes_of` a text, each strayed and bent in its own way.

    `widest` is the widest pen, as a share of the figure's size; `width` its mean width as a share of the text's.
    """
    paths = [_paths(*stroke, n, rng) for stroke in strokes]  # each (n, points, 2)
    return _drawn(paths, rng, widest, width, filled)


@cache
def _forms():
    """Each digit's forms: (weight, strokes), a stroke being (points (k, 2), how far each strays (k, 2), basis)."""
    return {label: [_form(line) for line in text.strip().splitlines()] for label, text in _FORMS.items()}


def _form(line):
    weight, path = line.split(maxsplit=1)
    return float(weight), parse_strokes(path)


def parse_strokes(path: str) -> list:
    """Return the strokes of a pen path: (points (k, 2), how far each strays (k, 2), basis); `_STRAY` where not said."""
    return [_stroke(stroke.split()) for stroke in path.split("|")]


def _stroke(words):
    points = [word.rstrip("!").partition("~") for word in words]
    values = np.array([f"{at},{stray or _STRAY}".split(",") for at, _, stray in points], float)  # (k, 4)
    corners = tuple(index for index, word in enumerate(words) if word.endswith("!"))
    return values[:, :2], values[:, 2:], _basis(len(words), corners)


@cache
def _basis(k, corners):
    """(m, k) matrix from control points to points of the Catmull-Rom spline through them, sharp at the corners."""
    points, t = np.eye(k), np.linspace(0, 1, _POINTS_A_SEGMENT, endpoint=False)[:, None]
    parts = []
    for a in range(k - 1):
        b, chord = a + 1, points[a + 1] - points[a]
        leaving = chord if a == 0 or a in corners else _ROUNDNESS * (points[b] - points[a - 1])
        arriving = chord if b == k - 1 or b in corners else _ROUNDNESS * (points[b + 1] - points[a])
        parts.append(
            (1 + 2 * t) * (1 - t) ** 2 * points[a]
            + t * (1 - t) ** 2 * leaving
            + t * t * (3 - 2 * t) * points[b]
            - t * t * (1 - t) * arriving
        )
    return np.concatenate([*parts, points[-1:]])


def _paths(points, strays, basis, n, rng):
    return basis @ (points + strays * rng.uniform(-1, 1, (n, *points.shape)))  # (n, m, 2)


def _drawn(paths, rng, widest, width, filled):
    """Bend each of n figures as a whole, fit it into the field and draw it with a pen of some width.

    `paths` are the figures' strokes, each (n, m, 2); returns n drawings, (112, 112) uint8.
    """
    n = paths[0].shape[0]
    ends = np.cumsum([path.shape[1] for path in paths])[:-1]
    points = _bent(np.concatenate(paths, axis=1) - 50, rng, width)
    low, high = points.min(axis=1), points.max(axis=1)  # (n, 2)
    extent = (high - low).max(axis=1)
    pens = _BOX_PX * np.exp(rng.uniform(np.log(0.035), np.log(widest), n))
    points = (points - (low + high)[:, None] / 2) * ((_BOX_PX - pens) / extent)[:, None, None] + FIELD_PX / 2
    fixed = np.round(points * 8).astype(np.int32)  # eighths of a pixel
    drawings = np.zeros((n, FIELD_PX, FIELD_PX), np.uint8)
    for drawing, figure, pen in zip(drawings, fixed, pens, strict=True):
        lines = np.split(figure, ends)
        cv2.polylines(drawing, lines, False, 255, max(1, round(pen)), cv2.LINE_AA, 3)
        if filled:
            cv2.fillPoly(drawing, lines, 255, cv2.LINE_AA, 3)
    return drawings


def _bent(points, rng, mean_width):
    """Points (n, m, 2) about 0, waved, narrowed, slanted and turned, each figure in its own way."""
    n = len(points)
    wave, phase = rng.normal(0, 3, (n, 1, 2)), rng.uniform(0, 2 * np.pi, (n, 1, 2))
    points = points + wave * np.sin(points[:, :, ::-1] * (2 * np.pi / 100) + phase)
    width = mean_width * np.exp(rng.normal(0, 0.25, n))
    slant, angle = rng.uniform(-0.3, 0.5, n), rng.normal(0, np.deg2rad(7), n)
    lean = np.zeros((n, 2, 2))
    lean[:, 0, 0], lean[:, 1, 0], lean[:, 1, 1] = width, -slant, 1
    turn = np.stack([np.cos(angle), np.sin(angle), -np.sin(angle), np.cos(angle)], axis=1).reshape(n, 2, 2)
    return points @ lean @ turn
