"""Results of picture files and drawings."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from core.config.dataset_spec import DatasetSpec, ImageForm
from core.datasets.mnist import load_mnist
from core.pictures import prefetch
from core.pictures.entries import PictureEntry
from core.preprocessing.canvas_drawing import Drawing
from core.preprocessing.naive_resize import resize_naively
from core.recognition import Reading, ReadingMode, Recognizer, ScoredPredictions
from core.recognition.advice import DARK
from core.recognition.model_files import ModelCard
from core.recognition.naive_reading import read_naively
from core.recognition.results import fingerprint, read_drawing, read_entries
from tests.support.runs import tiny_model

SEVEN = {"path": [["M", 40, 40], ["L", 110, 40], ["L", 70, 160]], "strokeWidth": 10}
ONE = {"path": [["M", 200, 40], ["L", 200, 160]], "strokeWidth": 10}


@pytest.fixture(scope="module")
def reader():
    return Recognizer.load()


def entry(name, image):
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return PictureEntry(name, unpack=file.getvalue)


def large(index):
    return np.kron(load_mnist().test.images[index], np.ones((8, 8), np.uint8))


def side_by_side(*indices):
    """MNIST's test digits as a number: dark on light."""
    return 255 - np.hstack([np.pad(load_mnist().test.images[index], 4) for index in indices]).repeat(3, 0).repeat(3, 1)


BLANK = np.full((50, 50), 255, np.uint8)


def one(reader, file, single=True):
    [answer] = read_entries(reader, [file], single)
    return answer


def test_a_picture_is_read_with_its_steps_and_the_plain_way(reader):
    answer = one(reader, entry("seven.png", large(0)))
    [digit] = answer.digits
    assert digit.label == load_mnist().test.labels[0]
    assert (answer.note, answer.mode) == ("", ReadingMode.SINGLE)
    assert answer.size == (224, 224)
    assert answer.display.naive.shape == (28, 28)
    assert answer.display.steps[-1].name == "what the network saw"
    for picture in (answer.display.picture, *(step.picture for step in answer.display.steps)):
        assert Image.open(io.BytesIO(picture)).width >= 200
    assert answer.display.icon.startswith("data:image/png;base64,")


def test_a_number_keeps_all_its_digits(reader):
    answer = one(reader, entry("number.png", side_by_side(0, 1, 2)), single=False)
    assert [digit.label for digit in answer.digits] == list(load_mnist().test.labels[:3])
    assert answer.mode is ReadingMode.LINES


def test_a_blank_picture_and_a_broken_one_get_a_sentence_among_the_others(reader):
    files = [
        PictureEntry("broken.png", unpack=lambda: b"nothing"),
        entry("blank.png", BLANK),
        PictureEntry("a.zip", note="a.zip is damaged."),
        entry("seven.png", large(0)),
    ]
    broken, blank, refused, seven = read_entries(reader, files, single=True)
    assert broken.note.startswith("broken.png is not a picture")
    assert broken.display is None
    assert "no ink" in blank.note
    assert blank.display.picture
    assert refused.note == "a.zip is damaged."
    assert seven.digits[0].label == 7


def test_many_are_read_in_batches_and_stay_in_order(reader, monkeypatch):
    monkeypatch.setattr(prefetch, "MAX_BATCH_PICTURES", 3)
    files = [entry(str(index), large(index)) for index in range(8)]
    read = []
    monkeypatch.setattr(
        reader,
        "read_many",
        lambda pictures, single, real=reader.read_many: read.append(len(pictures)) or real(pictures, single),
    )
    found = list(read_entries(reader, files, single=True))
    assert [answer.name for answer in found] == [file.name for file in files]
    assert [answer.digits[0].label for answer in found] == list(load_mnist().test.labels[:8])
    assert read == [3, 3, 2]


def crossed():
    """A large X, which as a number is none."""
    pixels = np.full((400, 400), 255, np.uint8)
    for ends in (((60, 60), (340, 340)), ((60, 340), (340, 60))):
        cv2.line(pixels, *ends, 0, 30)
    return pixels


def test_ink_that_is_no_digit_is_not_called_no_ink(reader):
    answer = one(reader, entry("x.png", crossed()), single=False)
    assert [digit.refused for digit in answer.digits] == [True]
    assert answer.note == "Nothing was found that looks like a digit."


@pytest.mark.parametrize("single", [True, False])
@pytest.mark.parametrize(("mode", "kind"), [("P", "PNG"), ("1", "PNG"), ("I;16", "PNG")])
def test_a_wide_picture_is_shown_whatever_its_mode(reader, mode, kind, single):
    deep = np.full((300, 20_000), 60_000, np.uint16)
    deep[50:250, 9_000:9_040] = 0
    picture = Image.fromarray(deep)
    if mode != "I;16":
        picture = Image.fromarray((deep >> 8).astype(np.uint8)).convert(mode)
    file = io.BytesIO()
    picture.save(file, kind)
    answer = one(reader, PictureEntry("wide", unpack=file.getvalue), single)
    assert answer.size == (20_000, 300)
    shown = Image.open(io.BytesIO(answer.display.picture)).convert("L")
    assert shown.width == 1600
    assert shown.getextrema()[0] < 100 < 200 < shown.getextrema()[1]


@pytest.mark.parametrize("single", [True, False])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 40), (1, 3000), (2, 500), (500, 2)])
def test_a_narrow_picture_is_shown_with_its_steps(reader, width, height, single):
    pixels = np.full((height, width), 255, np.uint8)
    pixels[height // 3 : height // 2] = 0
    answer = one(reader, entry("narrow.png", pixels), single)
    assert answer.size == (width, height)
    assert answer.display.steps


def test_a_drawing_of_a_number_is_read(reader):
    answer = read_drawing(reader, Drawing({"objects": [SEVEN, ONE]}, 640, 200), single=False)
    assert [digit.label for digit in answer.digits] == [7, 1]
    assert answer.size == Image.open(io.BytesIO(answer.display.picture)).size == (640, 200)


def test_a_drawing_of_a_digit_is_read(reader):
    answer = read_drawing(reader, Drawing({"objects": [SEVEN]}, 280, 280), single=True)
    assert [digit.label for digit in answer.digits] == [7]
    assert (answer.mode, answer.note) == (ReadingMode.SINGLE, "")
    assert answer.display.naive.shape == (28, 28)


def test_the_plain_way_is_answered_by_the_same_network(reader):
    image = load_mnist().test.images[0]
    digit = read_naively(reader, image)
    assert digit.read_label == 7
    assert digit.probabilities == pytest.approx(reader.classify(image)[0])


def test_the_plain_way_is_refused_as_the_prepared_one_is(reader, monkeypatch):
    sure, score = np.eye(10, dtype=np.float32)[7:8], np.zeros(1, np.float32)
    for refused in (True, False):
        found = ScoredPredictions(sure, score, np.array([refused]))
        monkeypatch.setattr(reader, "predict_with_outlier_score", lambda _, found=found: found)
        assert read_naively(reader, load_mnist().test.images[0]).is_refused == refused


def test_a_file_is_known_by_name_and_content():
    first = entry("a.png", large(0))
    assert fingerprint(first) == fingerprint(entry("a.png", large(0)))
    others = [entry("b.png", large(0)), entry("a.png", large(1)), PictureEntry("a.png", note="bad")]
    assert len({fingerprint(each) for each in (first, *others)}) == 4


def test_of_a_picture_whose_ink_was_left_out_no_one_says_that_it_has_none(reader, monkeypatch):
    said = "Printed lines were left out."
    monkeypatch.setattr(reader, "read_many", lambda pictures, single: [Reading("", (), (), left_out=said)])
    answer = one(reader, entry("lines.png", BLANK), single=False)
    assert (answer.note, answer.left_out) == (said, said)


def test_a_doubtful_reading_has_advice_and_several_digits_taken_for_one_have_none(reader):
    dark = (crossed() // 4).astype(np.uint8)
    assert one(reader, entry("x.png", dark), single=False).advice == (DARK,)
    assert one(reader, entry("seven.png", large(0))).advice == ()
    answer = one(reader, entry("number.png", side_by_side(0, 1, 2) // 4))
    assert answer.several and answer.advice == ()


@pytest.mark.parametrize("single", [True, False])
def test_a_network_of_plain_pictures_sees_a_drawing_as_the_whole_canvas(single):
    things = DatasetSpec("things", 1, "Things", tuple("abcdefghij"), 1, 0, "0" * 64, ImageForm.PLAIN)
    drawing = Drawing({"objects": [SEVEN]}, 280, 280)
    answer = read_drawing(Recognizer(tiny_model(), ModelCard(dataset=things)), drawing, single)
    [digit] = answer.digits
    np.testing.assert_array_equal(digit.image, resize_naively(drawing.picture()))
    assert digit.image[20:].max() == 0, "what was drawn above and left stays there"
    assert digit.box == (0, 0, 280, 280)
    assert "The whole picture in grey, as it is" in answer.display.steps[0].why
