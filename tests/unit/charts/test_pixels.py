"""A digit as numbers: each pixel stands in the chart once, its number in the ink that can be read on it."""

import numpy as np

from core.charts.pixels import pixel_grid


def test_every_pixel_has_its_number_in_black_or_white_and_paper_has_none():
    image = np.zeros((28, 28), np.uint8)
    image[3, 5], image[3, 6], image[20, 10] = 90, 117, 255
    dark, bright = pixel_grid(image).data
    assert (dark.textfont.color, bright.textfont.color) == ("#fff", "#000")
    assert (dark.text[3][5], dark.text[3][6], dark.text[0][0], bright.text[20][10]) == ("90", "117", "", "255")
    shown = [[(d, b) for d, b in zip(*rows, strict=True)] for rows in zip(dark.z, bright.z, strict=True)]
    assert all((d is None) != (b is None) for row in shown for d, b in row)
    assert [[d if b is None else b for d, b in row] for row in shown] == image.tolist()
