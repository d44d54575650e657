"""Printed frames: boxes around numbers, form fields and grids whose walls digits may touch, and lines to write on."""

import cv2
import numpy as np

from core.datasets.scenes.field import SIDE_PX, happens, line_thickness, log_uniform
from core.datasets.scenes.layout import Box, Layout, Printer

_SUBPIXEL_BITS = 4


class _Pen:
    """A printer of straight lines, given in pixels of the level page."""

    def __init__(self, layout: Layout, width: float) -> None:
        self._printed = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
        self._width = max(1.35, width)
        self._paleness = min(1.0, width / 1.35)
        cosine, sine = np.cos(layout.tilt), np.sin(layout.tilt)
        self._rotation = np.array([[cosine, sine], [-sine, cosine]])

    def lines(self, points: np.ndarray, is_closed: bool = False, width: float = 1.0) -> None:
        """Print lines through (n, k, 2) points, `width` times as wide as usual."""
        pixels = (points - SIDE_PX / 2) @ self._rotation + SIDE_PX / 2
        fixed = np.round(pixels * 2**_SUBPIXEL_BITS).astype(np.int32)
        thickness = line_thickness(width * self._width)
        cv2.polylines(self._printed, list(fixed), is_closed, 255, thickness, cv2.LINE_AA, _SUBPIXEL_BITS)

    def coverage(self) -> np.ndarray:
        return self._printed.astype(np.float32) * np.float32(self._paleness / 255)


def _corners(boxes: np.ndarray) -> np.ndarray:
    """Return the corners (n, 4, 2) of boxes (n, 4)."""
    return boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2)


def _wall_width(layout: Layout, rng: np.random.Generator) -> float:
    return float(np.clip(layout.height * log_uniform(rng, 0.012, 0.1), 0.6, 9))


def draw_cells(layout: Layout, rng: np.random.Generator) -> np.ndarray:
    """Return the walls of a layout's cells: whole boxes, combs open at the top, or a grid with heavy lines."""
    if not layout.cells:
        return draw_frame(layout, rng)
    pen, cells = _Pen(layout, _wall_width(layout, rng)), np.array(layout.cells)
    style = rng.random()
    if style < 0.12:  # a comb: each cell is open at the top
        tops = cells.copy()
        tops[:, 1] += (cells[:, 3] - cells[:, 1]) * rng.uniform(0, 0.75)
        pen.lines(_corners(tops)[:, [0, 3, 2, 1]])
        return pen.coverage()
    if style < 0.2:  # rounded boxes
        inset = np.array([1, 1, -1, -1]) * 0.06 * (cells[0, 2] - cells[0, 0])
        pen.lines(_rounded(cells + inset, 0.2), is_closed=True)
        return pen.coverage()
    pen.lines(_corners(cells), is_closed=True)
    whole = np.array([[*cells[:, :2].min(axis=0), *cells[:, 2:].max(axis=0)]])
    if style < 0.45:  # a heavy frame around all
        pen.lines(_corners(whole), is_closed=True, width=rng.uniform(1.5, 3))
    if style < 0.3:  # heavy lines after each third cell, as in a sudoku
        for axis, span in ((0, [1, 3]), (1, [0, 2])):
            for at in np.unique(np.round(cells[:, axis], 2))[::3]:
                ends = np.repeat(whole[:, :2], 2, axis=0)
                ends[:, axis], ends[:, 1 - axis] = at, whole[0, span]
                pen.lines(ends[None], width=rng.uniform(1.5, 2.5))
    return pen.coverage()


def _rounded(boxes: np.ndarray, radius: float) -> np.ndarray:
    """Return outlines (n, k, 2) of boxes whose corners are arcs, of a radius given as a share of the box's height."""
    arc = np.linspace(0, np.pi / 2, 6)
    quarters = [np.stack([np.cos(arc + k * np.pi / 2), np.sin(arc + k * np.pi / 2)], axis=1) for k in range(4)]
    radii = np.minimum(boxes[:, 3] - boxes[:, 1], boxes[:, 2] - boxes[:, 0]) * radius
    sides = ((2, 3, -1, -1), (0, 3, 1, -1), (0, 1, 1, 1), (2, 1, -1, 1))
    parts = [
        boxes[:, None, [x, y]] + radii[:, None, None] * (quarter + (dx, dy))
        for quarter, (x, y, dx, dy) in zip(quarters, sides, strict=True)
    ]
    return np.concatenate(parts, axis=1)


def draw_frame(layout: Layout, rng: np.random.Generator) -> np.ndarray:
    """Return a frame around some or all of the digits, near or touching; anywhere where there is none."""
    pen = _Pen(layout, _wall_width(layout, rng))
    box = _around_digits(layout, rng)
    if happens(rng, 0.25):
        pen.lines(_rounded(box, rng.uniform(0.05, 0.5)), is_closed=True)
    else:
        pen.lines(_corners(box), is_closed=True)
    if happens(rng, 0.15):
        distance = np.array([-1, -1, 1, 1]) * rng.uniform(3, 8)
        pen.lines(_corners(box + distance), is_closed=True)
    return pen.coverage()


def _around_digits(layout: Layout, rng: np.random.Generator) -> np.ndarray:
    """Return a box (1, 4) around all digits, those of a line, or one."""
    if not layout.boxes:
        corners = np.sort(rng.uniform(-0.2, 1.2, (2, 2)) * SIDE_PX, axis=0)
        return corners.reshape(1, 4)
    boxes = np.array(layout.boxes)
    chosen = boxes[rng.integers(len(boxes))]
    if happens(rng, 0.4):
        boxes = chosen[None]
    elif happens(rng, 0.6):
        boxes = boxes[np.abs(boxes[:, 3] - chosen[3]) < 0.6 * layout.height]
    margin = layout.height * rng.uniform(-0.03, 0.5, 4) * (-1, -1, 1, 1)
    return (np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)]) + margin)[None]


def draw_table(layout: Layout, rng: np.random.Generator) -> np.ndarray:
    """Return a table's lines, between lines of digits where there are any."""
    pen = _Pen(layout, _wall_width(layout, rng))
    ends = np.array([-0.3, 1.3]) * SIDE_PX
    pitch = layout.height * rng.uniform(1.2, 2.5)
    columns = np.arange(-0.3 * SIDE_PX, 1.3 * SIDE_PX, layout.height * rng.uniform(1.5, 6)) + rng.uniform(0, 60)
    bottoms = {round(box[3] / pitch): box[3] for box in layout.boxes}.values()
    rows = np.array([*bottoms, *np.arange(-0.3 * SIDE_PX, 0, pitch)]) + rng.uniform(0, 0.3) * layout.height
    pen.lines(np.stack([np.stack([np.full_like(rows, end), rows], axis=1) for end in ends], axis=1))
    if happens(rng, 0.7):
        pen.lines(np.stack([np.stack([columns, np.full_like(columns, end)], axis=1) for end in ends], axis=1))
    return pen.coverage()


def draw_writing_line(layout: Layout, rng: np.random.Generator) -> np.ndarray:
    """Return a line under the digits, or some: solid or dotted, as an amount or a date is written on."""
    pen = _Pen(layout, _wall_width(layout, rng))
    boxes: list[Box] = layout.boxes or [tuple(rng.uniform(0, SIDE_PX, 4))]
    left, right = sorted(rng.uniform(-0.3, 1.3, 2) * SIDE_PX)
    for bottom in {round(box[3] / layout.height): box[3] for box in boxes}.values():
        y = bottom + layout.height * rng.normal(0.03, 0.08)
        xs = np.arange(left, right, max(4.0, 3.0 * layout.height * 0.05)) if happens(rng, 0.3) else None
        ends = np.array([left, right]) if xs is None else np.stack([xs, xs + 1], axis=1)
        ends = ends.reshape(-1, 2)
        pen.lines(np.stack([ends, np.full_like(ends, y)], axis=2))
    return pen.coverage()


FRAME_PRINTERS: tuple[Printer, ...] = (draw_frame, draw_table, draw_writing_line, draw_cells)
