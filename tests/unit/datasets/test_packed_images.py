"""Packed images are read as the array that was appended, whatever the order and the number of them."""

import numpy as np
import pytest

from core.datasets.packed_images import PackedImages

IMAGES = np.random.default_rng(0).integers(0, 256, (600, 28, 28), np.uint8)


@pytest.mark.parametrize("count", [0, 1, 255, 256, 257, 600])
def test_they_are_the_images_that_were_appended(count):
    packed = PackedImages()
    for first in range(0, count, 50):
        packed.append(IMAGES[first : min(first + 50, count)])
    assert len(packed) == count
    assert [image.tobytes() for image in packed] == [image.tobytes() for image in IMAGES[:count]]
    places = np.random.default_rng(1).permutation(count)[: count // 2 + 1]
    np.testing.assert_array_equal(packed[places], IMAGES[places])


def test_white_paper_takes_a_fraction():
    packed = PackedImages()
    packed.append(np.full((2560, 28, 28), 255, np.uint8))
    assert sum(map(len, packed._blocks)) < 2560 * 784 / 50
