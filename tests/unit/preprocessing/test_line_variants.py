"""Variants of a line: the same writing with other slants, in line form."""

import numpy as np
import pytest

from core.config.line_shape import FRAME_PX, LINE_HEIGHT_PX
from core.preprocessing.line_variants import SLANTS, line_variants


def leaning(form):
    """How many columns further right ink is per row upwards."""
    rows = np.flatnonzero(form.sum(axis=1) > 0.5)
    centres = [np.average(np.arange(form.shape[1]), weights=form[row]) for row in rows]
    return -np.polyfit(rows, centres, 1)[0]


def test_an_upright_stroke_leans_as_far_as_each_slant_says():
    form = np.zeros((LINE_HEIGHT_PX, 80), np.float32)
    form[5:35, 38:42] = 1
    variants = line_variants(form)
    assert [leaning(each) for each in variants] == pytest.approx(SLANTS, abs=0.02)
    assert all(each.sum() == pytest.approx(form.sum(), rel=0.02) for each in variants)


@pytest.mark.parametrize("width", [8, 80, 84, 4000])
def test_a_variant_is_of_whole_frames_and_loses_nothing_at_the_rims(width):
    form = np.zeros((LINE_HEIGHT_PX, width), np.float32)
    form[5:35, [0, -1]] = 1
    for each in line_variants(form):
        assert each.shape[0] == LINE_HEIGHT_PX and each.shape[1] % FRAME_PX == 0 and each.dtype == np.float32
        assert (each[6:34] > 0.4).sum(axis=1).min() >= 2


def test_paper_around_a_variant_goes_on_as_at_the_rim():
    shade = np.tile(np.linspace(0, 0.3, LINE_HEIGHT_PX, dtype=np.float32)[:, None], (1, 40))
    for each in line_variants(shade):
        assert np.allclose(each, each[:, :1], atol=1e-3)
