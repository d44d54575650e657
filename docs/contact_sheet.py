"""Contact sheets of the documents: tiles of one size in rows, saved with few colours so that they stay small."""

from pathlib import Path

import numpy as np
from PIL import Image

FOLDER = Path(__file__).parent
MAX_BYTES = 300_000
_GAP_PX = 6
_COLOURS = 64


def arrange(tiles: list[np.ndarray], columns: int) -> np.ndarray:
    """Return tiles (h, w, 3) uint8, all of one size, in rows on white."""
    rows = -(-len(tiles) // columns)
    height, width = tiles[0].shape[0] + _GAP_PX, tiles[0].shape[1] + _GAP_PX
    sheet = np.full((rows * height - _GAP_PX, columns * width - _GAP_PX, 3), 255, np.uint8)
    for k, tile in enumerate(tiles):
        top, left = k // columns * height, k % columns * width
        sheet[top : top + tile.shape[0], left : left + tile.shape[1]] = tile
    return sheet


def save(sheet: np.ndarray, name: str, kmeans: int = 0) -> None:
    """Write a sheet (h, w, 3) uint8 into this folder as a PNG of few colours, and print its size.

    kmeans: rounds of k-means after the median cut; one keeps the colours of small things.
    Raises `ValueError` where the file is larger than `MAX_BYTES`.
    """
    path = FOLDER / name
    Image.fromarray(sheet).quantize(_COLOURS, kmeans=kmeans, dither=Image.Dither.NONE).save(path, optimize=True)
    size_bytes = path.stat().st_size
    if size_bytes > MAX_BYTES:
        raise ValueError(f"{path} has {size_bytes:,} bytes; a picture of the documents may have {MAX_BYTES:,}.")
    print(f"{name}: {size_bytes / 1000:.0f} kB")
