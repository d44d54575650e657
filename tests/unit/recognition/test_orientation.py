"""Pictures on their side or head: found out, read turned, and said."""

import numpy as np
import pytest
from PIL import Image

from core.datasets.mnist import load_mnist
from core.pictures.entries import PictureEntry
from core.preprocessing.mnist_form import Step
from core.recognition import Digit, Reading, Recognizer
from core.recognition.orientation import MAX_DIGITS, TURNS, read_upright, turn_box
from core.recognition.results import TURNED_TEXTS, read_entries

BLANK = np.zeros((10, 20), np.uint8)


@pytest.fixture(scope="module")
def reader():
    return Recognizer.load()


def page(rows):
    """Rows of MNIST's test digits, dark on light, and their text."""
    test = load_mnist().test
    lines = [np.hstack([np.pad(test.images[index], ((0, 0), (0, 4))) for index in row]) for row in rows]
    picture = np.vstack([np.pad(line, 12) for line in lines]).repeat(3, 0).repeat(3, 1)
    return 255 - picture, "\n".join("".join(str(test.labels[index]) for index in row) for row in rows)


def reading(confidences, refused=(), **others):
    ink = Step("ink", np.ones((1, 1), np.uint8), "")
    digits = [
        Digit(7, confidence, number in refused, np.eye(10, dtype=np.float32)[7], (1, 2, 3, 4), BLANK)
        for number, confidence in enumerate(confidences)
    ]
    text = "7" * (len(digits) - len(refused))
    return Reading(text, tuple(digits), (ink,), pieces=5, **others)


def by_shape(upright, turned):
    """A reader of arrays: `upright` for one wider than high, `turned` for another."""
    read = []

    def read_pictures(pictures):
        read.extend(pictures)
        return [upright if picture.shape[1] > picture.shape[0] else turned for picture in pictures]

    return read_pictures, read


@pytest.mark.parametrize("turn", [0, *TURNS])
def test_a_box_turns_with_its_picture(turn):
    picture = np.zeros((50, 80), np.uint8)
    picture[10:14, 20:27] = 1
    rows, columns = np.nonzero(np.rot90(picture, -turn // 90))
    left, top, width, height = turn_box((20, 10, 7, 4), turn, (80, 50))
    assert (left, top) == (columns.min(), rows.min())
    assert (left + width, top + height) == (columns.max() + 1, rows.max() + 1)


def test_a_reading_without_doubt_is_read_once():
    read, seen = by_shape(reading([0.95] * 4), reading([1.0] * 9))
    (found,) = read_upright(read, [BLANK])
    assert found.turn == 0 and len(found.digits) == 4 and len(seen) == 1


@pytest.mark.parametrize(
    ("given", "turned", "turn"),
    [
        (reading([0.5] * 4), reading([0.99] * 4), 90),
        (reading([0.5] * 4, range(4)), reading([0.99] * 4), 90),
        (reading([]), reading([0.99] * 4), 90),
        (reading([0.5] * 4), reading([0.8] * 4), 0),  # too little evidence
        (reading([0.88] * 4), reading([0.99] * 4), 0),  # too little more
        (reading([0.5] * 4), reading([0.99, 0.99]), 0),  # too few digits
        (reading([0.5] * 4), reading([0.99] * 6, [0, 1, 2, 3]), 0),  # most of it refused
        (reading([0.5] * 4, is_simplified=True), reading([0.99] * 4), 0),  # too much work
        (reading([0.5] * (MAX_DIGITS + 1)), reading([0.99] * 4), 0),
        (Reading("", (), ()), reading([0.99] * 4), 0),  # nothing there to turn
    ],
)
def test_a_picture_is_turned_on_clear_evidence_only(given, turned, turn):
    read, _ = by_shape(given, turned)
    (found,) = read_upright(read, [BLANK])
    assert found.turn == turn
    assert len(found.digits) == len((turned if turn else given).digits)


@pytest.mark.parametrize("turn", TURNS)
def test_turned_pages_are_read_with_their_boxes_in_the_picture_as_given(reader, turn):
    upright, text = page([[0, 15, 17, 18, 19], [30, 32, 34, 36, 4]])
    given = np.ascontiguousarray(np.rot90(upright, turn // 90))
    as_it_is, found = reader.read_many([upright, given])
    assert as_it_is.text == found.text == text
    assert (as_it_is.turn, found.turn) == (0, turn)
    size = upright.shape[1], upright.shape[0]
    for digit, other in zip(found.digits, as_it_is.digits, strict=True):
        assert np.abs(np.subtract(digit.box, turn_box(other.box, 360 - turn, size))).max() <= 2


def test_one_digit_is_never_turned(reader):
    digit = 255 - np.pad(load_mnist().test.images[4].repeat(4, 0).repeat(4, 1), 20)
    found = reader.read_many([np.ascontiguousarray(np.rot90(digit, turns)) for turns in range(4)], single=True)
    assert [each.turn for each in found] == [0] * 4


def test_a_turned_picture_is_shown_turned_and_that_is_said(reader, tmp_path):
    upright, text = page([[0, 15, 17, 18, 19], [30, 32, 34, 36, 4]])
    path = tmp_path / "side.png"
    Image.fromarray(np.rot90(upright)).save(path)
    (result,) = read_entries(reader, [PictureEntry("side.png", unpack=path.read_bytes)], False)
    assert result.size == (upright.shape[1], upright.shape[0])
    assert result.remark == TURNED_TEXTS[90] == "The picture was on its side: it was turned by 90° clockwise."
    first, second = result.digits[:2]
    assert first.box[0] < second.box[0] and abs(first.box[1] - second.box[1]) < 30
    assert "".join(str(digit.label) for digit in result.digits) == text.replace("\n", "")
