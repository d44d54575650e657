"""Pictures at the size a page shows them."""

import base64

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageOps

from core.pictures.decoding import has_deep_greys, to_eight_bits

_SHARP_PX = 100_000  # smaller pictures are kept as they are; larger ones may lose a little


def enlarge(image: np.ndarray | None, size_px: int) -> np.ndarray:
    """Return a (28, 28) uint8 picture as (size_px, size_px) with every pixel a sharp square; black for None."""
    image = np.zeros((28, 28), np.uint8) if image is None else image
    return cv2.resize(image, (size_px, size_px), interpolation=cv2.INTER_NEAREST)


def contact_sheet(pictures: np.ndarray, columns: int, size_px: int) -> np.ndarray:
    """Return (k, h, w) uint8 pictures side by side, `columns` in a row, each pixel a sharp square.

    The sheet is `size_px` wide at most; mid-grey parts the pictures and fills the last row.
    """
    k, h, w = pictures.shape
    rows = -(-k // columns)
    padded = np.full((rows * columns, h + 1, w + 1), 128, np.uint8)
    padded[:k, :h, :w] = pictures
    cells = padded.reshape(rows, columns, h + 1, w + 1).swapaxes(1, 2)  # (rows, h + 1, columns, w + 1)
    small = cells.reshape(rows * (h + 1), -1)[:-1, :-1]
    factor = max(1, size_px // small.shape[1])
    return small.repeat(factor, axis=0).repeat(factor, axis=1)


def png_data_url(image: np.ndarray) -> str:
    """Return a (h, w) uint8 picture as the address of a PNG that holds itself: `data:image/png;base64,…`."""
    _, png = cv2.imencode(".png", image)
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def thumbnail(picture: Image.Image, size_px: int) -> Image.Image:
    """Return the picture as RGB in a square of `size_px`, aspect kept, on mid-grey where it does not fill it."""
    small = ImageOps.contain(shrink_to_screen(picture, 8 * size_px), (size_px, size_px))
    square = Image.new("RGB", (size_px, size_px), (128, 128, 128))
    square.paste(small, ((size_px - small.width) // 2, (size_px - small.height) // 2))
    ImageDraw.Draw(square).rectangle([0, 0, size_px - 1, size_px - 1], outline=(128, 128, 128))
    return square


def shrink_to_screen(picture: Image.Image, longest_px: int) -> Image.Image:
    """Return the picture as RGB of at most `longest_px` a side, transparency on mid-grey."""
    small = _eight_bit(_with_alpha(_coarser(picture, max(1, max(picture.size) // (2 * longest_px)))))
    small.thumbnail((longest_px, longest_px))
    if small.mode == "RGBA":
        ground = Image.new("RGB", small.size, (128, 128, 128))
        ground.paste(small, mask=small)
        return ground
    return small.convert("RGB")


def encode(picture: np.ndarray | Image.Image) -> bytes:
    """Return a picture, uint8 (h, w) or (h, w, 3) in RGB, as the bytes of a file: PNG if it is small, else JPEG."""
    pixels = np.asarray(picture)
    if pixels.ndim == 3:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    small = pixels.size <= _SHARP_PX
    done, data = cv2.imencode(".png", pixels) if small else cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 88])
    if not done:
        raise ValueError(f"A picture of shape {pixels.shape} cannot be encoded.")
    return data.tobytes()


def data_url(file: bytes) -> str:
    """Return the bytes of a PNG or JPEG as a URL that holds them."""
    kind = "png" if file.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(file).decode()}"


def to_grey(picture: Image.Image) -> Image.Image:
    """Return the picture in 8-bit grey; transparency is ignored."""
    return _eight_bit(picture).convert("L")


def _coarser(picture, factor):
    """The picture at a whole fraction of its size, before a copy of a large one is made."""
    if picture.mode in ("1", "P", "PA") or picture.mode.startswith("I;"):  # Pillow averages none of these
        size = max(1, picture.width // factor), max(1, picture.height // factor)
        return picture.resize(size, Image.Resampling.NEAREST)
    return picture.reduce(factor)


def _with_alpha(picture):
    return picture.convert("RGBA") if "A" in picture.getbands() or "transparency" in picture.info else picture


def _eight_bit(picture):
    """Deep greys in 8 bits, as the reader sees them: Pillow would clip them to white."""
    return to_eight_bits(picture) if has_deep_greys(picture) else picture
