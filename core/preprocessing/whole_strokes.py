"""A mask of ink corrected by what the picture shows around it: strokes made whole, edges of large areas found out."""

import cv2
import numpy as np

from core.preprocessing.components import at_rim, find_components

_MIN_COVER = 0.6  # of a piece of ink that is whole: how much of it was found
_MAX_REACH = 2.2  # how far such a piece reaches, in sizes of what was found of it
_MAX_ASPECT, _MIN_LENGTH_PX = 0.25, 12  # of a piece that may be an edge: width over length, and length
_MAX_LOOKED_AT, _MAX_AREA = 1000, 2  # pieces of the smallest boxes; all these boxes, in areas of the picture
_BLUR_PX, _SIDE_PX = 1, 4  # from such a piece, between which its surroundings lie
_MIN_ALIKE = 0.35  # of the surroundings of an edge


def with_whole_strokes(mask: np.ndarray, is_ink: np.ndarray) -> np.ndarray:
    """Return a mask (h, w) uint8 with those pieces of ink (h, w) bool whole that are in it for the most part.

    Not those that go on to the rim of the picture or reach far beyond what is in the mask, as printed lines do.
    """
    labels, stats, _ = find_components(is_ink)
    is_in_mask = mask > 0
    covered = np.bincount(labels[is_in_mask], minlength=len(stats)) / np.maximum(stats[:, cv2.CC_STAT_AREA], 1)
    is_whole = (covered >= _MIN_COVER) & ~at_rim(stats, mask.shape)
    is_whole[0] = False
    for label in np.flatnonzero(is_whole):
        left, top, width, height = (int(value) for value in stats[label, :4])
        window = np.s_[top : top + height, left : left + width]
        *_, own_width, own_height = cv2.boundingRect(((labels[window] == label) & is_in_mask[window]).view(np.uint8))
        is_whole[label] = width <= _MAX_REACH * own_width and height <= _MAX_REACH * own_height
    return mask | is_whole[labels]


def edges_of_areas(mask: np.ndarray, grey: np.ndarray, max_contrast: float) -> np.ndarray:
    """Return the thin pieces of a mask (h, w) uint8 that go on beside them: the edges of a table or of a shadow.

    There the picture, `grey` (h, w) uint8, differs from the piece by `max_contrast` at most; a stroke has paper on both
    sides.
    """
    labels, stats, _ = find_components(mask)
    longest, shortest = (pick(stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]], axis=1) for pick in (np.max, np.min))
    is_edge = np.zeros(len(stats), bool)
    is_thin = (shortest <= _MAX_ASPECT * longest) & (longest >= _MIN_LENGTH_PX)
    is_thin[0] = False
    areas = longest.astype(np.int64) * shortest
    thin = np.flatnonzero(is_thin)
    thin = thin[np.argsort(areas[thin], kind="stable")][:_MAX_LOOKED_AT]
    for label in thin[np.cumsum(areas[thin]) <= _MAX_AREA * mask.size]:
        left, top, width, height = (int(value) for value in stats[label, :4])
        window = np.s_[
            max(0, top - _SIDE_PX) : top + height + _SIDE_PX, max(0, left - _SIDE_PX) : left + width + _SIDE_PX
        ]
        piece = (labels[window] == label).astype(np.uint8)
        inner, outer = (cv2.dilate(piece, np.ones((2 * px + 1,) * 2, np.uint8)) > 0 for px in (_BLUR_PX, _SIDE_PX))
        around = outer & ~inner & (mask[window] == 0)
        level = float(np.median(grey[window][piece > 0]))
        alike = np.abs(grey[window][around] - level) <= max_contrast
        is_edge[label] = np.count_nonzero(alike) > _MIN_ALIKE * np.count_nonzero(outer & ~inner)
    return is_edge[labels].astype(np.uint8)
