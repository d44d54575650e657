"""Pictures of one line, which the line reader sees whole."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from core.datasets.mnist import load_arrays
from core.preprocessing.binarization import find_inks
from core.recognition import Recognizer
from core.recognition.whole_line import MAX_HEIGHT, completed, find_whole_line


@pytest.fixture(scope="module")
def reader():
    return Recognizer.load()


def line(labels=(7, 2, 1, 0, 4), rim=(6, 6), paper=230, ink=60, is_joined=False):
    """A picture of MNIST's first test digits in a row, (h, w) uint8, dark on light; a stroke joins their feet."""
    arrays = load_arrays()
    images, of_labels = arrays["x_test"], arrays["y_test"]
    row = np.hstack([images[np.flatnonzero(of_labels == label)[0]][3:25, 3:25] for label in labels])
    row = cv2.resize(row, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    row = np.pad(row, (rim, (8, 8)))
    picture = (paper - (paper - ink) * (row / 255.0)).astype(np.uint8)
    if is_joined:
        cv2.line(picture, (6, len(picture) - 10), (picture.shape[1] - 6, len(picture) - 10), ink, 3, cv2.LINE_AA)
    return picture


def ink_of(picture, strength=None):
    [ink] = find_inks([picture], single=False)
    return ink if strength is None else replace(ink, strength=strength)


def test_a_line_that_fills_its_picture_is_seen_whole_and_surely():
    whole = find_whole_line(ink_of(line()))
    assert whole is not None and whole.text == "72104"
    assert whole.is_sure and whole.is_clear and whole.heights < MAX_HEIGHT


@pytest.mark.parametrize("picture", [line(rim=(150, 150)), np.full((40, 200), 220, np.uint8), line()[:, :14]])
def test_a_page_blank_paper_and_a_sliver_are_no_such_line(picture):
    assert find_whole_line(ink_of(picture)) is None


def test_ink_that_was_not_found_is_filled_in_where_the_line_reader_sees_a_digit():
    picture = line()
    strength = ink_of(picture).strength.copy()
    strength[:, 90:140] = 0  # as if the third digit had not been found
    ink = ink_of(picture, strength)
    whole = find_whole_line(ink)
    assert whole is not None and whole.text == "72104"
    filled = completed(ink, whole)
    assert filled.strength[:, 90:140].any()
    assert (filled.strength[:, :80] == strength[:, :80]).all(), "what was found stays"
    assert not filled.doubt("72104") and filled.steps[-1].picture.any()
    complete = ink_of(picture)
    assert completed(complete, whole) is complete


def test_a_line_is_read_where_no_ink_was_found_at_all(reader, monkeypatch):
    from core.recognition import line_reader

    picture = line()
    nothing = ink_of(picture, np.zeros_like(picture))
    monkeypatch.setattr(line_reader, "find_inks", lambda *_: [nothing])
    reading = reader.read(picture)
    assert reading.text == "72104"
    assert reading.has_ink and not reading.left_out
    lefts = [digit.box[0] for digit in reading.digits]
    assert lefts == sorted(lefts) and all(digit.image.any() for digit in reading.digits)


def test_digits_whose_feet_a_stroke_joins_are_a_number(reader):
    reading = reader.read(line(is_joined=True))
    assert reading.text == "72104"


@pytest.mark.parametrize("gap", [14, 40])
def test_two_lines_one_below_the_other_are_two(reader, gap):
    picture = np.vstack([line((7, 2, 1), rim=(6, gap // 2)), line((0, 4, 1), rim=(gap // 2, 6))])
    assert find_whole_line(ink_of(picture)) is None
    assert reader.read(picture).text == "721\n041"


def test_digits_that_stand_far_apart_are_read_as_surely_as_near_ones(reader):
    far = np.hstack([np.pad(line([label]), ((40, 40), (70, 70)), constant_values=230) for label in (7, 2, 1, 0)])
    reading = reader.read(far)
    assert reading.text == "7210"
    assert min(float(digit.probabilities.max()) for digit in reading.digits) > 0.9
