"""Pictures whose greys have more than 8 bits, as scanners and microscopes give them, in 8 bits."""

import numpy as np
from PIL import Image

_STRIP_PIXELS = 1_000_000  # a picture is converted in strips of about this many pixels


def has_deep_greys(image: Image.Image) -> bool:
    """Return whether the picture's greys have 16 or 32 bits or are floating-point numbers."""
    return image.mode.startswith(("I", "F"))


def to_eight_bits(image: Image.Image) -> Image.Image:
    """Return a picture of deep greys in 8 bits: black at 0 or at the darkest, white at the lightest.

    It is converted in strips: a floating-point copy of a whole large picture would take hundreds of megabytes.
    """
    width, height = image.size
    rows = max(1, _STRIP_PIXELS // width)
    boxes = [(0, top, width, min(top + rows, height)) for top in range(0, height, rows)]
    ranges = [(values.min(), values.max()) for values in (_grey_values(image, box) for box in boxes)]
    low, high = min(0.0, *(float(low) for low, _ in ranges)), max(float(high) for _, high in ranges)
    if high > 1:
        high = max(high, 255.0)
    converted = Image.new("L", image.size)
    for box in boxes:
        strip = (_grey_values(image, box) - np.float32(low)) * np.float32(255 / max(high - low, 1e-6))
        converted.paste(Image.fromarray(strip.astype(np.uint8)), box)
    return converted


def _grey_values(image: Image.Image, box: tuple[int, int, int, int]) -> np.ndarray:
    """Return the greys in a part of the picture, (h, w) float32, all of them finite."""
    return np.nan_to_num(np.asarray(image.crop(box)).astype(np.float32), copy=False, posinf=0, neginf=0)
