"""The mask of ink for the ink finder's probabilities: pieces that are likely enough, without slivers at the rim."""

import numpy as np

from core.preprocessing.components import at_rim, find_components

MIN_PROBABILITY = 0.25
"""Of ink, at every pixel of a piece."""
MIN_PEAK_PROBABILITY = 0.6
"""Of ink, at the likeliest pixel of a piece."""
MIN_BESIDE_PROBABILITY = 0.35
"""Of ink, at the likeliest pixel of a piece that stands in line with others."""

_RIM_SHARE = 0.01  # of the picture's sides: how far from the rim a sliver may be
_LONG_SLIVER, _THIN_SLIVER = 0.05, 0.06  # of the picture's sides: how long and how thin slivers at the rim are
_CORNER_FACTOR = 1.5  # so much wider is what may reach in at a corner of the picture
_SLIVER_ASPECT = 0.35  # of its length: how thin one is
_MIN_CUT_OFF = 0.5  # of the height of a digit beside it: a stroke that is cut off or faint
_MAX_FAINT_ASPECT = 2.5  # of a faint stroke, or of two digits that touch: width over height
_MAX_FAINT, _MAX_GAP = 500, 6  # the highest pieces, which are looked at; heights of a digit from it to its line
_MIN_COMMON = 0.7  # of the height of a piece in line with another: how much of it is beside that
_SAME_SIZE = 1.4  # a factor of lengths up to which pieces are alike


def to_mask(values: np.ndarray) -> np.ndarray:
    """Return where ink is, (h, w) uint8, 0 or 1, for probabilities (h, w) float32.

    Thresholding with hysteresis (Canny, 1986): a piece is what hangs together and is likely enough somewhere.
    """
    may_be = (values > MIN_PROBABILITY).astype(np.uint8)
    labels, stats, _ = find_components(may_be)
    kept = np.zeros(len(stats), np.uint8)
    kept[np.unique(labels[values > MIN_PEAK_PROBABILITY])] = 1
    kept[0] = 0
    is_rim = _hug_rim(stats, values.shape)
    kept[is_rim] = 0
    may_be_beside = np.zeros(len(stats), bool)
    may_be_beside[np.unique(labels[values > MIN_BESIDE_PROBABILITY])] = True
    may_be_beside[0] = False
    kept[_beside(stats, kept > 0, may_be_beside & (kept == 0) & ~is_rim)] = 1
    return kept[labels]


def _beside(stats: np.ndarray, kept: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return which other pieces stand in one line with two kept ones or more, near one of them."""
    found = np.zeros(len(stats), bool)
    left, top, width, height = stats[kept][:, :4].T.astype(np.int64)
    if len(left) < 2:
        return found
    widths, heights = stats[:, 2], stats[:, 3]
    may_be = others & (widths <= _MAX_FAINT_ASPECT * heights) & (heights >= _MIN_CUT_OFF * height.min())
    highest_first = np.argsort(-heights, kind="stable")
    for label in highest_first[may_be[highest_first]][:_MAX_FAINT]:
        own_left, own_top, own_width, own_height = (int(value) for value in stats[label, :4])
        common = np.minimum(top + height, own_top + own_height) - np.maximum(top, own_top)
        gap = np.maximum(left - own_left - own_width, own_left - left - width)
        alike = (common >= _MIN_COMMON * own_height) & (own_height >= _MIN_CUT_OFF * height)
        found[label] = (
            np.any(alike & (gap > 0) & (gap <= height)) and np.count_nonzero(alike & (gap <= _MAX_GAP * height)) > 1
        )
    return found


def _hug_rim(stats: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Return which pieces, (n,) bool, are slivers along the rim: what lies beyond the paper, and no stroke.

    stats: those of OpenCV, the ground first. A stroke of a line that the picture cuts off stands beside other writing,
    about as high; one that is high for the writing and does not touch the rim stays by itself.
    """
    left, top, width, height = stats[:, :4].T
    rows, columns = shape
    is_inner = ~at_rim(stats, shape)
    is_inner &= height >= 0.5 * np.max(height[is_inner], initial=0)
    beside, above = (max(1, round(_RIM_SHARE * side)) for side in (columns, rows))
    at_side = (left <= beside) | (left + width >= columns - beside)
    at_end = (top <= above) | (top + height >= rows - above)
    thin = np.where(at_side & at_end, _CORNER_FACTOR, 1.0)
    is_beside = at_side & _is_sliver(width / thin, height, columns, rows)
    is_above = at_end & _is_sliver(height / thin, width, rows, columns)
    is_beside[is_beside] = ~_in_line(top[is_beside], height[is_beside], top[is_inner], height[is_inner])
    is_above[is_above] = ~_in_line(left[is_above], width[is_above], left[is_inner], width[is_inner])
    return is_beside | is_above


def _is_sliver(thin: np.ndarray, long: np.ndarray, across: int, along: int) -> np.ndarray:
    """Return which pieces (n,) are thin, for their length and for the picture's size across, and long enough."""
    return (thin <= _THIN_SLIVER * across) & (thin <= _SLIVER_ASPECT * long) & (long >= _LONG_SLIVER * along)


def _in_line(first: np.ndarray, length: np.ndarray, others: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return which pieces (n,) lie mostly beside one of the others (m,), of about the same length."""
    found = np.zeros(len(first), bool)
    for number, (start, own) in enumerate(zip(first, length, strict=True)):
        common = np.minimum(start + own, others + lengths) - np.maximum(start, others)
        alike = (own <= _SAME_SIZE * lengths) & (own >= _MIN_CUT_OFF * lengths)
        found[number] = np.any(alike & (common >= 0.5 * np.minimum(own, lengths)))
    return found
