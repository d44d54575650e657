"""Answers to picture files, their table and their CSV."""

import csv
import io

import numpy as np
import pytest
from PIL import Image

from core.answers import Answer, read_file, table, to_csv
from core.dataset import load_mnist
from core.recognition import Recognizer


@pytest.fixture(scope="module")
def reader():
    return Recognizer.load()


def png(image):
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return file.getvalue()


def test_a_picture_is_read_and_kept_small(reader):
    test = load_mnist().test
    answer = read_file(reader, png(np.kron(test.images[0], np.ones((8, 8), np.uint8))), "seven.png")
    assert answer.digit.label == test.labels[0]
    assert answer.note == ""
    assert answer.picture.size == (168, 168)


def test_a_blank_picture_and_a_broken_one_get_a_sentence(reader):
    blank = read_file(reader, png(np.full((50, 50), 255, np.uint8)), "blank.png")
    assert blank.digit is None
    assert "no ink" in blank.note
    broken = read_file(reader, b"nothing", "broken.png")
    assert broken.digit is None
    assert broken.picture is None
    assert broken.note.startswith("broken.png is not a picture")


def test_the_csv_holds_every_answer_with_its_ten_probabilities(reader):
    answer = read_file(reader, png(np.kron(load_mnist().test.images[0], np.ones((8, 8), np.uint8))), "a, b.png")
    rows = list(csv.DictReader(io.StringIO(to_csv(table([answer, Answer("x.png", note="no")])).decode("utf-8-sig"))))
    assert [row["file"] for row in rows] == ["a, b.png", "x.png"]
    assert [row["digit"] for row in rows] == ["7", ""]
    assert sum(float(rows[0][f"p({label})"]) for label in range(10)) == pytest.approx(1, abs=1e-3)
    assert rows[1]["note"] == "no"
    assert rows[1]["p(3)"] == ""


@pytest.mark.parametrize("name", ["=1+1.png", "+x.png", "-x.png", "@x.png"])
def test_no_cell_is_taken_for_a_formula(name):
    assert f"'{name}" in to_csv(table([Answer(name)])).decode("utf-8-sig")
