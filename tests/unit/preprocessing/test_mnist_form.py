"""MNIST form: every digit is brought to what MNIST's digits are."""

import cv2
import numpy as np
import pytest

from core.datasets.mnist import load_arrays
from core.preprocessing.mnist_form import MAX_ROTATED_PX, center_by_mass, fit_to_box, ink_box, to_mnist_form, tta_views


@pytest.fixture(scope="module")
def digits():
    return load_arrays()["x_test"][:500]


def bar(height, width, field=(100, 100), at=(20, 30)):
    ink = np.zeros(field, np.uint8)
    ink[at[0] : at[0] + height, at[1] : at[1] + width] = 255
    return ink


def centre_of_mass(image):
    rows, columns = np.indices(image.shape)
    return (rows * image).sum() / image.sum(), (columns * image).sum() / image.sum()


def test_mnist_passes_almost_unchanged(digits):
    passed = np.stack([to_mnist_form(digit) for digit in digits])
    differences = np.abs(passed.astype(int) - digits).mean(axis=(1, 2))
    assert np.median(differences) == 0
    assert differences.mean() < 0.2


@pytest.mark.parametrize("factor", [2, 5])
def test_a_digit_has_the_same_form_at_any_size_and_place(digits, factor):
    for digit in digits[:20]:
        large = np.kron(digit, np.ones((factor, factor), np.uint8))
        moved = np.pad(large, ((40, 3), (0, 90)))
        assert np.abs(to_mnist_form(moved).astype(int) - to_mnist_form(digit)).mean() < 3


@pytest.mark.parametrize(("height", "width"), [(60, 6), (6, 60), (40, 40), (3, 1), (1, 1)])
def test_the_longest_side_becomes_20_and_the_aspect_is_kept(height, width):
    _, _, wide, high = ink_box(to_mnist_form(bar(height, width)))
    assert max(wide, high) == 20
    assert wide / high == pytest.approx(width / height, rel=0.34)


def test_the_centre_of_mass_lies_in_the_middle():
    ink = bar(60, 10)
    ink[20:30, 40:70] = 255  # a heavy head to the right
    assert centre_of_mass(to_mnist_form(ink)) == pytest.approx((14, 14), abs=0.5)


def test_heavy_ends_do_not_push_ink_out_of_the_field():
    ink = np.zeros((20, 20), np.uint8)
    ink[:3] = 255
    ink[:, 0] = 30
    assert ink_box(center_by_mass(ink))[2:] == (20, 20)


def test_without_ink_the_form_is_empty():
    assert not to_mnist_form(np.zeros((50, 40), np.uint8)).any()
    assert ink_box(np.zeros((5, 5), np.uint8)) == (0, 0, 0, 0)


def test_edges_are_anti_aliased():
    slanted = np.tri(100, 37, dtype=np.uint8) * 255
    assert len(np.unique(to_mnist_form(slanted))) > 8


def test_a_digit_of_the_right_size_is_not_resampled():
    ink = bar(20, 8)[20:40, 30:38]
    assert fit_to_box(ink) is ink


def test_the_third_view_is_rotated_anti_clockwise():
    upright, narrowed, turned = tta_views(bar(60, 9)[20:80, 30:39])
    assert (upright == to_mnist_form(bar(60, 9))).all() and narrowed.any()
    rows, columns = np.nonzero(turned)
    drift = np.polyfit(rows, columns, 1, w=turned[rows, columns])[0]
    assert np.degrees(np.arctan(drift)) == pytest.approx(8, abs=2)


@pytest.mark.parametrize("shape", [(60_000, 33), (33, 60_000)])
def test_however_long_the_ink_the_field_in_which_it_is_rotated_stays_small(shape, monkeypatch):
    fields, turn = [], cv2.warpAffine
    monkeypatch.setattr(cv2, "warpAffine", lambda *values: fields.append(values[2]) or turn(*values))
    assert tta_views(np.full(shape, 255, np.uint8))[2].any()
    assert fields and max(max(field) for field in fields) <= 2 * MAX_ROTATED_PX
