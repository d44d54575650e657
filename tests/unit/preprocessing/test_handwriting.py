"""The ink finder on pictures of every size: what it is shown, and what it says."""

import cv2
import numpy as np
import pytest

from core.networks.ink_finder import normalize_greys
from core.preprocessing import handwriting
from core.preprocessing.handwriting import InkFinder
from core.preprocessing.ink_mask import to_mask


@pytest.fixture(scope="module")
def finder():
    return InkFinder.released()


def digits(height, side=(600, 800), text="274"):
    """Digits of about that height, dark on light: (h, w) uint8."""
    picture = np.full(side, 230, np.uint8)
    scale = height / 22
    cv2.putText(picture, text, (side[1] // 4, side[0] // 2), cv2.FONT_HERSHEY_SIMPLEX, scale, 40, max(1, height // 9))
    return picture


def overlap(found, picture):
    mask = to_mask(cv2.resize(found, picture.shape[::-1])) > 0
    ink = picture < 128
    return (mask & ink).sum() / (mask | ink).sum()


@pytest.mark.parametrize("height", [16, 40, 120, 300])
def test_digits_of_every_size_are_found(finder, height):
    picture = digits(height)
    [found] = finder.find([picture], single=False)
    assert found.shape[1] / found.shape[0] == pytest.approx(picture.shape[1] / picture.shape[0], rel=0.02)
    assert overlap(found, picture) > 0.5


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (20_000, 3), (3, 5), (2000, 1000)])
@pytest.mark.parametrize("single", [True, False])
def test_a_picture_of_any_shape_is_seen(finder, shape, single):
    [found] = finder.find([np.random.default_rng(0).integers(0, 256, shape, np.uint8)], single)
    assert np.isfinite(found).all() and 0 <= found.min() <= found.max() <= 1
    assert max(found.shape) <= handwriting._LINES_PX[-1]


def test_pictures_in_one_call_are_found_as_each_alone(finder):
    pictures = [digits(40, (200, 300)), digits(60, (300, 300)), digits(30, (200, 300), "8")]
    together = finder.find(pictures, single=False)
    for picture, found in zip(pictures, together, strict=True):
        [alone] = finder.find([picture], single=False)
        assert alone.shape == found.shape
        assert np.allclose(alone, found, atol=1e-4)


def test_a_large_picture_of_small_digits_is_seen_again_larger(finder, monkeypatch):
    seen = []
    plain = finder._see
    monkeypatch.setattr(finder, "_see", lambda greys, longest: seen.append(list(longest)) or plain(greys, longest))
    finder.find([digits(24, (900, 1200))], single=False)
    sides = [side for longest in seen for side in longest]
    assert sides[0] == 256 and sides[-1] > 1.4 * 640


def test_the_network_is_shown_only_sizes_that_it_takes(finder, monkeypatch):
    shapes = []
    plain = finder._predict
    monkeypatch.setattr(finder, "_predict", lambda pictures: shapes.append(pictures.shape) or plain(pictures))
    finder.find([digits(40, (201, 333)), digits(40, (70, 90))], single=False)
    assert shapes and all(side % 64 == 0 for shape in shapes for side in shape[1:3])


def test_a_large_picture_is_seen_strip_by_strip_nearly_as_at_once(finder, monkeypatch):
    picture = normalize_greys(digits(40, (768, 1024), "27458")[None])
    in_strips = finder._probabilities(picture)
    shapes = []
    monkeypatch.setattr(handwriting, "_STRIP_PIXELS", 10**9)
    plain = finder._predict
    monkeypatch.setattr(finder, "_predict", lambda pictures: shapes.append(pictures.shape) or plain(pictures))
    at_once = finder._probabilities(picture)
    assert shapes == [(1, 768, 1024, 1)] and in_strips.shape == at_once.shape == (1, 768, 1024)
    one, other = to_mask(in_strips[0]), to_mask(at_once[0])
    assert (one & other).sum() > 0.97 * (one | other).sum() > 0
