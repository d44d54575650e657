"""The pictures without a digit that the refusal is measured with, and the shipped reader's refusals of some."""

import numpy as np
import pytest

from benchmarks.refusal import refused
from benchmarks.refusal_pictures import KINDS, pictures
from core.datasets.mnist import load_arrays
from core.recognition.recognizer import Recognizer


@pytest.mark.parametrize("kind", KINDS)
def test_every_maker_of_a_kind_makes_pictures_that_a_seed_repeats(kind):
    n = 2 * len(KINDS[kind])
    made, again, other = pictures(kind, n), pictures(kind, n), pictures(kind, n, seed=1)
    assert len(made) == n
    for picture in made:
        assert picture.dtype == np.uint8
        assert picture.shape == ((200, 200, 3) if kind == "photos" else (200, 200))
    assert all(np.array_equal(one, two) for one, two in zip(made, again, strict=True))
    assert not any(np.array_equal(one, two) for one, two in zip(made, other, strict=True))


def test_95_of_100_pictures_without_a_digit_are_refused():
    """Of 60 pictures of each kind, as of `benchmarks.refusal`'s 600: as a mean, for 60 say little of a kind."""
    reader = Recognizer.load()
    shares = {kind: refused(reader, pictures(kind, 60)).mean() for kind in KINDS}
    assert np.mean(list(shares.values())) >= 0.95, shares


def test_99_of_100_digits_are_kept():
    """Of every third test image: the first thousand, harder than the rest, are too few to tell 99 % from 98.8 %."""
    assert refused(Recognizer.load(), load_arrays()["x_test"][::3]).mean() <= 0.01
