"""Images of 28×28, packed in memory: pictures of white paper take a fraction of it, and a set has them twice."""

import zlib
from collections.abc import Iterator

import numpy as np

_BLOCK = 256  # images that are packed together
_LEVEL = 1


class PackedImages:
    """Images that are appended, and then read like an array (n, 28, 28) uint8 by their indexes."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []
        self._open = np.empty((_BLOCK, 28, 28), np.uint8)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, images: np.ndarray) -> None:
        """Add (k, 28, 28) uint8 images at the end."""
        for image in images:
            self._open[self._count % _BLOCK] = image
            self._count += 1
            if self._count % _BLOCK == 0:
                self._blocks.append(zlib.compress(self._open.data, _LEVEL))

    def __iter__(self) -> Iterator[np.ndarray]:
        for number in range(-(-self._count // _BLOCK)):
            yield from self._block(number)

    def __getitem__(self, places: np.ndarray) -> np.ndarray:
        """Return the images at these indexes, (k,) integers: (k, 28, 28) uint8."""
        found = np.empty((len(places), 28, 28), np.uint8)
        order = np.argsort(places, kind="stable")
        numbers = places[order] // _BLOCK
        for number in np.unique(numbers).tolist():
            first, end = np.searchsorted(numbers, [number, number + 1])
            chosen = order[first:end]
            found[chosen] = self._block(number)[places[chosen] % _BLOCK]
        return found

    def _block(self, number: int) -> np.ndarray:
        if number == len(self._blocks):
            return self._open[: self._count % _BLOCK]
        return np.frombuffer(zlib.decompress(self._blocks[number]), np.uint8).reshape(_BLOCK, 28, 28)
