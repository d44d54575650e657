"""A drawing as the page's canvas stores it (Fabric.js): its pen strokes, its picture, its size."""

import hashlib
from collections.abc import Iterator
from itertools import groupby

import cv2
import numpy as np

Point = tuple[float, float]
_DEFAULT_PEN_PX = 18


class Drawing:
    """A drawing on a canvas of `width` × `height` pixels."""

    def __init__(self, fabric: dict | None, width: int, height: int) -> None:
        """Store the canvas's JSON, whose freehand paths are commands M, Q and L with absolute coordinates."""
        self.width, self.height = width, height
        paths = [each for each in (fabric or {}).get("objects", []) if each.get("path")]
        self._strokes = [
            (stroke, path.get("strokeWidth", _DEFAULT_PEN_PX)) for path in paths for stroke in self._strokes_of(path)
        ]

    @property
    def strokes(self) -> list[list[Point]]:
        """Return the pen strokes, each a list of (x, y) in pixels, y downward."""
        return [stroke for stroke, _ in self._strokes]

    def picture(self) -> np.ndarray:
        """Return the drawing as it looks: (height, width) uint8, white on black, at the pen's own width."""
        picture = np.zeros((self.height, self.width), np.uint8)
        for stroke, pen_px in self._strokes:
            path = np.array([*stroke, stroke[-1]])  # so that a single point is drawn as well
            eighths = np.round(path * 8).astype(np.int32).reshape(-1, 1, 2)
            cv2.polylines(picture, [eighths], False, 255, max(1, round(pen_px)), cv2.LINE_AA, 3)
        return picture

    def fingerprint(self) -> str:
        """Return a hash that identifies the drawing; it stays the same when a canvas restores the drawing."""
        points = [[(round(float(x), 2), round(float(y), 2)) for x, y in stroke] for stroke in self.strokes]
        return hashlib.blake2b(repr((self.width, points)).encode(), digest_size=16).hexdigest()

    def _strokes_of(self, path: dict) -> Iterator[list[Point]]:
        """Yield the visible strokes of a path, which may leave the canvas and come back."""
        points = (point for command in path["path"] for point in _points(command))
        for is_inside, stroke in groupby(points, self._is_inside):
            if is_inside:
                yield list(stroke)

    def _is_inside(self, point: Point) -> bool:
        return 0 <= point[0] <= self.width and 0 <= point[1] <= self.height


def _points(command: list) -> list[Point]:
    """Return the points of one path command; a quadratic curve's control point is where the pen was."""
    coordinates = command[1:]
    return list(zip(coordinates[::2], coordinates[1::2], strict=True))
