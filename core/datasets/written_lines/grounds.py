"""The grounds that lines are written on: rules, the cells of forms, security patterns, uneven paper."""

import cv2
import numpy as np

from core.datasets.written_lines.hands import DIGIT_PX

_MAX_RULE_PX, _MAX_WALL_PX = 4, 7
_PATTERN_SHARE, _CLOUDS_SHARE, _RULE_SHARE, _SQUARES_SHARE = 0.42, 0.15, 0.3, 0.06
_CROSSED_SHARE = 0.3  # of patterns that lie over another one
_WALLS_SHARE, _FRAME_SHARE = 0.15, 0.08  # of lines that are in no cells


def draw_ground(size: tuple[int, int], boxes: np.ndarray, in_cells: bool, rng: np.random.Generator) -> np.ndarray:
    """Return how dark is what is printed under and over a line: (h, w) float32, 0 for paper and 1 for black.

    boxes: (n, 4), left, top, right and bottom of the digits. in_cells: whether each digit is in a cell of a form.
    """
    dark = np.zeros(size, np.float32)
    kind = rng.random()
    if kind < _PATTERN_SHARE:
        dark = _pattern(size, rng)
        if rng.random() < _CROSSED_SHARE:
            dark = np.maximum(dark, _pattern(size, rng))
    elif kind < _PATTERN_SHARE + _CLOUDS_SHARE:
        dark = _clouds(size, rng) * rng.uniform(0.05, 0.3)
    lines = np.zeros(size, np.uint8)
    if in_cells:
        _draw_cells(lines, boxes, rng)
    else:
        if rng.random() < _RULE_SHARE:
            _draw_rules(lines, boxes, rng)
        if rng.random() < _SQUARES_SHARE:
            _draw_squares(lines, rng)
        if rng.random() < _WALLS_SHARE:
            _draw_walls_at_rims(lines, rng)
        if rng.random() < _FRAME_SHARE:
            _draw_frame(lines, boxes, rng)
    if lines.any():
        if rng.random() < 0.3:
            lines = cv2.GaussianBlur(lines, (0, 0), rng.uniform(0.5, 1.5))
        dark = np.maximum(dark, lines * np.float32(rng.uniform(0.25, 0.95) / 255))
    return dark


def uneven_light(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Return how bright the paper is: (h, w) float32, at most 1, with a gradient and at times a shadow or a fold."""
    h, w = size
    x, y = np.linspace(-0.5, 0.5, w, dtype=np.float32), np.linspace(-0.5, 0.5, h, dtype=np.float32)[:, None]
    light = 1 + np.float32(rng.uniform(-0.2, 0.2)) * x + np.float32(rng.uniform(-0.1, 0.1)) * y
    if rng.random() < 0.12:
        across, along = (x, y) if rng.random() < 0.6 else (y, x)
        edge = across * np.float32(rng.uniform(1, 8)) + along * np.float32(rng.normal(0, 1))
        edge = (edge - np.float32(rng.uniform(-2, 2))) * np.float32(rng.choice([-1, 1]))
        light = light * (1 - np.float32(rng.uniform(0.1, 0.35)) / (1 + np.exp(-4 * edge)))
    return light / light.max()


def _pattern(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Return a security pattern: waves, a weave or dots."""
    h, w = size
    x, y = np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32)[:, None]
    depth = np.float32(rng.uniform(0.06, 0.4))
    angle = rng.choice([0, np.pi / 4, rng.uniform(0, np.pi)])
    u, v = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    u, v = u.astype(np.float32), v.astype(np.float32)
    if rng.random() < 0.5:
        sway = np.sin(np.float32(rng.uniform(0.02, 0.12)) * v + np.float32(rng.uniform(0, 6)))
        wave = np.sin(np.float32(rng.uniform(0.25, 1.1)) * (u + np.float32(rng.uniform(0, 10)) * sway))
        return np.clip((wave - np.float32(rng.uniform(0.2, 0.8))) * 3, 0, 1) * depth
    one, other = np.sin(np.float32(rng.uniform(0.5, 2)) * u), np.sin(np.float32(rng.uniform(0.5, 2)) * v)
    woven = one * other if rng.random() < 0.6 else np.maximum(one, other)
    return np.clip(woven + np.float32(rng.uniform(-0.3, 0.3)), 0, 1) * depth


def _clouds(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    h, w = size
    coarse = rng.random((max(2, h // 12), max(2, w // 12)), np.float32)
    return np.clip(cv2.resize(coarse, (w, h), interpolation=cv2.INTER_CUBIC), 0, 1)


def _draw_rules(lines: np.ndarray, boxes: np.ndarray, rng: np.random.Generator) -> None:
    """Draw one or two rules: mostly near the baseline, at times through the digits or above them."""
    h, w = lines.shape
    top, bottom = np.median(boxes[:, 1]), np.median(boxes[:, 3])
    places = [rng.normal(bottom, 5), rng.uniform(top, bottom), rng.normal(top - 4, 5)]
    y = float(places[int(rng.choice(3, p=[0.6, 0.25, 0.15]))])
    tilt, width = rng.normal(0, 0.012) * w, int(rng.integers(1, _MAX_RULE_PX + 1))
    dashes = rng.random() < 0.15
    for k in range(1 + (rng.random() < 0.25)):
        at = y + k * rng.uniform(6, 14)
        cv2.line(lines, (0, round(at)), (w, round(at + tilt)), 255, width, cv2.LINE_AA)
    if dashes:
        period = int(rng.integers(4, 14))
        lines[:, np.arange(w) % period < period // 2] = 0


def _draw_cells(lines: np.ndarray, boxes: np.ndarray, rng: np.random.Generator) -> None:
    """Draw a wall between each two digits and at the ends, and at times what closes the cells above and below."""
    h, _ = lines.shape
    between = (boxes[:-1, 2] + boxes[1:, 0]) / 2
    pitch = np.median(np.diff(between)) if len(between) > 1 else 1.2 * DIGIT_PX
    walls = [boxes[0, 0] - 0.2 * DIGIT_PX, *between, boxes[-1, 2] + 0.2 * DIGIT_PX]
    width, shift = int(rng.integers(1, _MAX_RULE_PX + 1)), rng.normal(0, 0.03) * pitch
    top = boxes[:, 1].min() - rng.uniform(-0.05, 0.25) * DIGIT_PX
    bottom = boxes[:, 3].max() + rng.uniform(-0.05, 0.25) * DIGIT_PX
    comb = rng.random() < 0.3  # walls that only reach up from the lower rule
    for wall in walls:
        x = round(wall + shift)
        cv2.line(lines, (x, round(bottom - 0.35 * DIGIT_PX) if comb else round(top)), (x, round(bottom)), 255, width)
    ends = round(walls[0] + shift), round(walls[-1] + shift)
    if comb or rng.random() < 0.8:
        cv2.line(lines, (ends[0], round(bottom)), (ends[1], round(bottom)), 255, width)
    if not comb and rng.random() < 0.7:
        cv2.line(lines, (ends[0], round(top)), (ends[1], round(top)), 255, width)


def _draw_squares(lines: np.ndarray, rng: np.random.Generator) -> None:
    h, w = lines.shape
    period, width = rng.uniform(0.25, 0.8) * DIGIT_PX, int(rng.integers(1, 3))
    for y in np.arange(rng.uniform(0, period), h, period):
        cv2.line(lines, (0, int(y)), (w, int(y)), 255, width)
    for x in np.arange(rng.uniform(0, period), w, period):
        cv2.line(lines, (int(x), 0), (int(x), h), 255, width)


def _draw_walls_at_rims(lines: np.ndarray, rng: np.random.Generator) -> None:
    h, w = lines.shape
    width = int(rng.integers(1, _MAX_WALL_PX + 1))
    for x in (rng.uniform(0, 14), w - rng.uniform(0, 14)):
        if rng.random() < 0.7:
            cv2.line(lines, (round(x), 0), (round(x + rng.normal(0, 2)), h), 255, width)


def _draw_frame(lines: np.ndarray, boxes: np.ndarray, rng: np.random.Generator) -> None:
    """Draw a frame around all digits, near to them or far; what the crop does not hold of it is not there."""
    left, top, right, bottom = (*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0))
    near = np.exp(rng.uniform(np.log(0.06), np.log(0.6), 4)) * DIGIT_PX
    corners = (round(left - near[0]), round(top - near[1])), (round(right + near[2]), round(bottom + near[3]))
    cv2.rectangle(lines, *corners, 255, int(rng.integers(1, _MAX_WALL_PX + 1)))
