"""Answers to picture files, their table and their CSV."""

import csv
import io
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image

from core.datasets.mnist import load_mnist
from core.pictures import prefetch
from core.pictures.entries import PictureEntry
from core.preprocessing.canvas_drawing import Drawing
from core.recognition.recognizer import Recognizer
from core.recognition.results import (
    PictureResult,
    describe_confidence,
    fingerprint,
    lowest_confidence,
    read_drawing,
    read_entries,
    read_naively,
    results_table,
    to_csv,
)

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
    assert answer.digit.label == load_mnist().test.labels[0]
    assert answer.note == ""
    assert answer.size == (224, 224)
    assert answer.plain.shape == (28, 28)
    assert answer.steps[-1].name == "what the network saw"
    for picture in (answer.picture, *(step.picture for step in answer.steps)):
        assert Image.open(io.BytesIO(picture)).width >= 200
    assert answer.icon.startswith("data:image/png;base64,")


def test_a_number_keeps_all_its_digits(reader):
    answer = one(reader, entry("number.png", side_by_side(0, 1, 2)), single=False)
    assert [digit.label for digit in answer.digits] == list(load_mnist().test.labels[:3])


def test_a_blank_picture_and_a_broken_one_get_a_sentence_among_the_others(reader):
    files = [
        PictureEntry("broken.png", unpack=lambda: b"nothing"),
        entry("blank.png", BLANK),
        PictureEntry("a.zip", note="a.zip is damaged."),
        entry("seven.png", large(0)),
    ]
    broken, blank, refused, seven = read_entries(reader, files, single=True)
    assert broken.note.startswith("broken.png is not a picture")
    assert broken.picture is None
    assert "no ink" in blank.note
    assert blank.picture
    assert refused.note == "a.zip is damaged."
    assert seven.digit.label == 7


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
    assert [answer.digit.label for answer in found] == list(load_mnist().test.labels[:8])
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
    shown = Image.open(io.BytesIO(answer.picture)).convert("L")
    assert shown.width == 1600
    assert shown.getextrema()[0] < 100 < 200 < shown.getextrema()[1]


@pytest.mark.parametrize("single", [True, False])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 40), (1, 3000), (2, 500), (500, 2)])
def test_a_narrow_picture_is_shown_with_its_steps(reader, width, height, single):
    pixels = np.full((height, width), 255, np.uint8)
    pixels[height // 3 : height // 2] = 0
    answer = one(reader, entry("narrow.png", pixels), single)
    assert answer.size == (width, height)
    assert answer.steps


def test_a_drawing_of_a_number_is_read(reader):
    answer = read_drawing(reader, Drawing({"objects": [SEVEN, ONE]}, 640, 200))
    assert [digit.label for digit in answer.digits] == [7, 1]
    assert answer.size == (640, 200)


def test_the_plain_way_is_answered_by_the_same_network(reader):
    image = load_mnist().test.images[0]
    digit = read_naively(reader, image)
    assert digit.label == 7
    assert digit.probabilities == pytest.approx(reader.classify(image)[0])


def test_the_plain_way_is_refused_as_the_prepared_one_is(reader, monkeypatch):
    sure = np.eye(10, dtype=np.float32)[7:8]
    for likeness in (0.5, -0.5):
        monkeypatch.setattr(
            reader, "predict_with_outlier_score", lambda _, likeness=likeness: (sure, np.float32([likeness]))
        )
        assert read_naively(reader, load_mnist().test.images[0]).refused == (likeness < 0)


def test_a_file_is_known_by_name_and_content():
    first = entry("a.png", large(0))
    assert fingerprint(first) == fingerprint(entry("a.png", large(0)))
    others = [entry("b.png", large(0)), entry("a.png", large(1)), PictureEntry("a.png", note="bad")]
    assert len({fingerprint(each) for each in (first, *others)}) == 4


def test_an_unsure_answer_names_the_second_guess_and_a_refused_one_the_nearest(reader):
    digit = one(reader, entry("seven.png", large(0))).digit
    shares = np.full(10, 0.01, np.float32)
    shares[[7, 1]] = 0.62, 0.3
    unsure = replace(digit, probabilities=shares, confidence=0.62)
    assert describe_confidence(unsure) == "Only 62.0% sure; perhaps a 1 (30.0%)."
    assert describe_confidence(replace(unsure, refused=True)).endswith(
        "this does not look like a digit; the nearest is 7."
    )
    notes = results_table(
        [PictureResult("a", digits=(each,)) for each in (digit, unsure, replace(unsure, refused=True))]
    )["note"]
    assert notes == ["", "Unsure; perhaps a 1 (30%).", "This does not look like a digit; the nearest is 7."]


def test_what_could_not_be_read_comes_before_the_least_sure():
    assert lowest_confidence(PictureResult("broken")) < 0


def test_a_mark_that_is_left_out_makes_an_answer_no_less_sure(reader):
    seven = one(reader, entry("seven.png", large(0))).digit
    stray, scrawl = replace(seven, refused=True, confidence=0.3), replace(seven, refused=True, confidence=0.4)
    assert lowest_confidence(PictureResult("7", digits=(seven, stray))) == pytest.approx(seven.confidence)
    assert lowest_confidence(PictureResult("?", digits=(stray, scrawl))) == 0.3


def test_the_csv_holds_every_answer_with_its_ten_probabilities(reader):
    answer = one(reader, entry("a, b.png", large(0)))
    rows = list(
        csv.DictReader(
            io.StringIO(to_csv(results_table([answer, PictureResult("x.png", note="no")])).decode("utf-8-sig"))
        )
    )
    assert [row["file"] for row in rows] == ["a, b.png", "x.png"]
    assert [row["digit"] for row in rows] == ["7", ""]
    assert sum(float(rows[0][f"p({label})"]) for label in range(10)) == pytest.approx(1, abs=1e-3)
    assert rows[1]["note"] == "no"
    assert rows[1]["p(3)"] == ""


@pytest.mark.parametrize("name", ["=1+1.png", "+x.png", "-x.png", "@x.png"])
def test_no_cell_is_taken_for_a_formula(name):
    assert f"'{name}" in to_csv(results_table([PictureResult(name)])).decode("utf-8-sig")
