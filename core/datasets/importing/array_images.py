"""Arrays of images, of any side and number type, to 28×28 grey in 8 bits, a part at a time."""

from dataclasses import dataclass

import cv2
import numpy as np

from core.datasets.mnist import DatasetError

SIDE = 28
MAX_SIDE = 4096
_MAX_COLOURS = 4


@dataclass(frozen=True)
class GreyScale:
    """The values that become black and white: value → 255 · (value - low) / (high - low)."""

    low: float
    high: float

    @classmethod
    def of(cls, values: np.ndarray) -> "GreyScale":
        """Return the scale of values of which these are some: 0 to 255, 0 to 1, 0 to 16, or from the least to the most.

        Raises `DatasetError` for values that are no numbers.
        """
        if values.dtype.kind not in "buif":
            raise DatasetError(f"The images are of the type {values.dtype}; numbers are wanted.")
        if not values.size:
            return cls(0, 255)
        _check_finite(values)
        low, high = float(values.min()), float(values.max())
        if low < 0:
            return cls(low, max(high, low + 1e-6))
        is_whole = values.dtype.kind != "f" or bool(np.equal(values, np.round(values)).all())
        usual = (1, 16, 255, 65535) if is_whole else (1, 255)
        return cls(0, next((each for each in usual if high <= each), high))

    def to_bytes(self, values: np.ndarray) -> np.ndarray:
        """Return values as uint8; raises `DatasetError` where one is no number."""
        if values.dtype == np.uint8 and (self.low, self.high) == (0, 255):
            return values
        _check_finite(values)
        scaled = (values.astype(np.float32) - self.low) * (255 / (self.high - self.low))
        return np.clip(np.round(np.nan_to_num(scaled)), 0, 255).astype(np.uint8)


def _check_finite(values: np.ndarray) -> None:
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise DatasetError("The images hold values that are no numbers (NaN or infinite).")


def image_shape(shape: tuple[int, ...]) -> tuple[int, int, int]:
    """Return (height, width, colours) of the images of an array of that shape: (n, h, w), (n, h, w, c) or (n, h·w).

    Raises `DatasetError` where they can be no images.
    """
    sides = list(shape[1:])
    if len(sides) == 1 and (side := round(sides[0] ** 0.5)) ** 2 == sides[0]:
        sides = [side, side]
    height, width, colours = (*sides, 1)[:3] if len(sides) in (2, 3) else (0, 0, 0)
    if not (1 <= colours <= _MAX_COLOURS and 2 <= height <= MAX_SIDE and 2 <= width <= MAX_SIDE):
        raise DatasetError(
            f"The images have the shape {shape}; (n, height, width), with or without colours at the end, or "
            "(n, height × width) is wanted."
        )
    return height, width, colours


def to_images(values: np.ndarray, scale: GreyScale, shape: tuple[int, int, int]) -> np.ndarray:
    """Return values (k, …) of images (height, width, colours) as (k, 28, 28) uint8."""
    height, width, colours = shape
    grey = scale.to_bytes(values).reshape(len(values), height, width, colours)
    if colours in (3, 4):
        weights = np.array([77, 150, 29], np.uint32)
        grey = ((grey[..., :3] @ weights) >> 8).astype(np.uint8)
    else:
        grey = grey[..., 0]
    if (height, width) == (SIDE, SIDE):
        return grey
    way = cv2.INTER_AREA if min(height, width) >= SIDE else cv2.INTER_LINEAR
    return np.stack([cv2.resize(np.ascontiguousarray(image), (SIDE, SIDE), interpolation=way) for image in grey])
