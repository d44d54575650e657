"""A pen path as a line of JSON, as the database keeps it."""

import json
from collections.abc import Sequence

import numpy as np

from core.corrections.records import MAX_POINTS, Strokes


def to_json(strokes: Sequence[np.ndarray]) -> str:
    """Return strokes, each (n, 2) numbers, as JSON with tenths of a pixel; '' of none, or of more than `MAX_POINTS`."""
    paths = [np.asarray(stroke, float).reshape(-1, 2) for stroke in strokes]
    count = sum(map(len, paths))
    if not 0 < count <= MAX_POINTS or not all(np.isfinite(path).all() for path in paths):
        return ""
    return json.dumps([np.round(path, 1).tolist() for path in paths if len(path)], separators=(",", ":"))


def from_json(text: str) -> Strokes:
    """Return the strokes that `to_json` wrote, each (n, 2) float32; () where there are none or they are damaged."""
    try:
        paths = [np.asarray(path, np.float32).reshape(-1, 2) for path in json.loads(text or "[]")]
    except (ValueError, TypeError, RecursionError):
        return ()
    usable = all(len(path) and np.isfinite(path).all() for path in paths)
    return tuple(paths) if usable and sum(map(len, paths)) <= MAX_POINTS else ()
