"""Statistics of greys from their histogram, beside NumPy's of the pixels."""

import numpy as np
import pytest

from core.preprocessing.grey_levels import GreyLevels


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (40, 60)])
def test_they_are_those_of_the_pixels(shape):
    for seed in range(20):
        rng = np.random.default_rng(seed)
        grey = rng.integers(0, rng.integers(1, 256), shape).astype(np.uint8)
        levels = GreyLevels.of(grey)
        assert levels.count == grey.size and levels.median() == np.median(grey)
        assert levels.percentile(75) == pytest.approx(np.percentile(grey, 75))
        assert levels.mean() == pytest.approx(grey.mean()) and levels.deviation() == pytest.approx(grey.std())
        assert levels.median_deviation() == np.median(np.abs(grey - np.median(grey)))


def test_greys_above_and_up_to_a_threshold():
    grey = np.arange(256, dtype=np.uint8)[None]
    levels = GreyLevels.of(grey)
    assert levels.above(99.5).count == 156 and levels.up_to(100).count == 101
    assert levels.above(100).median() == np.median(grey[grey > 100])
    assert levels.above(255).count == 0
