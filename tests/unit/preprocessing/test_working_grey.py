"""Pictures at working size: large ones are converted band by band, with the same result."""

import numpy as np
import pytest
from PIL import Image

from core.preprocessing import working_grey
from core.preprocessing.working_grey import to_working_grey


@pytest.mark.parametrize("mode", ["P", "1", "PA"])
@pytest.mark.parametrize("size", [(4001, 3003), (12_000, 700), (300, 200)])
def test_a_large_image_is_converted_band_by_band_as_it_is_at_once(monkeypatch, mode, size):
    values = np.random.default_rng(0).integers(0, 200, (size[1] // 20 + 1, size[0] // 20 + 1), np.uint8)
    image = Image.fromarray(values).resize(size).convert("L" if mode != "1" else "1")
    if mode != "1":
        image = image.convert("RGB").quantize(16, dither=Image.Dither.NONE)
        image.info["transparency"] = 3
    if mode == "PA":
        image = image.convert("PA")
    in_bands = to_working_grey(image)
    monkeypatch.setattr(working_grey, "_BAND_PIXELS", 10**9)
    at_once = to_working_grey(image)
    assert in_bands.scale == at_once.scale
    assert (in_bands.pixels == at_once.pixels).all()
