"""Pictures at the size a page shows them."""

import numpy as np
import pytest
from PIL import Image

from core.pictures.display import enlarge, thumbnail


def test_each_pixel_becomes_a_sharp_square():
    image = np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)
    large = enlarge(image, 168)
    assert large.shape == (168, 168)
    assert np.array_equal(large, np.kron(image, np.ones((6, 6), np.uint8)))
    assert not enlarge(None, 56).any()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I", "F", "I;16"])
def test_every_kind_of_picture_fits_the_square(mode):
    assert thumbnail(Image.new(mode, (300, 40)), 168).size == (168, 168)
    assert thumbnail(Image.new(mode, (1, 900)), 168).mode == "RGB"


def test_deep_greys_are_not_clipped_to_white():
    ramp = Image.fromarray(np.linspace(0, 65535, 400).reshape(20, 20).astype(np.uint16))
    assert len(np.unique(np.asarray(thumbnail(ramp, 40)))) > 50
