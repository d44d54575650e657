"""Advice for readings that are mostly doubtful, by measures of the picture: size, light, tilt, sharpness."""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image

from core.preprocessing.working_grey import ScaledPicture, to_working_grey
from core.recognition.corrections import UNSURE_BELOW
from core.recognition.reading import Digit, Picture, Reading

SMALL = "The digits are small here. Crop nearer: read only their part, or take the picture from closer."
DARK = "This picture is dark. More light helps."
PALE = "The ink hardly differs from the paper here. More light or a darker pen helps."
UNEVEN = "The light falls unevenly. Hold the paper flatter, out of shadows."
TILTED = "The lines run at a slant. Hold the paper flatter and straight."
BLURRED = "This picture is blurred. Hold still, and focus on the digits."

_MAX_PIXELS = 20_000_000  # of a picture that is measured at working size
_SMALL_PX = 20  # a digit of less height at working size has lost detail
_DARK = 100  # of 255: in a dark picture neither paper nor ink is brighter
_PALE = 40  # of 255: ink of less contrast to its paper is pale
_MIN_CONTRAST = 6  # of 255: where nothing differs more from the paper there is no ink at all
_UNEVEN_FACTOR = 2.0  # between the brightest and the darkest paper
_MAX_STEP_SHARE = 0.5  # of that difference, between neighbouring cells of the picture: more is the edge of a thing
_TILTED_DEG = 10
_MIN_SLOPING = 3  # digits of which a slope is measured
_BLUR_SHARE = 0.09  # of a digit's height: the standard deviation of a blur that hurts
_BLUR_SIDE_SHARE = 0.02  # of the picture's shorter side, where no digit was found
_EDGE_FACTOR = (2 * np.pi) ** 0.5  # times a blur's deviation times its steepest slope is the height of a blurred edge
_GRID = 8  # cells along each side of a picture whose paper is measured without digits
_SIDE_PX = 640  # the longest side at which a picture without digits is measured
_MAX_PATCHES = 16  # digits that are measured
_MARGIN_SHARE = 0.3  # of a digit's height: the paper around it that is measured with it


class _Measured(NamedTuple):
    """Measures of a picture around its digits, or of all of it where there are none."""

    contrast: float  # of the ink, of 255
    papers: np.ndarray  # the paper's grey in several places, of 255
    blur_shares: float  # the blur's standard deviation, as a share of what hurts


def advise(picture: Picture, reading: Reading) -> tuple[str, ...]:
    """Return sentences on what would help a reading of which most digits are doubtful; () of another one.

    Each of them names a cause that was measured; there may be none. Takes the pictures that `Recognizer.read` takes.
    """
    if not is_doubtful(reading.digits):
        return ()
    grey, scale = _grey_of(picture, reading)
    boxes = np.array([digit.box for digit in reading.digits], float).reshape(-1, 4) / scale
    measured = _measure_digits(grey, boxes) if len(boxes) else _measure_whole(grey)
    if measured.contrast < _MIN_CONTRAST:
        return ()
    is_dark = float(np.percentile(grey, 99)) < _DARK
    causes = {
        SMALL: len(boxes) > 0 and float(np.median(boxes[:, 3])) < _SMALL_PX,
        DARK: is_dark,
        PALE: measured.contrast < _PALE and not is_dark,
        UNEVEN: measured.papers.max() > _UNEVEN_FACTOR * max(1.0, measured.papers.min()),
        TILTED: abs(_slope_deg(boxes)) > _TILTED_DEG,
        BLURRED: measured.blur_shares > 1,
    }
    return tuple(sentence for sentence, is_cause in causes.items() if is_cause)


def _grey_of(picture: Picture, reading: Reading) -> ScaledPicture:
    """Return the picture in grey; a very large one as its reading shows it, for it would take much memory once more."""
    shown = next((step.picture for step in reading.steps if step.name == "grey"), None)
    width, height = picture.size if isinstance(picture, Image.Image) else picture.shape[1::-1]
    if shown is None or width * height <= _MAX_PIXELS:
        return to_working_grey(picture)
    return ScaledPicture(shown, width / shown.shape[1])


def is_doubtful(digits: Sequence[Digit]) -> bool:
    """Return whether more than half of the digits are refused or unsure, or there are none."""
    doubtful = sum(digit.refused or digit.confidence < UNSURE_BELOW for digit in digits)
    return not digits or 2 * doubtful > len(digits)


def _measure_digits(grey: np.ndarray, boxes: np.ndarray) -> _Measured:
    """Measure a picture (h, w) uint8 around its digits, boxes (n, 4) float: left, top, width, height; n at least 1."""
    chosen = boxes[np.linspace(0, len(boxes) - 1, min(len(boxes), _MAX_PATCHES)).astype(int)]
    patches = [_patch(grey, box) for box in chosen]
    contrasts = [_contrast(patch) for patch in patches]
    blurs = [_blur_px(patch) for patch in patches]
    blur_share = float(np.median(blurs) / max(1.0, np.median(chosen[:, 3])))
    papers = np.array([np.median(patch) for patch in patches])
    return _Measured(float(np.median(contrasts)), papers, blur_share / _BLUR_SHARE)


def _patch(grey: np.ndarray, box: np.ndarray) -> np.ndarray:
    """Return a digit with the paper around it: (h, w) uint8, at least one pixel."""
    left, top, width, height = box
    margin = 1 + _MARGIN_SHARE * height
    rows, columns = grey.shape
    x, y = min(max(0, int(left - margin)), columns - 1), min(max(0, int(top - margin)), rows - 1)
    return grey[y : max(y, int(top + height + margin)) + 1, x : max(x, int(left + width + margin)) + 1]


def _contrast(grey: np.ndarray) -> float:
    """Return the difference between a patch's darkest and brightest grey, without the noise of single pixels."""
    low, high = np.percentile(cv2.blur(grey, (3, 3)), [1, 99])
    return float(high - low)


def _blur_px(grey: np.ndarray) -> float:
    """Return the standard deviation of the blur that would make the steepest edge of a sharp patch as it is."""
    fine = grey.astype(np.float32)
    slopes = cv2.magnitude(cv2.Sobel(fine, cv2.CV_32F, 1, 0), cv2.Sobel(fine, cv2.CV_32F, 0, 1)) / 8
    return _contrast(grey) / (_EDGE_FACTOR * max(0.5, float(np.percentile(slopes, 99.5))))


def _measure_whole(grey: np.ndarray) -> _Measured:
    """Measure a picture (h, w) uint8 in which no digit was found."""
    factor = max(1.0, max(grey.shape) / _SIDE_PX)
    size = max(1, round(grey.shape[1] / factor)), max(1, round(grey.shape[0] / factor))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    side = max(3, min(255, min(small.shape) // 3) | 1)
    ground = cv2.medianBlur(small, side)
    ink = cv2.blur(cv2.absdiff(small, ground), (3, 3))
    cells = cv2.resize(ground, (_GRID, _GRID), interpolation=cv2.INTER_AREA).astype(float)
    steps = max(float(np.abs(np.diff(cells, axis=axis)).max()) for axis in (0, 1))
    is_gradual = steps <= _MAX_STEP_SHARE * np.ptp(cells)
    papers = cells if is_gradual else np.median(cells, keepdims=True)
    blur_share = _blur_px(small) / min(small.shape)
    return _Measured(float(np.percentile(ink, 99.5)), papers, blur_share / _BLUR_SIDE_SHARE)


def _slope_deg(boxes: np.ndarray) -> float:
    """Return the slope of lines of digits, boxes (n, 4) float: the median from each digit to the next on its right.

    That is 0 of fewer than three digits, which stand as they like.
    """
    if len(boxes) < _MIN_SLOPING:
        return 0.0
    centres = boxes[: 10 * _MAX_PATCHES, :2] + boxes[: 10 * _MAX_PATCHES, 2:] / 2
    ways = centres[None] - centres[:, None]  # (n, n, 2): from each to each
    is_right = (ways[..., 0] > 0) & (np.abs(ways[..., 1]) <= ways[..., 0])
    distances = np.where(is_right, np.hypot(ways[..., 0], ways[..., 1]), np.inf)
    found = [ways[n, nearest] for n, nearest in enumerate(distances.argmin(axis=1)) if is_right[n, nearest]]
    return float(np.median([np.degrees(np.arctan2(y, x)) for x, y in found])) if found else 0.0
