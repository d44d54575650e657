"""The correction that is kept of a digit when a person says what it is."""

import io
from dataclasses import replace

import numpy as np
from PIL import Image

from core.corrections import CorrectionStore, Source
from core.preprocessing.canvas_drawing import Drawing
from core.recognition import ReadingMode, ReadingView
from core.recognition.corrections import apply_corrections
from core.recognition.edits import EditHistory
from core.recognition.kept_corrections import (
    ReadBy,
    correct_drawing,
    correct_drawn_digit,
    correct_picture,
    own_digit,
    place_in_picture,
)
from core.recognition.picture_display import PictureDisplay
from core.recognition.results import PictureResult
from tests.support.digits import digit

MODEL = ReadBy("shipped", "Shipped with the app")
DRAWING = Drawing(
    {"objects": [{"path": [["M", 80, 70], ["L", 200, 70], ["L", 130, 230]], "strokeWidth": 18}]}, 280, 280
)


def opened(png):
    return np.asarray(Image.open(io.BytesIO(png)))


def test_a_drawing_is_kept_with_its_pen_path_and_picture(tmp_path):
    (read,) = apply_corrections([digit(1)], {})
    kept = correct_drawing(DRAWING, read, "7", MODEL)
    assert (kept.label, kept.answer, kept.source, kept.model) == ("7", "1", Source.DRAWN, "shipped")
    assert [stroke.tolist() for stroke in kept.strokes] == [[[80, 70], [200, 70], [130, 230]]]
    assert opened(kept.picture).shape == (256, 256) and opened(kept.picture).max() == 255
    CorrectionStore(tmp_path).add(kept)
    assert correct_drawing(DRAWING, read, "1", MODEL).place == kept.place


def test_a_refused_answer_is_no_answer():
    (read,) = apply_corrections([digit(1, 0.3)], {})
    assert correct_drawing(DRAWING, read, "7", MODEL).answer == ""


def view(digits, pixels):
    display = PictureDisplay(lambda: Image.fromarray(pixels), [])
    result = PictureResult("page.png", ReadingMode.LINES, digits=digits, size=pixels.shape[1::-1], display=display)
    return ReadingView.of(result, EditHistory(), "shipped-1-page")


def test_a_digit_of_a_page_is_kept_with_its_crop():
    pixels = np.full((200, 300), 255, np.uint8)
    pixels[5:25, 20:30] = 0
    found = view((digit(7, left=20), digit(1, left=200)), pixels)
    kept = correct_picture(found, found.digits[0], "4", MODEL, "page", Source.PAGE_BOX)
    crop = opened(kept.picture)
    assert crop.shape == (26, 16) and (crop[:2] > 235).all() and (crop[5:20, 5:10] < 20).all()
    assert kept.place == place_in_picture("page", found.digits[0].box) != place_in_picture("page", found.digits[1].box)


def test_a_box_outside_of_its_picture_has_no_crop():
    found = view((digit(7, left=500),), np.zeros((40, 60), np.uint8))
    assert correct_picture(found, found.digits[0], "4", MODEL, "page", Source.UPLOAD).picture == b""


def test_a_digit_of_a_drawn_number_has_the_strokes_in_its_box():
    def drawn(*paths):
        number = Drawing({"objects": [{"path": [["M", *path[0]], ["L", *path[1]]]} for path in paths]}, 300, 200)
        found = view((digit(7, left=20), digit(1, left=200)), np.zeros((200, 300), np.uint8))
        left, top, width, height = found.digits[0].box
        assert (left, top) <= (22, 5) and width >= 4 and height >= 10
        return correct_drawn_digit(found, found.digits[0], "4", MODEL, number, "page")

    kept = drawn([(22, 6), (23, 12)], [(205, 6), (206, 12)])
    assert kept.source is Source.DRAWN and [each.tolist() for each in kept.strokes] == [[[22, 6], [23, 12]]]
    assert drawn([(22, 6), (23, 12)], [(21, 8), (206, 12)]).strokes == (), (
        "what runs into the next digit is not its own"
    )


def test_an_own_digit_is_kept_though_no_network_has_read_it():
    kept = own_digit(3, np.ones((28, 28), np.uint8), [[(1, 2), (3, 4)]])
    assert (kept.label, kept.source, kept.model, kept.answer) == ("3", Source.OWN_DIGIT, "", "")
    assert kept.place != own_digit(3, np.zeros((28, 28), np.uint8), []).place


def test_an_own_digit_that_was_read_is_kept_with_the_answer():
    (read,) = apply_corrections([digit(1)], {})
    image = np.ones((28, 28), np.uint8)
    kept = own_digit(3, image, [[(1, 2), (3, 4)]], read, MODEL)
    assert (kept.label, kept.answer, kept.model, kept.place) == ("3", "1", "shipped", own_digit(4, image, []).place)


def test_a_letter_is_kept_with_the_names_of_its_classes():
    names = ("A", "B/b", *map(str, range(8)))
    (read,) = apply_corrections([replace(digit(1), class_names=names)], {})
    as_letter, as_digit = (
        correct_drawing(DRAWING, each, "7", MODEL) for each in (read, *apply_corrections([digit(1)], {}))
    )
    assert (as_letter.answer, as_letter.classes) == ("B/b", names)
    assert as_letter.place != as_digit.place
