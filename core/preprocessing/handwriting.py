"""Where handwriting is in a picture, found by the ink finder's network at the size at which it was trained."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from core.networks.builder import import_keras
from core.networks.ink_finder import SIZE_MULTIPLE, ink_finder, normalize_greys

INK_FINDER = Path(__file__).parents[1] / "assets" / "ink_finder.keras"
"""The ink finder that comes with the app."""

MIN_PROBABILITY = 0.45  # of ink: less is paper
_SINGLE_PX, _LINES_PX = 128, (192, 640)  # longest side at which a picture is first seen
_MIN_PX = 96  # a smaller picture is enlarged
_DIGIT_PX = 44  # height of a digit at which a picture is seen again
_MAX_AGAIN_PX = 1400  # longest side of a picture that is seen again
_MAX_AGAIN = 2  # times
_SAME_SIZE = 1.4  # a factor of sizes up to which the network sees the same
_MIN_HEIGHT_PX, _MIN_AREA_PX = 4, 12  # of a piece that says how high the digits are
_BATCH_PIXELS = 32 * 128 * 128


class InkProbabilities(NamedTuple):
    """What the ink finder says about a picture."""

    values: np.ndarray  # (h, w) float32, 0 to 1: the probability that a pixel is ink
    scale: float  # pixels of the picture per pixel of these


class InkFinder:
    """The ink finder's network as one traced function."""

    def __init__(self, weights: Path = INK_FINDER) -> None:
        """Load the weights, a .keras file or a file of weights; raises `OSError` and `ValueError` as Keras does."""
        network = ink_finder()
        network.load_weights(weights)
        self._traced = _trace(network)

    @classmethod
    @cache
    def released(cls) -> "InkFinder":
        """Return the ink finder that comes with the app, the same one at each call."""
        return cls()

    def find(self, greys: Sequence[np.ndarray], single: bool) -> list[InkProbabilities]:
        """Return the probabilities for each picture (h, w) uint8; `single`: all its ink is one digit.

        A picture is seen as a whole first, and again at the size at which its digits are as high as those that the
        network knows best.
        """
        first = [_first_size(grey, single) for grey in greys]
        found = self._see(greys, first)
        for _ in range(_MAX_AGAIN):
            wanted = {
                number: longest
                for number, (grey, seen) in enumerate(zip(greys, found, strict=True))
                if (longest := _better_size(grey, seen, single))
            }
            if not wanted:
                break
            again = self._see([greys[number] for number in wanted], list(wanted.values()))
            for number, seen in zip(wanted, again, strict=True):
                found[number] = seen
        return found

    def _see(self, greys: Sequence[np.ndarray], longest: Sequence[int]) -> list[InkProbabilities]:
        """Return the probabilities of pictures, each seen with its longest side of so many pixels."""
        small = [_resize(grey, side) for grey, side in zip(greys, longest, strict=True)]
        found: dict[int, InkProbabilities] = {}
        for numbers in _batches([_padded_shape(grey) for grey in small]):
            padded = np.stack([_pad(small[number]) for number in numbers])
            for number, values in zip(numbers, self._traced(normalize_greys(padded)), strict=True):
                height, width = small[number].shape
                found[number] = InkProbabilities(values[:height, :width], greys[number].shape[1] / width)
        return [found[number] for number in range(len(greys))]


def _trace(network: "object") -> Callable[[np.ndarray], np.ndarray]:
    """Return the network as a function of (n, h, w, 1) float32 → (n, h, w) float32 probabilities."""
    import tensorflow as tf

    signature = [tf.TensorSpec((None, None, None, 1), tf.float32)]
    traced = tf.function(
        lambda pictures: tf.sigmoid(network(pictures, training=False)[..., 0]),  # pyright: ignore[reportCallIssue]
        input_signature=signature,
        autograph=False,
    ).get_concrete_function()
    return lambda pictures: traced(tf.constant(pictures)).numpy()


def _first_size(grey: np.ndarray, single: bool) -> int:
    """Return the longest side, pixels, with which a picture is first seen."""
    longest = max(grey.shape)
    if single:
        return _SINGLE_PX if longest > _SINGLE_PX or longest < _MIN_PX else longest
    low, high = _LINES_PX
    return low if longest < _MIN_PX else min(longest, high)


def _better_size(grey: np.ndarray, seen: InkProbabilities, single: bool) -> int | None:
    """Return the longest side with which the picture's digits are as high as the network knows them best.

    None where it was seen at about that size, or where no ink was found.
    """
    _, _, stats, _ = cv2.connectedComponentsWithStats((seen.values > MIN_PROBABILITY).astype(np.uint8))
    is_large = (stats[1:, cv2.CC_STAT_AREA] > _MIN_AREA_PX) & (stats[1:, cv2.CC_STAT_HEIGHT] >= _MIN_HEIGHT_PX)
    heights = stats[1:, cv2.CC_STAT_HEIGHT][is_large]
    if not len(heights):
        return None
    typical = float(np.median(heights[heights >= 0.5 * heights.max()]))
    longest = max(seen.values.shape)
    if single:
        return _clip(grey, longest * _DIGIT_PX / typical, longest) if typical < _DIGIT_PX / 2 else None
    return _clip(grey, longest * _DIGIT_PX / typical, longest)


def _clip(grey: np.ndarray, wanted: float, seen: int) -> int | None:
    side = round(float(np.clip(wanted, _MIN_PX, min(2 * max(grey.shape), _MAX_AGAIN_PX))))
    return None if 1 / _SAME_SIZE < side / seen < _SAME_SIZE else side


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


def import_ink_finder() -> None:
    """Load the released ink finder, so that the first picture does not wait for it."""
    import_keras()
    InkFinder.released()
