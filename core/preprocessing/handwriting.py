"""The places of handwriting in a picture, found by the ink finder's network at the size at which it was trained."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from threading import Lock

import cv2
import numpy as np

from core.networks.array_network import ArrayNetwork, computes_with_numpy
from core.networks.builder import import_keras
from core.networks.ink_finder import SIZE_MULTIPLE, normalize_greys
from core.networks.saved_layers import read_saved_layers
from core.networks.traced_network import Predict, trace
from core.preprocessing.components import at_rim, find_components
from core.preprocessing.ink_mask import to_mask

INK_FINDER = Path(__file__).parents[1] / "assets" / "ink_finder.keras"
"""The ink finder that comes with the app."""

_LOADING = Lock()
_SINGLE_PX = 128
"""Longest side at which a picture of one digit is first seen."""
_LINES_PX = (256, 640, 1024)
"""Longest sides at which a picture of lines is seen, one after the other, until its digits are large enough."""
_MIN_SINGLE_PX = 48  # longest side of a picture of one digit that is enlarged
_MIN_PX = 64  # shortest side of a picture that is not enlarged: it may be a tight crop of digits
_MIN_DIGIT_PX = 12  # height of digits from which the network knows them
_DIGIT_PX = 44  # height of a digit at which a picture is seen again
_LOOKS, _TOO_LOW = 2, 0.6  # at a better size; and how high digits are there, in such heights, if the size was wrong
_SAME_SIZE = 1.4  # a factor of sizes up to which the network sees the same
_MIN_AREA_PX, _MIN_HEIGHT_PX = 12, 4  # of a piece that says how high the digits are
_LONG_SHARE = 0.4  # of the picture's side: what is longer and touches its rim does not say how high the digits are
_THIN_PX = 2.2  # width of a pen that may be too thin to be seen whole
_MAX_PIXELS, _MAX_SIDE_PX = 800_000, 2600  # of a picture that is seen
_BATCH_PIXELS = 32 * 128 * 128
_STRIP_PIXELS = 512 * 1024  # of a picture that is seen at once: what more take of memory is kept
_OVERLAP_PX = 2 * SIZE_MULTIPLE  # of a strip and its neighbour, which see that much of each other


class InkFinder:
    """The ink finder's network."""

    def __init__(self, predict: Predict) -> None:
        """Make the finder of a network, (n, h, w, 1) float32 → (n, h, w) float32 probabilities."""
        self._predict = predict

    @staticmethod
    def released() -> "InkFinder":
        """Return the ink finder that comes with the app, the same one at each call and in each thread."""
        with _LOADING:
            return _load_released(computes_with_numpy())

    def find(self, greys: Sequence[np.ndarray], single: bool) -> list[np.ndarray]:
        """Return how likely each pixel is ink, for each picture (h, w) uint8; `single`: all its ink is one digit.

        The probabilities are float32, 0 to 1, of the picture at the size at which it was seen last. It is seen coarsely
        first, and again at the size at which its digits are as high as those that the network knows best.
        """
        sizes = [_SINGLE_PX] if single else _LINES_PX
        found: list[np.ndarray | None] = [None] * len(greys)
        heights = [0.0] * len(greys)
        for size in sizes:  # coarser looks come first, for they cost little
            open_ = [number for number in range(len(greys)) if heights[number] < _MIN_DIGIT_PX]
            open_ = [number for number in open_ if size == sizes[0] or max(greys[number].shape) > size / 2]
            seen = self._see(
                [greys[number] for number in open_], [_first_size(greys[number], size, single) for number in open_]
            )
            for number, each in zip(open_, seen, strict=True):
                found[number], heights[number] = each, _digit_height(each)
        coarse = [each for each in found if each is not None]
        return self._see_again(greys, coarse, dict(enumerate(heights)), single)

    def _see_again(
        self, greys: Sequence[np.ndarray], coarse: list[np.ndarray], heights: Mapping[int, float], single: bool
    ) -> list[np.ndarray]:
        """Return the probabilities at the size that the network knows best, where they were seen at another one.

        Where the digits are much lower there than expected, several had been taken for one: they are seen once more.
        """
        found, open_ = list(coarse), list(range(len(greys)))
        for _ in range(_LOOKS):
            sides = [_better_size(greys[number], found[number], heights[number], single) for number in open_]
            wanted = {number: side for number, side in zip(open_, sides, strict=True) if side}
            fine = self._see([greys[number] for number in wanted], list(wanted.values()))
            for number, seen in zip(wanted, fine, strict=True):
                found[number] = _agreed(seen, coarse[number])
            heights = dict(zip(wanted, map(_digit_height, fine), strict=True))
            open_ = [number for number in wanted if 0 < heights[number] < _TOO_LOW * _DIGIT_PX and not single]
        return found

    def _see(self, greys: Sequence[np.ndarray], longest: Sequence[int]) -> list[np.ndarray]:
        """Return the probabilities of pictures, each seen with its longest side of so many pixels."""
        small = [_resize(grey, side) for grey, side in zip(greys, longest, strict=True)]
        found: dict[int, np.ndarray] = {}
        for numbers in _batches([_padded_shape(grey) for grey in small]):
            padded = np.stack([_pad(small[number]) for number in numbers])
            for number, values in zip(numbers, self._probabilities(normalize_greys(padded)), strict=True):
                height, width = small[number].shape
                found[number] = values[:height, :width]
        return [found[number] for number in range(len(greys))]

    def _probabilities(self, normal: np.ndarray) -> np.ndarray:
        """Return (n, h, w) float32 probabilities for (n, h, w, 1) float32: of a large picture strip by strip."""
        height = normal.shape[1]
        if normal[0].size <= _STRIP_PIXELS:
            return self._predict(normal)
        found = np.empty(normal.shape[:3], np.float32)
        rows = max(SIZE_MULTIPLE, _STRIP_PIXELS // normal.shape[2] // SIZE_MULTIPLE * SIZE_MULTIPLE)
        for top in range(0, height, rows):
            first, end = max(0, top - _OVERLAP_PX), min(height, top + rows + _OVERLAP_PX)
            found[:, top : top + rows] = self._predict(normal[:, first:end])[:, top - first : top - first + rows]
        return found


@cache
def _load_released(with_numpy: bool) -> InkFinder:
    return InkFinder(_load_arrays() if with_numpy else _load_traced())


def _load_arrays() -> Predict:
    network = ArrayNetwork.load(INK_FINDER)
    return lambda pictures: (1 + np.tanh(network(pictures)[..., 0] / 2)) / 2  # the logistic function


def _load_traced() -> Predict:
    """Return the network as one function of TensorFlow's."""
    shape = None, None, None, 1
    return trace(read_saved_layers(INK_FINDER), shape, lambda logits: import_keras().ops.sigmoid(logits[..., 0]))


def _first_size(grey: np.ndarray, size: int, single: bool) -> int:
    """Return the longest side, pixels, with which a picture is seen that should be seen at about a size.

    A small picture of one digit is enlarged to it: lines beside the digit are thin there.
    """
    longest, shortest = max(grey.shape), min(grey.shape)
    if longest > size or single and longest >= _MIN_SINGLE_PX:
        return size
    return longest if shortest >= _MIN_PX else round(min(size, longest * _MIN_PX / shortest))


def _digit_height(seen: np.ndarray) -> float:
    """Return how high digits are in what was seen, pixels; 0 where no ink was found.

    Long pieces at the rim do not count where there are others, nor do low ones.
    """
    mask = to_mask(seen)
    stats = find_components(mask).stats
    width, height, area = stats[1:, 2:].T
    is_large = (area > _MIN_AREA_PX) & (height >= _MIN_HEIGHT_PX)
    rows, columns = mask.shape
    is_long = (height > _LONG_SHARE * rows) | (width > _LONG_SHARE * columns)
    inner = is_large & ~(at_rim(stats[1:], mask.shape) & is_long)
    heights = height[inner] if inner.any() else height[is_large]
    return float(np.median(heights[heights >= 0.5 * np.percentile(heights, 90)])) if len(heights) else 0.0


def _pen_width(seen: np.ndarray) -> float:
    """Return how wide strokes are in what was seen, pixels."""
    inside = cv2.distanceTransform(to_mask(seen), cv2.DIST_L2, 3)
    return 2 * float(np.percentile(inside[inside > 0], 80))


def _better_size(grey: np.ndarray, seen: np.ndarray, height: float, single: bool) -> int | None:
    """Return the longest side with which the picture's digits are as high as the network knows them best.

    None where it was seen at about that size, or where no ink was found; one digit may be seen larger, too.
    """
    longest = max(seen.shape)
    if not height or single and height >= _DIGIT_PX / 2:
        is_thin = bool(height) and longest < max(grey.shape) and _pen_width(seen) < _THIN_PX
        return min(2 * longest, max(grey.shape)) if is_thin else None
    side = round(
        float(np.clip(longest * _DIGIT_PX / height, 1.5 * _MIN_PX, min(2 * max(grey.shape), _largest_side(grey))))
    )
    return None if 1 / _SAME_SIZE < side / longest < _SAME_SIZE else side


def _largest_side(grey: np.ndarray) -> float:
    """Return the longest side with which a picture may be seen, pixels: more for one that is long and narrow."""
    side = (_MAX_PIXELS * max(grey.shape) / min(grey.shape)) ** 0.5
    return float(np.clip(side, _LINES_PX[-1], _MAX_SIDE_PX))


def _agreed(fine: np.ndarray, coarse: np.ndarray) -> np.ndarray:
    """Return fine probabilities, nowhere above those that a coarser look, which saw more around it, finds nearby."""
    if coarse.size > fine.size:
        return fine
    height, width = fine.shape
    near = cv2.dilate(coarse, np.ones((3, 3), np.uint8))
    return np.minimum(fine, cv2.resize(near, (width, height), interpolation=cv2.INTER_LINEAR))


def _resize(grey: np.ndarray, longest: int) -> np.ndarray:
    factor = longest / max(grey.shape)
    if factor == 1:
        return grey
    size = max(8, round(grey.shape[1] * factor)), max(8, round(grey.shape[0] * factor))
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC)


def _padded_shape(grey: np.ndarray) -> tuple[int, int]:
    height, width = grey.shape
    return height + -height % SIZE_MULTIPLE, width + -width % SIZE_MULTIPLE


def _pad(grey: np.ndarray) -> np.ndarray:
    """Return a picture with its rim repeated below and on the right, up to sizes that the network takes."""
    height, width = _padded_shape(grey)
    return cv2.copyMakeBorder(grey, 0, height - grey.shape[0], 0, width - grey.shape[1], cv2.BORDER_REPLICATE)


def _batches(shapes: Sequence[tuple[int, int]]) -> Iterator[list[int]]:
    """Yield the numbers of pictures of one shape, as many at a time as memory should hold."""
    for shape in sorted(set(shapes)):
        numbers = [number for number, each in enumerate(shapes) if each == shape]
        most = max(1, _BATCH_PIXELS // (shape[0] * shape[1]))
        yield from (numbers[first : first + most] for first in range(0, len(numbers), most))
