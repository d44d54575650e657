"""Frames, boxes and grids of straight lines, on whose walls only what is surely handwriting is taken for it."""

import cv2
import numpy as np

from core.preprocessing.components import find_components
from core.preprocessing.tilted_rectangle import TiltedRectangle

_MIN_SIDE_PX, _MIN_SHARE = 12, 0.1  # of a frame: its shorter side, and its longer one as a share of the picture's
_MAX_FILLED = 0.55  # of a frame's box
_MAX_TILT_DEG = 12.0
_MARGIN_PX = 2  # around a frame that is set level
_MIN_STRAIGHT, _MIN_WALL = 0.35, 0.8  # of a frame's side: the length of straight bits of a wall, and of a wall
_SIDE_BAND, _MIN_COVER = 0.08, 0.8  # of a frame: where its sides lie, and how much of each is a wall
_MAX_FRAMES, _MAX_AREA = 1000, 4  # of one picture; and of their boxes together, in its areas
_MIN_WALL_COVER = 128  # of 255: how much of a pixel of the smaller picture is wall
_SURE, _WEAKER = 0.9, 0.25  # what is less likely ink than that is on a wall so much less likely


def weaken_on_walls(probabilities: np.ndarray, all_ink: np.ndarray) -> np.ndarray:
    """Return probabilities of ink (h', w') float32, lower on the walls of frames where they are not high.

    all_ink: (h, w) uint8, the strength of whatever may be ink in the picture, at any size. A network that sees the
    picture in pieces takes the corners and crossings of frames for strokes now and then.
    """
    walls = find_walls(all_ink)
    if not walls.any():
        return probabilities
    height, width = probabilities.shape
    on_wall = cv2.resize(255 * walls, (width, height), interpolation=cv2.INTER_AREA) >= _MIN_WALL_COVER
    return np.where(on_wall & (probabilities < _SURE), _WEAKER * probabilities, probabilities)


def find_walls(all_ink: np.ndarray) -> np.ndarray:
    """Return where the walls of frames and grids are in ink (h, w) uint8: 1 there, 0 elsewhere, (h, w) uint8.

    A frame is a connected piece of ink whose four sides are straight lines. What touches it is none of its walls.
    """
    labels, stats, _ = find_components(all_ink > 0)
    walls = np.zeros(all_ink.shape, np.uint8)
    for label in _candidates(stats, all_ink.shape):
        left, top, width, height = (int(value) for value in stats[label, :4])
        window = np.s_[top : top + height, left : left + width]
        walls[window] |= _walls_of((labels[window] == label).astype(np.uint8))
    return walls


def _candidates(stats: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Return the labels of the pieces that may be frames by their sizes and areas, largest first."""
    width, height, area = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT], stats[:, cv2.CC_STAT_AREA]
    boxes = width.astype(np.int64) * height
    may_be = (np.minimum(width, height) >= _MIN_SIDE_PX) & (area <= _MAX_FILLED * boxes)
    may_be &= np.maximum(width, height) >= _MIN_SHARE * max(shape)
    may_be &= (width < shape[1]) & (height < shape[0])  # ruled and squared paper goes from rim to rim
    may_be[0] = False
    found = np.flatnonzero(may_be)
    found = found[np.argsort(-boxes[found], kind="stable")][:_MAX_FRAMES]
    return found[np.cumsum(boxes[found]) <= _MAX_AREA * shape[0] * shape[1]]


def _walls_of(piece: np.ndarray) -> np.ndarray:
    """Return where the walls of a piece (h, w) uint8 are, 1 there, if it is a frame; else 0 everywhere."""
    columns, rows = np.nonzero(piece)[::-1]
    rectangle = TiltedRectangle.around(np.stack([columns, rows], axis=1).astype(np.float32))
    if abs(rectangle.tilt) > _MAX_TILT_DEG:
        return np.zeros_like(piece)
    turn, (across, down) = rectangle.turn(_MARGIN_PX), rectangle.size
    straight = _turned(piece, turn, (round(across) + 2 * _MARGIN_PX, round(down) + 2 * _MARGIN_PX))
    left, top, width, height = cv2.boundingRect(straight)
    walls = _long_lines(straight[top : top + height, left : left + width]) if width else straight
    if not _covers_sides(walls):
        return np.zeros_like(piece)
    turn[:, 2] -= left, top
    walls = cv2.dilate(walls, np.ones((3, 3), np.uint8))
    return _turned(walls, cv2.invertAffineTransform(turn), (piece.shape[1], piece.shape[0]))


def _turned(mask: np.ndarray, turn: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    return (cv2.warpAffine(255 * mask, turn, size) > 100).astype(np.uint8)


def _long_lines(piece: np.ndarray) -> np.ndarray:
    """Return the level and upright lines from one side of a piece (h, w) uint8 to the other; they waver by a pixel."""
    return _level_lines(piece) | _level_lines(piece.T).T


def _level_lines(piece: np.ndarray) -> np.ndarray:
    width = piece.shape[1]
    wider = cv2.dilate(piece, np.ones((3, 1), np.uint8))
    bits = cv2.morphologyEx(wider, cv2.MORPH_OPEN, np.ones((1, max(8, int(_MIN_STRAIGHT * width))), np.uint8)) & piece
    labels, stats, _ = find_components(bits)
    is_wall = stats[:, cv2.CC_STAT_WIDTH] >= _MIN_WALL * width
    is_wall[0] = False
    return is_wall[labels].astype(np.uint8)


def _covers_sides(lines: np.ndarray) -> bool:
    """Return whether lines (h, w) uint8 run along all four sides of their box."""
    band = max(2, int(_SIDE_BAND * min(lines.shape)))
    sides = (
        lines[:band].any(axis=0),
        lines[-band:].any(axis=0),
        lines[:, :band].any(axis=1),
        lines[:, -band:].any(axis=1),
    )
    return all(float(side.mean()) >= _MIN_COVER for side in sides)
