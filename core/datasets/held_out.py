"""A test part for sets that come without one: every fifth image of each class."""

import numpy as np

SHARE = 5
"""One image of so many is for the test."""

MIN_TESTED = 3
"""From so many images of a class on, one is for the test."""


def every_fifth(labels: np.ndarray, seed: int | None = 0) -> np.ndarray:
    """Return which images are the test part, (n,) bool: of each class one in five, at least one of three.

    seed: the order in which they are counted is drawn with it; None: that of the images, so that a set that grows at
    its end keeps the test part that it had.
    """
    is_test = np.zeros(len(labels), bool)
    rng = None if seed is None else np.random.default_rng(seed)
    for label in np.unique(labels):
        places = np.flatnonzero(labels == label)
        if rng is not None:
            places = rng.permutation(places)
        is_test[places[MIN_TESTED - 1 :: SHARE]] = True
    return is_test
