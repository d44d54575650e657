"""Reading of boxes that are given: the ink inside each is one digit."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image

from core.datasets.mnist import load_mnist
from core.recognition import Recognizer
from core.recognition.box_reader import MAX_BOXES


@pytest.fixture(scope="module")
def reader():
    return Recognizer.load()


def digits_on_paper(indices, gap=8, scale=3, rows=1):
    """MNIST's test digits in rows, dark on light, and the box of each cell: left, top, width, height."""
    cells = [np.pad(load_mnist().test.images[index], gap).repeat(scale, 0).repeat(scale, 1) for index in indices]
    side, columns = cells[0].shape[0], len(cells) // rows
    lines = [np.hstack(cells[row * columns : (row + 1) * columns]) for row in range(rows)]
    boxes = [(column * side, row * side, side, side) for row in range(rows) for column in range(columns)]
    return 255 - np.vstack(lines), boxes


def labels(count):
    return "".join(map(str, load_mnist().test.labels[:count]))


def test_each_box_is_read_as_one_digit_and_keeps_its_place(reader):
    picture, boxes = digits_on_paper(range(6), rows=2)
    found = reader.read_boxes(picture, boxes[::-1])
    assert found.text == f"{labels(6)[:3]}\n{labels(6)[3:]}"
    assert [digit.box for digit in found.digits] == boxes
    assert [digit.line for digit in found.digits] == [0, 0, 0, 1, 1, 1]
    assert [step.name for step in found.steps][-2:] == ["box", "what the network saw"]


@pytest.mark.parametrize("scale", [1, 3, 12])
def test_a_box_reads_what_the_whole_picture_reads_there(reader, scale):
    picture, _ = digits_on_paper(range(5), scale=scale)
    whole = reader.read(Image.fromarray(picture))
    found = reader.read_boxes(picture, [digit.box for digit in whole.digits])
    assert found.text == whole.text == labels(5)
    for again, before in zip(found.digits, whole.digits, strict=True):
        assert again.probabilities == pytest.approx(before.probabilities, abs=0.1)


def test_boxes_of_a_large_picture_count_in_its_own_pixels(reader):
    picture, boxes = digits_on_paper(range(3), gap=40, scale=20)
    assert picture.size > 2_000_000
    found = reader.read_boxes(picture, boxes)
    assert found.text == labels(3)
    assert [digit.box for digit in found.digits] == boxes


def seven_and_one_that_touch():
    """A 7 and a 1 joined by a bar, dark on light."""
    ink = np.zeros((160, 260), np.uint8)
    cv2.polylines(ink, [np.array([[40, 40], [110, 40], [70, 130]])], False, 255, 10)
    cv2.line(ink, (180, 30), (180, 130), 255, 10)
    cv2.line(ink, (95, 75), (180, 75), 255, 4)
    return 255 - ink


def test_ink_of_one_piece_is_split_between_two_boxes(reader):
    found = reader.read_boxes(seven_and_one_that_touch(), [(30, 25, 90, 115), (165, 20, 40, 120)])
    assert found.text == "71"


def test_a_neighbour_that_reaches_into_a_box_is_not_read_with_it(reader):
    picture, (first, second) = digits_on_paper([0, 1], gap=4)
    wide = (first[0], first[1], first[2] + second[2] // 3, first[3])
    alone = reader.read_boxes(picture, [first, second])
    found = reader.read_boxes(picture, [wide, second])
    assert found.text == alone.text == labels(2)
    assert (found.digits[0].image == alone.digits[0].image).all()


def test_a_digit_of_several_pieces_is_read_whole(reader):
    ink = np.zeros((160, 160), np.uint8)
    cv2.polylines(ink, [np.array([[60, 40], [56, 80], [100, 85], [105, 120], [50, 130]])], False, 255, 9)
    cv2.line(ink, (75, 40), (115, 36), 255, 9)
    found = reader.read_boxes(255 - ink, [(40, 25, 90, 115)])
    assert found.digits[0].image[:10].any() and found.text == "5"


def test_a_box_without_ink_is_a_refused_digit(reader):
    picture, boxes = digits_on_paper(range(2), gap=20)
    empty, outside = (0, 0, 30, 30), (10_000, -50, 10, 10)
    found = reader.read_boxes(picture, [*boxes, empty, outside])
    by_box = {digit.box: digit for digit in found.digits}
    assert by_box[empty].refused and by_box[outside].refused and not by_box[empty].image.any()
    assert found.text.replace("\n", "") == labels(2)


def test_digits_that_are_known_stay_as_they_were_and_are_not_read_again(reader, monkeypatch):
    picture, boxes = digits_on_paper(range(3))
    before = reader.read_boxes(picture, boxes)
    changed = [replace(digit, label=9 - digit.label, line=7) for digit in before.digits]
    seen = []
    classify = reader._classifier.predict_views
    monkeypatch.setattr(reader._classifier, "predict_views", lambda views: seen.append(len(views)) or classify(views))
    moved = (boxes[2][0] + 3, *boxes[2][1:])
    found = reader.read_boxes(picture, [*boxes[:2], moved], changed)
    assert [digit.label for digit in found.digits] == [9 - 7, 9 - 2, 1]
    assert [digit.line for digit in found.digits] == [0, 0, 0]
    assert seen == [1]


def test_no_boxes_are_no_text_and_a_box_that_is_given_twice_is_one(reader):
    picture, boxes = digits_on_paper(range(2))
    assert (reader.read_boxes(picture, []).text, reader.read_boxes(picture, []).digits) == ("", ())
    assert reader.read_boxes(picture, [*boxes, *boxes]).text == labels(2)


def test_too_many_boxes_and_one_without_an_area_are_refused_in_words(reader):
    picture, _ = digits_on_paper(range(1))
    with pytest.raises(ValueError, match=r"1,001 boxes are too many: at most 1,000 are read in one picture\."):
        reader.read_boxes(picture, [(n, 0, 5, 5) for n in range(MAX_BOXES + 1)])
    with pytest.raises(ValueError, match=r"The box at \(1, 2\) is 0 × 5 pixels; it needs at least 1 × 1\."):
        reader.read_boxes(picture, [(1, 2, 0, 5)])


def test_boxes_that_overlap_wholly_are_read_in_a_picture_small_enough(reader, monkeypatch):
    from core.recognition import box_reader

    areas, find_pieces = [], box_reader.find_pieces
    monkeypatch.setattr(box_reader, "find_pieces", lambda ink: areas.append(ink.size) or find_pieces(ink))
    picture = np.full((1400, 1400), 255, np.uint8)
    picture[200:1200, 600:700] = 0
    found = reader.read_boxes(picture, [(n, n, 1300, 1300) for n in range(40)])
    assert len(found.digits) == len(areas) == 40
    assert sum(areas) <= 8_500_000
