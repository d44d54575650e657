"""Images whose label may be wrong, found without any network: all images that look most like one have another label."""

from dataclasses import dataclass

import numpy as np

MAX_LOOKED_AT = 6000
"""How many images are compared with each other: so many take about two seconds on two cores."""

_NEIGHBOURS = 5
_CHUNK = 500


@dataclass(frozen=True, eq=False)
class DoubtfulImage:
    """An image (28, 28) uint8, its index in the training part, its label, and the label of all that look like it."""

    index: int
    image: np.ndarray
    label: int
    rather: int
    likeness: float  # mean cosine of the angle to its neighbours, 0 to 1: the more alike, the more doubtful


def find_doubtful(images: np.ndarray, labels: np.ndarray) -> list[DoubtfulImage]:
    """Return the images whose five nearest others all have one other label, those most like them first.

    images: (n, 28, 28) uint8, labels: (n,). Of more than `MAX_LOOKED_AT`, that many are looked at, evenly.
    This is the edited nearest neighbour rule (Wilson, 1972).
    """
    places = np.unique(np.linspace(0, len(images) - 1, min(len(images), MAX_LOOKED_AT)).astype(np.int64))
    flat = images[places].reshape(len(places), -1).astype(np.float32)
    flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1)
    found, count = [], min(_NEIGHBOURS, len(places) - 1)
    for first in range(0, len(places), _CHUNK) if count == _NEIGHBOURS else ():
        likeness = flat[first : first + _CHUNK] @ flat.T
        likeness[np.arange(len(likeness)), first + np.arange(len(likeness))] = -1
        nearest = np.argpartition(-likeness, count, axis=1)[:, :count]
        chosen = labels[places[nearest]]
        agree = (chosen == chosen[:, :1]).all(axis=1) & (chosen[:, 0] != labels[places[first : first + _CHUNK]])
        for row in np.flatnonzero(agree).tolist():
            place, mean = int(places[first + row]), float(likeness[row, nearest[row]].mean())
            found.append(DoubtfulImage(place, images[place], int(labels[place]), int(chosen[row, 0]), mean))
    return sorted(found, key=lambda each: -each.likeness)
