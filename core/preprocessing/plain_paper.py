"""Drawings of one digit on plain paper, all of whose ink is plainly there: no network need look for it."""

import cv2
import numpy as np

from core.preprocessing.components import find_components

_FLAT = 8  # of 255: how far greys of plain paper are from each other
_CLEAR = 24  # of 255: how far ink is from paper at least
_MIN_PAPER_SHARE = 0.4  # of the picture
_EDGE_PX, _MAX_SHADE_SHARE = 7, 0.002  # around ink its edges lie; elsewhere so much of the picture may be neither
_MAX_OTHER_SHARE = 0.01  # of what is not paper: how much of it may be lighter where ink is darker
_MAX_PIECES = 3
_MIN_EXTENT = 0.15  # of the picture's side: the largest piece's, at least
_BAND = 0.12  # of a piece's box: the bands along its sides
_MIN_COVER = 0.9  # of a side's length: with two such sides a piece may be a frame


def find_plain_paper(grey: np.ndarray) -> int | None:
    """Return the grey of the paper, 0 to 255, in a picture (h, w) uint8 of a few pieces of ink on plain paper.

    None of other pictures: paper of several greys, ink at the rim, many pieces, a frame.
    """
    rim = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    paper = int(np.median(rim))
    if int(rim.max()) - paper > _FLAT or paper - int(rim.min()) > _FLAT:
        return None
    contrast = cv2.absdiff(grey, np.full_like(grey, paper))
    if np.count_nonzero(contrast <= _FLAT) < _MIN_PAPER_SHARE * grey.size:
        return None
    ink = (contrast > _CLEAR).astype(np.uint8)
    near_ink = cv2.dilate(ink, np.ones((_EDGE_PX, _EDGE_PX), np.uint8)) > 0
    if np.count_nonzero((contrast > _FLAT) & ~near_ink) > _MAX_SHADE_SHARE * grey.size:
        return None
    amount, darker = cv2.countNonZero(ink), np.count_nonzero(grey < paper - _CLEAR)
    if min(darker, amount - darker) > _MAX_OTHER_SHARE * amount:
        return None
    stats = find_components(ink).stats
    if not 1 < len(stats) <= _MAX_PIECES + 1:
        return None
    boxes = stats[1:, [cv2.CC_STAT_LEFT, cv2.CC_STAT_TOP, cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].tolist()
    if max(max(width, height) for _, _, width, height in boxes) < _MIN_EXTENT * max(grey.shape):
        return None
    return None if any(_may_be_frame(ink[y : y + height, x : x + width]) for x, y, width, height in boxes) else paper


def _may_be_frame(piece: np.ndarray) -> bool:
    """Return whether ink (h, w), which fills its box, runs along two sides of it or more."""
    rows, columns = (max(1, round(_BAND * side)) for side in piece.shape)
    bands = (
        piece[:rows].any(axis=0),
        piece[-rows:].any(axis=0),
        piece[:, :columns].any(axis=1),
        piece[:, -columns:].any(axis=1),
    )
    return sum(float(band.mean()) >= _MIN_COVER for band in bands) > 1
