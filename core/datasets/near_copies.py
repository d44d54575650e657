"""Pictures that are nearly the same, such as one that was saved again: found by hashes of what they look like."""

import numpy as np

from core.datasets.packed_images import PackedImages

_MIN_LIKENESS = 0.9997  # correlation of pixels: of a JPEG saved again 0.9999, of MNIST's most alike two images 0.99
_MAX_SQUARE = 2 * (1 - _MIN_LIKENESS)  # of the distance between two that are so alike, along any directions
_DIRECTIONS = 6  # principal components by whose cells pictures are hashed; they are sorted by one more
_CELL = 0.08  # of lengths up to 1
_TABLES = 3  # hashes with other cells, for two alike may lie on the two sides of a cell's edge
_LOOKED_AT = 4  # that follow one in the order of a hash
_SAMPLE, _CHUNK = 500, 1000


def find_near_copies(images: np.ndarray | PackedImages, places: np.ndarray) -> np.ndarray:
    """Return the pairs of nearly equal images among those at `places` of (n, 28, 28) uint8 ones, as (m, 2) places.

    A copy that was saved again, made larger or smaller, or brighter is found nearly always; one that was cut off, moved
    or turned is not. It takes time and memory in proportion to the number of images.
    """
    if len(places) < 2:
        return np.empty((0, 2), np.int64)
    sample = places[np.unique(np.linspace(0, len(places) - 1, min(len(places), _SAMPLE)).astype(np.int64))]
    directions = np.linalg.svd(_unit_rows(images[sample]), full_matrices=False)[2][: _DIRECTIONS + 1].T
    chunks = [places[first : first + _CHUNK] for first in range(0, len(places), _CHUNK)]
    seen = np.concatenate([_unit_rows(images[chunk]) @ directions for chunk in chunks])
    found = [_alike(images, places, candidates) for candidates in _candidates(seen)]
    return np.unique(np.sort(np.concatenate(found), axis=1), axis=0)


def _unit_rows(images: np.ndarray) -> np.ndarray:
    """Return (k, 28, 28) images as (k, 784) float32 of mean 0 and length 1; of one colour, as zeros."""
    rows = images.reshape(len(images), -1).astype(np.float32)
    rows -= rows.mean(axis=1, keepdims=True)
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1)


def _candidates(seen: np.ndarray) -> list[np.ndarray]:
    """Return pairs of rows of `seen` (n, directions + 1) that lie in one cell, one after the other: (k, 2) each."""
    found = []
    for table in range(_TABLES):
        cells = np.floor(seen[:, :_DIRECTIONS] / _CELL + table / _TABLES).astype(np.int64)
        keys = cells @ (np.int64(101) ** np.arange(cells.shape[1]))
        order = np.lexsort((seen[:, -1], keys))
        for step in range(1, min(_LOOKED_AT, len(order) - 1) + 1):
            one, other = order[:-step], order[step:]
            is_near = (keys[one] == keys[other]) & (np.square(seen[one] - seen[other]).sum(axis=1) <= _MAX_SQUARE)
            found.append(np.column_stack([one[is_near], other[is_near]]))
    return found


def _alike(images: np.ndarray | PackedImages, places: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Return those of the pairs of rows whose images are nearly equal, as places."""
    found = [np.empty((0, 2), np.int64)]
    for first in range(0, len(pairs), _CHUNK):
        chosen = places[pairs[first : first + _CHUNK]]
        one, other = (_unit_rows(images[chosen[:, side]]) for side in (0, 1))
        found.append(chosen[np.einsum("np,np->n", one, other) >= _MIN_LIKENESS])
    return np.concatenate(found)
