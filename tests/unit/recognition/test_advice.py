"""Advice for doubtful readings: each cause is drawn, and named by its own sentence."""

import time
from dataclasses import replace

import cv2
import numpy as np
import pytest

from core.datasets.mnist import load_mnist
from core.recognition import Digit, Reading
from core.recognition.advice import BLURRED, DARK, PALE, SMALL, TILTED, UNEVEN, advise, is_doubtful
from tests.support.digits import digit

HEIGHT, WIDTH = 300, 900


def sheet(size=60, ink=40, paper=235, count=8):
    """A line of MNIST's digits on paper with a little noise, (h, w) uint8, and the boxes of the digits."""
    grey, boxes = np.full((HEIGHT, WIDTH), paper, np.float32), []
    for n in range(count):
        share = cv2.resize(load_mnist().test.images[n], (size, size), interpolation=cv2.INTER_AREA) / np.float32(255)
        left, top = 30 + n * (WIDTH - 60) // count, (HEIGHT - size) // 2
        window = grey[top : top + size, left : left + size]
        window[:] = window * (1 - share) + ink * share
        boxes.append((left + size // 5, top + size // 7, size * 3 // 5, size * 5 // 7))
    noise = np.random.default_rng(0).normal(0, 2, grey.shape)
    return np.clip(grey + noise, 0, 255).astype(np.uint8), boxes


def doubtful(boxes, confidence=0.4):
    """A reading of refused digits in these boxes."""
    return Reading("", tuple(replace(digit(1, confidence), box=box) for box in boxes), ())


def test_a_picture_without_a_fault_gets_no_advice_however_doubtful():
    picture, boxes = sheet()
    assert advise(picture, doubtful(boxes)) == ()
    assert advise(255 - picture, doubtful(boxes)) == (), "nor does one of light ink on a dark ground"


def test_a_reading_that_is_mostly_sure_gets_no_advice():
    picture, boxes = sheet(size=20)
    sure = tuple(replace(digit(1, 0.9), box=box) for box in boxes[:4])
    assert advise(picture, Reading("1111", (*sure, *doubtful(boxes[4:]).digits), ())) == ()
    assert advise(picture, Reading("111", (*sure[:3], *doubtful(boxes[3:]).digits), ())) == (SMALL,)


@pytest.mark.parametrize(
    ("confidences", "expected"),
    [([], True), ([0.9], False), ([0.7], True), ([0.9, 0.7], False), ([0.9, 0.7, 0.3], True)],
)
def test_mostly_doubtful_is_more_than_half_or_none_at_all(confidences, expected):
    digits: list[Digit] = [digit(1, confidence) for confidence in confidences]
    assert is_doubtful(digits) is expected


def test_small_digits_are_to_be_cropped_nearer():
    assert advise(*small(2)) == (SMALL,)


def small(factor):
    """A page that is larger than what is read at working size, by that factor along its sides."""
    picture, boxes = sheet(size=28)
    large = np.full((1400 * factor, 1400 * factor), 235, np.uint8)
    large[:HEIGHT, :WIDTH] = picture
    return large, doubtful(boxes)


def test_a_dark_picture_wants_more_light():
    picture, boxes = sheet(ink=15, paper=70)
    assert advise(picture, doubtful(boxes)) == (DARK,)


def test_pale_ink_wants_more_light():
    picture, boxes = sheet(ink=205)
    assert advise(picture, doubtful(boxes)) == (PALE,)


def test_uneven_light_wants_flatter_paper():
    picture, boxes = sheet()
    shade = np.linspace(1, 0.3, WIDTH)
    assert advise((picture * shade).astype(np.uint8), doubtful(boxes)) == (UNEVEN,)


@pytest.mark.parametrize("slope_deg", [-25, 20])
def test_slanted_lines_want_flatter_paper(slope_deg):
    picture, boxes = sheet(count=12, size=50)
    matrix = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), slope_deg, 0.9)
    matrix[1, 2] += 200
    turned = cv2.warpAffine(picture, matrix, (WIDTH, HEIGHT + 400), borderValue=235)
    corners = [matrix @ (left + width / 2, top + height / 2, 1) for left, top, width, height in boxes]
    there = [(int(x) - 15, int(y) - 18, 30, 36) for x, y in corners]
    assert advise(turned, doubtful(there)) == (TILTED,)


@pytest.mark.parametrize("size", [60, 90])
def test_a_blurred_picture_wants_a_still_hand(size):
    picture, boxes = sheet(size)
    assert advise(cv2.GaussianBlur(picture, (0, 0), 0.12 * size), doubtful(boxes)) == (BLURRED,)
    assert advise(cv2.GaussianBlur(picture, (0, 0), 0.03 * size), doubtful(boxes)) == ()


def test_where_no_digit_was_found_the_whole_picture_is_measured():
    nothing = Reading("", (), ())
    shade = np.linspace(1, 0.3, WIDTH)
    assert advise(sheet()[0], nothing) == ()
    assert advise(sheet(ink=15, paper=70)[0], nothing) == (DARK,)
    assert advise(sheet(ink=205)[0], nothing) == (PALE,)
    assert advise((sheet()[0] * shade).astype(np.uint8), nothing) == (UNEVEN,)
    assert advise(cv2.GaussianBlur(sheet(90)[0], (0, 0), 11), nothing) == (BLURRED,)


def test_a_blank_picture_gets_no_advice_and_a_sheet_on_a_dark_table_is_not_unevenly_lit():
    nothing = Reading("", (), ())
    for blank in (np.full((200, 200), 255, np.uint8), np.zeros((1, 1), np.uint8), np.full((3, 900), 40, np.uint8)):
        assert advise(blank, nothing) == ()
    table = np.full((600, 1200), 50, np.uint8)
    table[150:450, 300:] = sheet()[0]
    assert UNEVEN not in advise(table, nothing)


@pytest.mark.parametrize("boxes", [[(5000, 5000, 10, 10)], [(-50, -50, 10, 10)], [(0, 0, 1, 1)] * 400])
def test_boxes_anywhere_are_no_error(boxes):
    assert isinstance(advise(sheet()[0], doubtful(boxes)), tuple)


def test_a_large_picture_takes_no_longer_than_its_shrinking():
    picture, reading = small(3)
    began_s = time.process_time()
    advise(picture, reading)
    assert time.process_time() - began_s < 0.5
