"""The strength of ink in the places where handwriting is, measured from the picture against the paper around them."""

import cv2
import numpy as np

from core.preprocessing.components import Components, at_rim, find_components
from core.preprocessing.ink_mask import to_mask
from core.preprocessing.whole_strokes import edges_of_areas, with_whole_strokes

MIN_CONTRAST = 6.0  # of 255: weaker than that full ink never is
MIN_COVERED_SHARE = 0.4  # of a piece of ink that is handwriting in the most part
MAX_REACH = 1.35  # of such a piece: its size over that of the handwriting in it
MAX_JOINED, MIN_JOINED_SHARE = 4, 0.05  # how many pieces of handwriting a digit breaks into, each of so much of it
NEARLY_ALL = 0.9  # the share of a piece that is handwriting however far it reaches
MIN_FULL = 200  # of 255: the strength of ink in the middle of a stroke
MAX_FRAME_COVER = 0.2  # of a frame: how much of it is handwriting, at most
MAX_BIT, MAX_THIN = 0.6, 0.15  # of a bit of a frame: its length in heights of a digit, or its width over its length
MAX_CORNER_AREA, CORNER_BAND, MAX_CORNER_INSIDE = 0.1, 0.1, 0.3  # of a corner: of its length², and of its area inside
MAX_LONE_BIT, MAX_LONE_BITS = 0.05, 2  # of the picture's longer side, and how many off its rim, if nothing is written
_MIN_OVER_NOISE = 4.0  # times the paper's median deviation: how strong ink is at least
_FULL_PERCENTILE = 60  # of the contrast in the middle of strokes: that of full ink
_MIDDLE_PERCENTILE = 60  # of the distance from a stroke's edge: further inside lies its middle
_PEN_PERCENTILE = 80  # of the same distances: half the width of a pen
_EDGE_SHARE, _NEAR_SHARE, _AROUND_SHARE = 0.25, 0.6, 2.5  # of a pen's width
_MIN_PAPER = 0.02  # of the surroundings of a pixel, to say how light the paper is there
_STROKE_SHARE, _MAX_AREA_CONTRAST = 0.6, 0.35  # of full ink's contrast: a stroke's at least; what is no other ink
_FAINT, _FULL = 0.15, 0.85  # shares of full ink's contrast between which ink is stronger and stronger


def measure_ink(grey: np.ndarray, ink: np.ndarray, single: bool = False) -> np.ndarray:
    """Return the strength of the ink in a picture (h, w) uint8, whichever of ink and paper is darker.

    It is (h, w) uint8, 255 for full ink, 0 for paper and for what is no handwriting. single: all of it is one digit,
    whose strokes are whole even where a level one looks like a printed line.
    """
    height, width = grey.shape
    probabilities = cv2.resize(ink, (width, height), interpolation=cv2.INTER_LINEAR)
    mask = to_mask(probabilities)
    if mask.min() == mask.max():  # no ink, or nothing else
        return 255 * mask
    inside = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
    distances = inside[inside > 0]
    pen = max(1.0, 2 * float(np.percentile(distances, _PEN_PERCENTILE)))
    outside = cv2.distanceTransform(1 - mask, cv2.DIST_L2, 3)
    contrast = _paper(grey, outside <= max(2.0, _NEAR_SHARE * pen), pen) - grey
    middle = contrast[inside >= float(np.percentile(distances, _MIDDLE_PERCENTILE))]
    if np.median(middle) < 0:
        contrast, middle = -contrast, -middle
    full = max(MIN_CONTRAST, float(np.percentile(middle, _FULL_PERCENTILE)))
    paper = contrast[outside > _NEAR_SHARE * pen + 2]
    if len(paper) and full < _MIN_OVER_NOISE * float(np.median(np.abs(paper - np.median(paper)))):
        return np.zeros_like(grey)  # grain of the paper, in which something was seen
    if single:
        mask = with_whole_strokes(mask, contrast >= _STROKE_SHARE * full)
        outside = cv2.distanceTransform(1 - mask, cv2.DIST_L2, 3)
    edges = edges_of_areas(mask, grey, _MAX_AREA_CONTRAST * full)
    if edges.any():
        outside = cv2.distanceTransform(1 - (mask & ~edges), cv2.DIST_L2, 3)
    place = outside <= max(1.0, _EDGE_SHARE * pen)
    strength = np.clip((contrast / full - _FAINT) * (255 / (_FULL - _FAINT)), 0, 255) * place
    return strength.astype(np.uint8)


def contrast_like(grey: np.ndarray, ink: np.ndarray) -> np.ndarray | None:
    """Return the contrast of a picture (h, w) uint8 to its darker or lighter half, (h, w) uint8, as the ink's lies.

    ink: how likely each pixel is ink, at any size; None where hardly any is. Thick ink may fill most of a picture, so
    that the ground of its border is no paper.
    """
    height, width = grey.shape
    mask = to_mask(cv2.resize(ink, (width, height), interpolation=cv2.INTER_LINEAR)) > 0
    threshold, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_OTSU)
    is_dark = grey <= threshold
    if not mask.any() or is_dark.all() or not is_dark.any():
        return None
    if is_dark[mask].mean() > 0.5:
        return np.clip(np.median(grey[~is_dark]) - grey, 0, 255).astype(np.uint8)
    return np.clip(grey - np.median(grey[is_dark]), 0, 255).astype(np.uint8)


def _paper(grey: np.ndarray, near: np.ndarray, pen: float) -> np.ndarray:
    """Return how light the paper is at each pixel, (h, w) float32: the mean around it of what is not near ink."""
    is_paper = (~near).astype(np.float32)
    side = 2 * min(max(5, round(_AROUND_SHARE * pen)), max(grey.shape)) + 1
    share = cv2.blur(is_paper, (side, side))
    light = cv2.blur(grey * is_paper, (side, side)) / np.maximum(share, 1e-4)
    paper = grey[~near]
    far = float(np.median(paper)) if len(paper) else float(255 * (grey.mean() < 128))
    return np.where(share > _MIN_PAPER, light, np.float32(far))


def complete_ink(measured: np.ndarray, all_ink: np.ndarray, single: bool = False) -> np.ndarray:
    """Return the strength of handwriting with those pieces of all ink whole that are handwriting in the most part.

    measured, all_ink: (h, w) uint8, the strength in the places of handwriting, and that of whatever may be ink. A piece
    that hangs together with printed lines, a frame or the table reaches far beyond the handwriting in it: of such a
    piece counts what was measured, but not the short or thin bits of a frame that is handwriting hardly anywhere.
    single: all handwriting is one digit, in however many pieces it was measured.
    """
    is_measured = measured > 0
    everything, pieces = find_components(all_ink > 0), find_components(is_measured)
    whole = _mostly_covered(everything, is_measured)
    if not single:
        whole &= ~_joins_many(everything, pieces)
    found = _mostly_covered(pieces, whole)
    rest = ~found & ~_bits_of_frames(is_measured, pieces, everything, whole)
    missing = found & (all_ink == 0) & (measured >= MIN_FULL)  # of thick strokes in uneven light, the middle
    return np.where(whole, all_ink, np.where(rest | missing, measured, 0)).astype(np.uint8)


def _bits_of_frames(mask: np.ndarray, found: Components, all_ink: Components, whole: np.ndarray) -> np.ndarray:
    """Return the pieces of a mask (h, w) bool that are too short or too thin for digits and lie on large other ink.

    found: the mask's pieces. whole: the pieces of all ink that are handwriting. Writing that mostly lies on such ink,
    as on squared paper, stays.
    """
    frames, stats, _ = all_ink
    covered = np.bincount(frames[mask], minlength=len(stats)) / np.maximum(stats[:, cv2.CC_STAT_AREA], 1)
    is_frame = (covered < MAX_FRAME_COVER) & (np.arange(len(stats)) > 0)
    if not is_frame[frames[mask]].any():
        return np.zeros(mask.shape, bool)
    pieces, stats = found.labels, found.stats.astype(np.int64)
    sizes = np.maximum(np.bincount(pieces.ravel(), minlength=len(stats)), 1)
    is_on_frame = np.bincount(pieces[is_frame[frames]], minlength=len(stats)) > sizes / 2
    is_on_frame[0] = False  # the ground
    longest, shortest = (pick(stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]], axis=1) for pick in (np.max, np.min))
    heights = find_components(whole).stats[1:, cv2.CC_STAT_HEIGHT]
    if len(heights):
        height = float(np.median(heights[heights >= heights.max() / 2]))
        is_large = (stats[:, cv2.CC_STAT_HEIGHT] >= MAX_BIT * height) & (shortest > MAX_THIN * longest)
        if np.count_nonzero(is_large & is_on_frame) > np.count_nonzero(heights >= MAX_BIT * height):
            return np.zeros(mask.shape, bool)
        is_bit = ~is_large | _are_corners(pieces, stats, is_on_frame)
    else:
        inner = np.count_nonzero(~at_rim(stats[1:], mask.shape))
        is_bit = (longest < MAX_LONE_BIT * max(mask.shape)) & (inner <= MAX_LONE_BITS)
    is_bit &= is_on_frame
    if len(heights) and sizes[is_bit].sum() > np.count_nonzero(whole):
        is_bit[:] = False  # most of the writing is on it
    return is_bit[pieces]


def _are_corners(labels: np.ndarray, stats: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return which of some chosen pieces, (n,) bool, are thin lines along the sides of their boxes, as corners are."""
    found = np.zeros(len(stats), bool)
    for label in np.flatnonzero(chosen[1:]) + 1:
        left, top, width, height, area = (int(value) for value in stats[label, :5])
        if area > MAX_CORNER_AREA * max(width, height) ** 2:
            continue
        inside = labels[top : top + height, left : left + width] == label
        inset = max(1, round(CORNER_BAND * max(width, height)))
        inner = np.count_nonzero(inside[inset:-inset, inset:-inset])
        found[label] = inner <= MAX_CORNER_INSIDE * area
    return found


def _joins_many(found: Components, pieces: Components) -> np.ndarray:
    """Return where those connected pieces are, (h, w) bool, in which more lie of others than one digit breaks into.

    A piece that is nearly all handwriting joins what touches.
    """
    is_piece, count = pieces.labels > 0, len(pieces.stats)
    pairs = found.labels[is_piece].astype(np.int64) * count + pieces.labels[is_piece]
    pairs, areas = np.unique(pairs, return_counts=True)
    owners = pairs // count
    covered = np.bincount(owners, areas, minlength=len(found.stats))
    is_large = areas >= MIN_JOINED_SHARE * covered[owners]
    joined = np.bincount(owners[is_large], minlength=len(found.stats))
    is_nearly_all = covered >= NEARLY_ALL * found.stats[:, cv2.CC_STAT_AREA]
    return ((joined > MAX_JOINED) & ~is_nearly_all)[found.labels]


def _mostly_covered(found: Components, cover: np.ndarray) -> np.ndarray:
    """Return where those connected pieces are, (h, w) bool, of which most lies under a cover, (h, w) bool."""
    labels, stats, _ = found
    covered = np.bincount(labels[cover], minlength=len(stats)) / np.maximum(stats[:, cv2.CC_STAT_AREA], 1)
    is_covered = covered >= NEARLY_ALL
    for label in np.flatnonzero((covered >= MIN_COVERED_SHARE) & ~is_covered):
        left, top, width, height = (int(value) for value in stats[label, :4])
        window = np.s_[top : top + height, left : left + width]
        inside = (labels[window] == label) & cover[window]
        columns, rows = np.flatnonzero(inside.any(axis=0)), np.flatnonzero(inside.any(axis=1))
        extent = columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1
        is_covered[label] = width <= MAX_REACH * extent[0] and height <= MAX_REACH * extent[1]
    is_covered[0] = False
    return is_covered[labels]
