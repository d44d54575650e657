"""A picture resized and nothing else, as most demos do."""

import numpy as np
import pytest
from PIL import Image

from core.preprocessing.naive_resize import resize_naively


def test_polarity_aspect_and_place_stay_as_they_are():
    page = np.full((100, 200), 255, np.uint8)
    page[:50, :100] = 0
    seen = resize_naively(page)
    assert seen.shape == (28, 28)
    assert seen.dtype == np.uint8
    assert seen[5, 5] < 5
    assert seen[20, 20] > 250


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I", "F", "I;16"])
def test_every_kind_of_picture_is_taken(mode):
    assert resize_naively(Image.new(mode, (40, 30))).shape == (28, 28)
