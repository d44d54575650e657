"""Pictures at the size a page shows them."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from core.pictures.display import contact_sheet, data_url, encode, enlarge, shrink_to_screen, thumbnail


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


def test_a_small_picture_is_a_url_that_holds_every_pixel():
    image = np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)
    kind, data = data_url(encode(image)).split(",")
    assert kind == "data:image/png;base64"
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(base64.b64decode(data)))), image)


def test_colours_keep_their_order():
    red = Image.new("RGB", (4, 4), (255, 0, 0))
    assert Image.open(io.BytesIO(encode(red))).getpixel((1, 1)) == (255, 0, 0)


def test_a_large_picture_is_a_jpeg():
    url = data_url(encode(np.zeros((400, 400), np.uint8)))
    assert url.startswith("data:image/jpeg;base64,")


def test_a_contact_sheet_has_transparent_gaps_between_its_pictures():
    pictures = np.stack([np.full((2, 2), value, np.uint8) for value in (0, 255, 10)])
    sheet = contact_sheet(pictures, columns=2, size_px=13)
    assert sheet.shape == (12, 12, 4)  # twice the size, and a gap of 4: 4 + 4 + 4 pixels each way
    assert (sheet[:4, :4] == (0, 0, 0, 255)).all() and (sheet[:4, 8:] == 255).all()
    assert (sheet[8:, :4] == (10, 10, 10, 255)).all()
    assert (sheet[4:8, :, 3] == 0).all() and (sheet[8:, 8:, 3] == 0).all()


@pytest.mark.parametrize(("side", "columns"), [(28, 8), (3, 8), (5, 6)])
def test_a_contact_sheet_is_as_wide_as_it_may_be_at_most(side, columns):
    sheet = contact_sheet(np.zeros((columns, side, side), np.uint8), columns, 360)
    assert 360 - columns * side < sheet.shape[1] <= 360


def test_transparency_is_shown_on_grey():
    small = shrink_to_screen(Image.new("RGBA", (40, 20), (255, 0, 0, 0)), 10)
    assert small.mode == "RGB" and small.size == (10, 5) and small.getpixel((3, 3)) == (128, 128, 128)
