"""A reading as a person has corrected it, and what is taken away of it."""

import csv
import io
import json

import numpy as np
import pytest

from core.recognition.corrections import (
    apply_corrections,
    corrected_text,
    describe_digit,
    next_doubtful,
    pages_table,
    to_csv_file,
    to_json_file,
)
from core.recognition.recognizer import Digit
from core.recognition.results import PictureResult


def digit(label, confidence=0.99, line=0, left=0):
    shares = np.full(10, (1 - confidence) / 9, np.float32)
    shares[label] = confidence
    return Digit(label, confidence, confidence < 0.5, shares, (left, 5, 10, 20), np.zeros((28, 28), np.uint8), line)


TWO_LINES = (digit(4), digit(0, 0.7), digit(8, 0.3), digit(7, line=1), digit(1, line=1))


def test_without_corrections_the_text_is_the_networks():
    marks = apply_corrections(TWO_LINES, {})
    assert corrected_text(marks) == "40\n71"
    assert [mark.kind for mark in marks] == ["sure", "unsure", "no digit", "sure", "sure"]
    assert [(mark.line, mark.position) for mark in marks] == [(1, 1), (1, 2), (1, None), (2, 1), (2, 2)]


def test_each_mark_says_in_words_what_it_is_and_an_unsure_one_its_second_guess():
    assert [describe_digit(mark) for mark in apply_corrections(TWO_LINES, {3: 2})][:4] == [
        "4, sure, 99%, line 1, place 1",
        "0, unsure, 70%, perhaps 9, line 1, place 2",
        "no digit, 30%",
        "2, by hand, 99%, line 2, place 1",
    ]


def test_a_correction_changes_the_text_and_the_places_behind_it():
    marks = apply_corrections(TWO_LINES, {0: 9, 2: 3, 3: None})
    assert corrected_text(marks) == "903\n1"
    assert [mark.kind for mark in marks] == ["by hand", "unsure", "by hand", "by hand", "sure"]
    assert (marks[2].line, marks[2].position) == (1, 3)
    assert (marks[3].position, marks[4].position) == (None, 1)


def test_a_line_without_digits_is_no_line_of_the_text():
    marks = apply_corrections((digit(8, 0.2), digit(5, line=1)), {})
    assert corrected_text(marks) == "5"
    assert [(mark.line, mark.position) for mark in marks] == [(None, None), (1, 1)]


def test_nothing_read_is_no_text():
    assert corrected_text(apply_corrections((), {})) == ""


@pytest.mark.parametrize(("after", "found"), [(-1, 1), (0, 1), (1, 2), (2, 1), (4, 1)])
def test_the_next_doubtful_one_is_found_round_the_end(after, found):
    assert next_doubtful(apply_corrections(TWO_LINES, {}), after) == found


def test_nothing_is_doubtful_that_a_person_has_set():
    assert next_doubtful(apply_corrections(TWO_LINES, {1: 0, 2: None}), 0) is None


def test_the_csv_says_where_each_digit_stands_and_who_set_it():
    rows = list(csv.DictReader(io.StringIO(to_csv_file(apply_corrections(TWO_LINES, {0: 9})).decode("utf-8-sig"))))
    assert [row["digit"] for row in rows] == ["9", "0", "", "7", "1"]
    assert [row["read"] for row in rows] == ["4", "0", "8", "7", "1"]
    assert [row["mark"] for row in rows] == ["by hand", "unsure", "no digit", "sure", "sure"]
    assert [row["second guess"] for row in rows] == ["", "9", "", "", ""]
    first = rows[0]
    assert (first["line"], first["position"], first["confidence"]) == ("1", "1", "0.99")
    assert [first[side] for side in ("left", "top", "width", "height")] == ["0", "5", "10", "20"]


def test_the_json_holds_the_text_and_every_mark():
    found = json.loads(to_json_file("a.png", apply_corrections(TWO_LINES, {0: 9})))
    assert (found["file"], found["text"]) == ("a.png", "90\n71")
    assert found["digits"][0] == {
        "line": 1,
        "position": 1,
        "digit": 9,
        "read": 4,
        "confidence": 0.99,
        "mark": "by hand",
        "box": [0, 5, 10, 20],
        "second guess": None,
    }
    assert found["digits"][2]["digit"] is None
    assert found["digits"][1]["second guess"] == 9


def test_the_table_counts_what_is_left_in_doubt():
    columns = pages_table(
        [PictureResult("a", digits=TWO_LINES), PictureResult("b", note="no picture")], [{3: None}, {}]
    )
    assert columns["text"] == ["40\n1", ""]
    assert columns["least confidence"] == [0.7, None]
    assert [columns[kind][0] for kind in ("sure", "unsure", "no digit", "by hand")] == [2, 1, 1, 1]
    assert columns["note"] == ["", "no picture"]


@pytest.mark.parametrize(
    ("digits", "by_hand", "least"),
    [
        ((digit(4), digit(8, 0.3)), {}, 0.99),
        ((digit(4), digit(8, 0.3)), {0: 9}, None),
        ((digit(8, 0.3), digit(8, 0.4)), {}, 0.3),
    ],
)
def test_a_mark_that_is_left_out_makes_a_number_no_less_sure(digits, by_hand, least):
    assert pages_table([PictureResult("a", digits=digits)], [by_hand])["least confidence"] == [least]
