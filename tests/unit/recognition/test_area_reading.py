"""Pictures of which a person chose what is read."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from core.datasets.mnist import load_mnist
from core.pictures.entries import PictureEntry
from core.recognition import Reading, Recognizer
from core.recognition.area_reading import NO_BOX_TEXT, read_area
from core.recognition.edits import ReadingArea
from core.recognition.picture_display import PictureDisplay
from core.recognition.results import TURNED_TEXTS, read_entries, turned

WHOLE = ReadingArea()


@pytest.fixture(scope="module")
def reader():
    return Recognizer.load()


def entry(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return PictureEntry("page.png", unpack=file.getvalue)


def page():
    """Two rows of three of MNIST's digits, 7 2 1 and 0 4 1, dark on light, 84 pixels each."""
    cells = [np.pad(image, 7).repeat(2, 0).repeat(2, 1) for image in load_mnist().test.images[:6]]
    return 255 - np.vstack([np.hstack(cells[:3]), np.hstack(cells[3:])])


@pytest.fixture(scope="module")
def read(reader):
    """Read an area of a picture as the page does, each step from the one before."""

    def read_it(area, pixels=None, single=False):
        file = entry(page() if pixels is None else pixels)
        [result] = read_entries(reader, [file], single)
        for way in area.ways[1:]:
            result = read_area(reader, file, way, result)
        return result

    return read_it


def text(result):
    lines = {}
    for digit in result.digits:
        lines.setdefault(digit.line, []).append(str(digit.label))
    return "\n".join("".join(line) for line in lines.values())


def test_only_the_part_is_read_and_its_boxes_lie_in_the_whole_picture(read):
    whole, part = read(WHOLE), read(ReadingArea(crop=(84, 84, 168, 84)))
    assert (text(whole), text(part)) == ("721\n041", "41")
    assert part.size == whole.size == (252, 168)
    assert part.display.picture == whole.display.picture and part.display.icon == whole.display.icon
    assert part.display.steps[0].picture != whole.display.steps[0].picture
    assert (part.display.naive != whole.display.naive).any()
    for digit, before in zip(part.digits, whole.digits[4:], strict=True):
        assert np.abs(np.subtract(digit.box, before.box)).max() <= 3


def test_one_digit_of_a_page_is_read_alone(read):
    assert read(WHOLE, single=True).several
    found = read(ReadingArea(crop=(84, 84, 84, 84)), single=True)
    assert (text(found), found.several) == ("4", "")
    assert read(ReadingArea(crop=(84, 84, 168, 84)), single=True).several == "41"


def test_boxes_by_hand_are_read_and_the_others_stay_as_they_were(read):
    whole = read(WHOLE)
    boxes = tuple(digit.box for digit in whole.digits)
    moved = (boxes[0][0] - 2, boxes[0][1] - 2, boxes[0][2] + 4, boxes[0][3] + 4)
    found = read(ReadingArea(boxes=(moved, *boxes[1:5])))
    assert text(found) == "721\n04"
    assert [digit.box for digit in found.digits] == [moved, *boxes[1:5]]
    for digit, before in zip(found.digits[1:], whole.digits[1:5], strict=True):
        assert (digit.probabilities == before.probabilities).all()
    assert not (found.digits[0].probabilities == whole.digits[0].probabilities).all()


def test_boxes_in_a_part_count_in_the_whole_picture(read):
    part = read(ReadingArea(crop=(84, 84, 168, 84)))
    boxes = tuple(digit.box for digit in part.digits)
    found = read(ReadingArea(crop=(84, 84, 168, 84), boxes=boxes[:1]))
    assert (text(found), found.digits[0].box) == ("4", boxes[0])
    assert (found.digits[0].probabilities == part.digits[0].probabilities).all()


def test_a_picture_without_boxes_says_what_to_do(read):
    found = read(ReadingArea(boxes=()))
    assert (found.digits, found.note) == ((), NO_BOX_TEXT)
    assert found.display.steps


def test_all_ink_is_read_where_that_is_wanted(reader, monkeypatch):
    asked = []

    def read_many(pictures, single=False, all_ink=False, find_turn=True):
        asked.append((single, all_ink))
        return [Reading("", (), (), left_out="" if all_ink else "A frame was left out.")] * len(pictures)

    monkeypatch.setattr(reader, "read_many", read_many)
    file = entry(page())
    [whole] = read_entries(reader, [file], False)
    found = read_area(reader, file, ReadingArea(all_ink=True), whole)
    assert (whole.left_out, found.left_out) == ("A frame was left out.", "")
    assert asked == [(False, False), (False, True)]


def test_a_file_that_cannot_be_opened_stays_with_its_note(reader):
    broken = PictureEntry("broken.png", unpack=lambda: b"nothing")
    [before] = read_entries(reader, [broken], False)
    assert read_area(reader, broken, ReadingArea(crop=(0, 0, 5, 5)), before) is before
    [whole] = read_entries(reader, [entry(page())], False)
    found = read_area(reader, broken, ReadingArea(crop=(0, 0, 5, 5)), whole)
    assert "not a picture" in found.note and found.digits == ()


def test_a_part_lies_in_the_picture_as_it_was_shown_when_it_was_chosen(reader, monkeypatch):
    file = entry(page())
    [whole] = read_entries(reader, [file], False)
    seen = []
    monkeypatch.setattr(
        reader, "read_many", lambda pictures, *_, **options: seen.append(options) or [Reading("", (), ())]
    )
    width, height = whole.size
    crop = (0, 0, height // 2, width // 2)
    turned_display = PictureDisplay(lambda: turned(file.open(), 90), ()).encode_now()
    # Another model need not turn it.
    for before in (whole, replace(whole, turn=90, size=(height, width), display=turned_display)):
        found = read_area(reader, file, ReadingArea(crop=crop, turn=90), before)
        assert (found.turn, found.size) == (90, (height, width))
        assert found.remark == TURNED_TEXTS[90]
        shown = Image.open(io.BytesIO(found.display.picture))
        assert (shown.width < shown.height) == (height < width), "it is shown as the boxes count"
    assert seen == [{"find_turn": False}] * 2, "a part is read as it lies"
