"""Any picture in grey at working size: colour, transparency and deep greys are reduced to 8-bit luminance."""

from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image

from core.pictures.decoding import apply_orientation
from core.pictures.deep_greys import has_deep_greys, to_eight_bits

_BAND_PIXELS = 2_000_000  # of an image that is converted at a time
WORK_PIXELS = 2_000_000  # larger pictures are shrunk to this: on a page of 100 digits each still has 80 pixels


class ScaledPicture(NamedTuple):
    """A picture at working size."""

    pixels: np.ndarray  # (h, w), (h, w, 3) or (h, w, 4) uint8
    scale: float  # pixels of the given picture per pixel of this one, along a side


def to_working_grey(picture: Image.Image | np.ndarray) -> ScaledPicture:
    """Return a PIL image or uint8 array (H, W), (H, W, 3) or (H, W, 4) as (h, w) uint8 at working size.

    Raises ValueError for an array of another shape or dtype.
    """
    if isinstance(picture, Image.Image):
        planes, scale = _scale_image(apply_orientation(picture))
    else:
        planes, scale = _scale_array(np.asarray(picture))
    if planes.ndim == 2:
        return ScaledPicture(planes, scale)
    if planes.shape[2] == 4:
        planes = _over_ground(planes)
    return ScaledPicture(_clearest_channel(planes), scale)


def _scale_image(image: Image.Image) -> ScaledPicture:
    width, height = image.size
    if has_deep_greys(image):
        image = to_eight_bits(image)
    mode = _target_mode(image)
    factor = int((width * height / WORK_PIXELS) ** 0.5)
    if image.mode in ("P", "PA", "1"):  # palette indices cannot be averaged
        image = _convert_and_reduce(image, mode, max(1, factor))
    elif factor > 1:
        image = image.reduce(factor)  # before another copy of a large picture is made
    planes, _ = _shrink(np.asarray(image if image.mode == mode else image.convert(mode)))
    return ScaledPicture(planes, max(width, height) / max(planes.shape[:2]))


def _convert_and_reduce(image: Image.Image, mode: str, factor: int) -> Image.Image:
    """Return an image in another mode at 1 / `factor` of its size, band by band: no large copy of it is made."""
    width, height = image.size
    found = Image.new(mode, (-(-width // factor), -(-height // factor)))
    rows = factor * max(1, _BAND_PIXELS // (width * factor))
    for top in range(0, height, rows):
        band = image.crop((0, top, width, min(top + rows, height))).convert(mode)
        found.paste(band.reduce(factor) if factor > 1 else band, (0, top // factor))
    return found


def _target_mode(image: Image.Image) -> str:
    if image.mode in ("1", "L"):
        return "L"
    has_alpha = image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info
    return "RGBA" if has_alpha else "RGB"


def _scale_array(array: np.ndarray) -> ScaledPicture:
    if array.dtype != np.uint8 or array.ndim not in (2, 3) or array.ndim == 3 and array.shape[2] not in (1, 3, 4):
        raise ValueError(f"A picture is a uint8 array (H, W), (H, W, 3) or (H, W, 4), not {array.dtype} {array.shape}.")
    if array.size == 0:
        raise ValueError(f"A picture has at least one pixel, not the shape {array.shape}.")
    return _shrink(array[:, :, 0] if array.ndim == 3 and array.shape[2] == 1 else array)


def _shrink(planes: np.ndarray) -> ScaledPicture:
    height, width = planes.shape[:2]
    scale = max(1.0, (height * width / WORK_PIXELS) ** 0.5)
    if scale == 1:
        return ScaledPicture(planes, 1.0)
    size = max(1, round(width / scale)), max(1, round(height / scale))
    return ScaledPicture(cv2.resize(planes, size, interpolation=cv2.INTER_AREA), scale)


def _over_ground(planes: np.ndarray) -> np.ndarray:
    """Return (h, w, 4) as (h, w, 3) over a ground of one colour: the paper's if most is opaque, else black or white.

    Where little is opaque it is ink, and the ground is what the ink is not.
    """
    alpha = planes[:, :, 3:].astype(np.float32) / 255
    opaque = planes[planes[:, :, 3] > 127][:, :3]
    if not len(opaque):
        return np.zeros_like(planes[:, :, :3])
    if len(opaque) > planes.shape[0] * planes.shape[1] / 2:
        ground = np.median(opaque, axis=0)
    else:
        ground = np.full(3, 255.0 if opaque.mean() < 128 else 0.0)
    return (planes[:, :, :3] * alpha + ground * (1 - alpha)).astype(np.uint8)


def _clearest_channel(planes: np.ndarray) -> np.ndarray:
    """Return (h, w, 3) as (h, w): luminance, unless one channel separates ink far better (yellow on white)."""
    grey = cv2.cvtColor(planes, cv2.COLOR_RGB2GRAY)
    deviations = [float(planes[:, :, channel].std()) for channel in range(3)]
    best = int(np.argmax(deviations))
    return planes[:, :, best].copy() if deviations[best] > 2 * float(grey.std()) else grey
