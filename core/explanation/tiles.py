"""Pictures of one size side by side, as a page shows them: small, each value one pixel, enlarged by the browser."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.pictures.display import data_url, encode

_MIN_SIDE_PX = 12  # of a tile on the screen: a narrower one cannot be picked


@dataclass(frozen=True, eq=False)
class Tiles:
    """n pictures: `pictures` is (n, h, w, 3) uint8 in RGB; each value is shown `zoom` pixels wide and high.

    A picture that would be too flat to be picked is shown higher.
    """

    pictures: np.ndarray
    zoom: int

    @property
    def size_px(self) -> tuple[int, int]:
        """Return the width and height in which one picture is shown, pixels."""
        height, width = self.pictures.shape[1:3]
        return max(self.zoom * width, _MIN_SIDE_PX), max(self.zoom * height, _MIN_SIDE_PX)

    @cached_property
    def url(self) -> str:
        """Return all pictures, one below the other, as a URL that contains a PNG."""
        n, height, width, _ = self.pictures.shape
        return data_url(encode(self.pictures.reshape(n * height, width, 3), lossless=True))


def zoom_for(size_px: int, shape: tuple[int, ...]) -> int:
    """Return by how much pictures (…, h, w) are enlarged, so that their longer side has about so many pixels."""
    return max(1, round(size_px / max(shape[-2:])))


def as_pictures(maps: np.ndarray) -> np.ndarray:
    """Return units (n,), (n, w) or (n, h, w) as pictures (n, h, w); more axes are laid side by side."""
    if maps.ndim == 1:
        return maps[:, None, None]
    return maps[:, None] if maps.ndim == 2 else maps.reshape(len(maps), maps.shape[1], -1)


def to_unit_range(values: np.ndarray) -> np.ndarray:
    """Return values divided by the strongest of them, (…,) float32 in [-1, 1]."""
    return values / np.float32(max(float(np.abs(values).max(initial=0)), np.finfo(np.float32).tiny))
