"""A drawing as the page's canvas keeps it (Fabric.js): its pen strokes, its picture, its size."""

import hashlib
from collections.abc import Iterator
from itertools import groupby

import cv2
import numpy as np

Point = tuple[float, float]
_LENGTHS = ("left", "top", "width", "height", "strokeWidth")


class Drawing:
    """What is drawn on a canvas of `width` × `height` pixels."""

    def __init__(self, fabric: dict | None, width: int, height: int):
        """fabric: the canvas's JSON, whose freehand paths are commands M, Q and L with absolute coordinates."""
        self.width, self.height = width, height
        objects = [each for each in (fabric or {}).get("objects", []) if each.get("path")]
        self._seen = [(stroke, each.get("strokeWidth", 18)) for each in objects for stroke in self._strokes_of(each)]

    @property
    def strokes(self) -> list[list[Point]]:
        """The pen strokes, each a list of (x, y) in pixels, y downward."""
        return [stroke for stroke, _ in self._seen]

    def picture(self) -> np.ndarray:
        """Return the drawing as it is seen: (height, width) uint8, white on black, at the pen's own width."""
        picture = np.zeros((self.height, self.width), np.uint8)
        for stroke, pen_px in self._seen:
            path = np.array([*stroke, stroke[-1]])  # so that a single point is drawn as well
            eighths = np.round(path * 8).astype(np.int32).reshape(-1, 1, 2)
            cv2.polylines(picture, [eighths], False, 255, max(1, round(pen_px)), cv2.LINE_AA, 3)
        return picture

    def fingerprint(self) -> str:
        """Return what tells this drawing from others; on a canvas that takes it up again it is the same."""
        points = [[(round(float(x), 2), round(float(y), 2)) for x, y in stroke] for stroke in self.strokes]
        return hashlib.blake2b(repr((self.width, points)).encode(), digest_size=16).hexdigest()

    def _strokes_of(self, path) -> Iterator[list[Point]]:
        """A path that leaves the canvas goes on outside, unseen: what is seen of it are the strokes between."""
        points = (point for command in path["path"] for point in _points(command))
        for inside, stroke in groupby(points, self._holds):
            if inside:
                yield list(stroke)

    def _holds(self, point):
        return 0 <= point[0] <= self.width and 0 <= point[1] <= self.height


def _points(command):
    """The points of one path command; a quadratic curve's control point is where the pen was."""
    numbers = command[1:]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def scale_drawing(fabric: dict, factor: float) -> dict:
    """Return a canvas's JSON as it looks on a canvas `factor` times as large."""
    return {**fabric, "objects": [_scaled_path(each, factor) for each in fabric.get("objects", [])]}


def _scaled_path(path, factor):
    lengths = {name: path[name] * factor for name in _LENGTHS if name in path}
    commands = [[command[0], *(number * factor for number in command[1:])] for command in path.get("path", [])]
    offset = {name: place * factor for name, place in path.get("pathOffset", {}).items()}
    return {**path, **lengths, "path": commands} | ({"pathOffset": offset} if offset else {})
