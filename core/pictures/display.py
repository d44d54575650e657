"""Pictures at the size and in the form in which a page shows them."""

import base64

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageOps

from core.pictures.deep_greys import has_deep_greys, to_eight_bits

_MAX_LOSSLESS_VALUES = 100_000  # pictures of more values are compressed with loss
_JPEG_QUALITY = 88
_GAP_PX = 4  # between the tiles of a contact sheet
_GROUND = 128  # mid-grey, around and behind pictures


def enlarge(image: np.ndarray | None, size_px: int) -> np.ndarray:
    """Return a (28, 28) uint8 picture as (size_px, size_px) with every pixel a sharp square; black for None."""
    image = np.zeros((28, 28), np.uint8) if image is None else image
    return cv2.resize(image, (size_px, size_px), interpolation=cv2.INTER_NEAREST)


def contact_sheet(pictures: np.ndarray, columns: int, size_px: int) -> np.ndarray:
    """Return (k, h, w) uint8 grey pictures as tiles, `columns` in a row, each pixel a sharp square: (H, W, 4) in RGBA.

    The sheet is `size_px` wide at most; the gaps between the tiles, and what is left of the last row, are transparent.
    """
    k, h, w = pictures.shape
    rows = -(-k // columns)
    factor = max(1, ((size_px + _GAP_PX) // columns - _GAP_PX) // w)
    high, wide = factor * h + _GAP_PX, factor * w + _GAP_PX
    tiles = np.zeros((rows * columns, high, wide, 4), np.uint8)
    large = pictures.repeat(factor, axis=1).repeat(factor, axis=2)
    tiles[:k, : factor * h, : factor * w, :3] = large[..., None]
    tiles[:k, : factor * h, : factor * w, 3] = 255
    sheet = tiles.reshape(rows, columns, high, wide, 4).swapaxes(1, 2).reshape(rows * high, columns * wide, 4)
    return sheet[:-_GAP_PX, :-_GAP_PX]


def thumbnail(picture: Image.Image, size_px: int) -> Image.Image:
    """Return the picture as RGB in a square of `size_px`, aspect kept, on mid-grey where it does not fill it."""
    grey = (_GROUND, _GROUND, _GROUND)
    small = ImageOps.contain(shrink_to_screen(picture, 8 * size_px), (size_px, size_px))
    square = Image.new("RGB", (size_px, size_px), grey)
    square.paste(small, ((size_px - small.width) // 2, (size_px - small.height) // 2))
    ImageDraw.Draw(square).rectangle([0, 0, size_px - 1, size_px - 1], outline=grey)
    return square


def shrink_to_screen(picture: Image.Image, longest_px: int) -> Image.Image:
    """Return the picture as RGB of at most `longest_px` a side, transparency on mid-grey."""
    small = _to_eight_bits(_with_alpha(_reduce(picture, max(1, max(picture.size) // (2 * longest_px)))))
    small.thumbnail((longest_px, longest_px))
    if small.mode == "RGBA":
        ground = Image.new("RGB", small.size, (_GROUND, _GROUND, _GROUND))
        ground.paste(small, mask=small)
        return ground
    return small.convert("RGB")


def encode(picture: np.ndarray | Image.Image, lossless: bool = False) -> bytes:
    """Return a picture, uint8 (h, w) or (h, w, 3) in RGB, as the bytes of a file.

    It is a PNG if the picture is small or nothing of it may be lost, else a JPEG.
    """
    pixels = np.asarray(picture)
    if pixels.ndim == 3:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    if lossless or pixels.size <= _MAX_LOSSLESS_VALUES:
        is_encoded, data = cv2.imencode(".png", pixels)
    else:
        is_encoded, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    if not is_encoded:
        raise ValueError(f"A picture of shape {pixels.shape} cannot be encoded.")
    return data.tobytes()


def data_url(file: bytes) -> str:
    """Return the bytes of a PNG or JPEG as a URL that contains them, for a browser: `data:image/png;base64,…`."""
    kind = "png" if file.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(file).decode()}"


def to_grey(picture: Image.Image) -> Image.Image:
    """Return the picture in 8-bit grey; transparency is ignored."""
    return _to_eight_bits(picture).convert("L")


def _reduce(picture: Image.Image, factor: int) -> Image.Image:
    """Return the picture at 1 / `factor` of its size, before a copy of a large one is made."""
    if picture.mode in ("1", "P", "PA") or picture.mode.startswith("I;"):  # Pillow averages none of these
        size = max(1, picture.width // factor), max(1, picture.height // factor)
        return picture.resize(size, Image.Resampling.NEAREST)
    return picture.reduce(factor)


def _with_alpha(picture: Image.Image) -> Image.Image:
    return picture.convert("RGBA") if "A" in picture.getbands() or "transparency" in picture.info else picture


def _to_eight_bits(picture: Image.Image) -> Image.Image:
    """Return deep greys in 8 bits, as the reader sees them: Pillow would clip them to white."""
    return to_eight_bits(picture) if has_deep_greys(picture) else picture
