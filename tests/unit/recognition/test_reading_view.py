"""All that a page shows of one reading: text, digits, table row, downloads; pictures are encoded when asked for."""

import csv
import dataclasses
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from core.preprocessing.mnist_form import Step
from core.recognition import PictureResult, ReadingMode, ReadingView
from core.recognition.csv_table import to_csv
from core.recognition.downloads import Download
from core.recognition.edits import EditHistory
from core.recognition.picture_display import PictureDisplay
from core.recognition.reading_view import views_table
from tests.support.digits import TWO_LINES, digit

PAGE = PictureResult("sheets/a page.png", ReadingMode.LINES, digits=TWO_LINES, size=(100, 50))


def view(result=PAGE, corrections=None, name="shipped-1"):
    return ReadingView.of(result, edits(corrections or {}, result), name)


def edits(corrections, result=PAGE):
    """A history in which the digits of these numbers were given labels."""
    history = EditHistory()
    for number, label in corrections.items():
        history.set_label(result.digits[number].box, label)
    return history


def test_a_view_holds_the_reading_as_it_is_corrected():
    found = view(corrections={0: 9, 3: None})
    assert found.text == "90\n1"
    assert [each.label for each in found.digits] == [9, 0, None, None, 1]
    assert found.kinds == {"sure": 1, "unsure": 1, "no digit": 1, "by hand": 2}
    assert [each.box for each in found.digits] == [each.box for each in TWO_LINES]
    assert (found.file, found.mode, found.note, found.size) == ("sheets/a page.png", "lines", "", (100, 50))
    assert found.next_doubtful(-1) == 1 and found.next_doubtful(2) == 1
    assert found.lowest_confidence == 0.7
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.name = "other"


def test_a_file_that_could_not_be_opened_has_a_view_with_its_note():
    found = view(PictureResult("b.png", note="b.png is not a picture."))
    assert (found.text, found.digits, found.digit, found.display, found.icon) == ("", (), None, None, "")
    assert found.note == "b.png is not a picture."
    assert found.lowest_confidence < 0, "it comes before the least sure"


def test_a_piece_that_is_left_out_makes_a_reading_no_less_sure():
    stray, scrawl = digit(7, 0.3), digit(7, 0.4)
    assert view(replace(PAGE, digits=(digit(7), stray))).lowest_confidence == 0.99
    assert view(replace(PAGE, digits=(stray, scrawl))).lowest_confidence == 0.3


def test_a_view_stays_as_it_is_and_a_download_has_the_newest_corrections():
    history = edits({0: 9})
    found = ReadingView.of(PAGE, history, "shipped-1")
    history.set_label(PAGE.digits[1].box, 8)
    assert found.text == "90\n71"
    assert found.download_now(Download.TXT) == "98\n71"


def test_labels_belong_to_boxes_whichever_digits_there_are():
    history = edits({0: 9, 3: 2})
    fewer = replace(PAGE, digits=PAGE.digits[1:])
    assert ReadingView.of(fewer, history, "shipped-1").text == "0\n21"
    assert ReadingView.of(replace(PAGE, mode=ReadingMode.SINGLE), history, "shipped-1").digit.label == 4


def test_a_view_knows_which_part_was_read_and_which_digit_has_a_box():
    history = EditHistory()
    found = ReadingView.of(PAGE, history, "shipped-1")
    assert (found.crop, found.limits) == (None, (0, 0, 100, 50))
    assert found.number_of(PAGE.digits[3].box) == 3 and found.number_of((1, 1, 1, 1)) is None
    history.set_crop((10, 5, 50, 40), found.limits)
    assert found.crop == found.limits == (10, 5, 50, 40)


def test_the_table_says_what_was_left_out():
    said = "Ink of a printed word was left out."
    assert view(replace(PAGE, left_out=said, remark="Simply.")).table_row["note"] == f"Simply. {said}"
    one = replace(PAGE, mode=ReadingMode.SINGLE, digits=(digit(7),), left_out=said)
    assert view(one).table_row["note"] == said


def test_a_download_is_named_after_the_picture():
    assert Download.CSV.file_name("sheets\\old/number 1.png") == "number 1.csv"
    assert Download.TXT.file_name(".png") == "digits.txt"
    assert [form.media_type for form in Download] == ["text/plain", "text/csv", "application/json"]


def test_the_csv_says_where_each_digit_stands_and_who_set_it():
    data = view(corrections={0: 9}).download_now(Download.CSV)
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert list(rows[0]) == [
        *("line", "position", "digit", "read", "confidence", "mark", "left", "top", "width", "height", "second guess")
    ]
    assert [row["digit"] for row in rows] == ["9", "0", "", "7", "1"]
    assert [row["read"] for row in rows] == ["4", "0", "8", "7", "1"]
    assert [row["mark"] for row in rows] == ["by hand", "unsure", "no digit", "sure", "sure"]
    assert [row["second guess"] for row in rows] == ["", "9", "", "", ""]
    first = rows[0]
    assert (first["line"], first["position"], first["confidence"]) == ("1", "1", "0.99")
    assert [first[side] for side in ("left", "top", "width", "height")] == ["0", "5", "10", "20"]


def test_the_json_holds_the_text_and_every_digit():
    found = json.loads(view(corrections={0: 9}).download_now(Download.JSON))
    assert (found["file"], found["text"]) == ("sheets/a page.png", "90\n71")
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


def test_the_table_of_pages_counts_what_is_left_in_doubt():
    unread = PictureResult("b", ReadingMode.LINES, note="no picture")
    columns = views_table([view(corrections={3: None}), view(unread)])
    assert list(columns) == ["file", "text", "least confidence", "sure", "unsure", "no digit", "by hand", "note"]
    assert columns["text"] == ["40\n1", ""]
    assert columns["least confidence"] == [0.7, None]
    assert [columns[kind][0] for kind in ("sure", "unsure", "no digit", "by hand")] == [2, 1, 1, 1]
    assert columns["note"] == ["", "no picture"]


@pytest.mark.parametrize(
    ("digits", "by_hand", "least"),
    [
        ((digit(4), digit(8, 0.3, left=20)), {}, 0.99),
        ((digit(4), digit(8, 0.3, left=20)), {0: 9}, None),
        ((digit(8, 0.3), digit(8, 0.4)), {}, 0.3),
    ],
)
def test_a_piece_that_is_left_out_makes_a_number_in_the_table_no_less_sure(digits, by_hand, least):
    row = view(replace(PAGE, digits=digits), by_hand).table_row
    assert row["least confidence"] == least


def single(name="a", note="", **options):
    return view(PictureResult(name, note=note, digits=(digit(7, **options),) if options else ()))


def test_the_table_of_digits_says_what_is_unsure():
    shares = np.full(10, 0.01, np.float32)
    shares[[7, 1]] = 0.62, 0.3
    unsure = {"confidence": 0.62, "probabilities": shares}
    columns = views_table([single(confidence=0.99), single(**unsure), single(**unsure, refused=True), single(note="?")])
    assert columns["note"] == [
        "",
        "Unsure; perhaps a 1 (30 %).",
        "This does not look like a digit; the nearest is 7.",
        "?",
    ]
    assert columns["digit"] == ["7", "7", "7", ""]
    assert columns["confidence"] == [0.99, 0.62, 0.62, None]


def test_the_csv_of_digits_holds_every_answer_with_its_ten_probabilities():
    data = to_csv(views_table([single("a, b.png", confidence=0.99), single("x.png", note="no")]))
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert [row["file"] for row in rows] == ["a, b.png", "x.png"]
    assert [row["digit"] for row in rows] == ["7", ""]
    assert sum(float(rows[0][f"p({label})"]) for label in range(10)) == pytest.approx(1, abs=1e-3)
    assert rows[1]["note"] == "no"
    assert rows[1]["p(3)"] == ""


@pytest.mark.parametrize("name", ["=1+1.png", "+x.png", "-x.png", "@x.png"])
def test_no_cell_is_taken_for_a_formula(name):
    assert f"'{name}" in to_csv(views_table([single(name, note="no")])).decode("utf-8-sig")


def test_pictures_are_encoded_when_they_are_asked_for_and_once():
    decoded = []

    def decode():
        decoded.append(1)
        return Image.new("L", (56, 56), 255)

    steps = [Step("ink", np.zeros((28, 28), np.uint8), "why")]
    found = view(replace(PAGE, display=PictureDisplay(decode, steps)))
    assert found.text and not decoded, "text, boxes and rows need no picture"
    first = found.display.picture
    assert found.display.picture is first and len(decoded) == 1
    [step] = found.display.steps
    assert Image.open(io.BytesIO(step.picture)).size == (280, 280)
    assert len(decoded) == 1, "steps are encoded without the picture"
    assert found.display.naive.shape == (28, 28)
    assert found.icon.startswith("data:image/png;base64,")


def test_an_encoded_display_lets_go_of_the_picture():
    display = PictureDisplay(lambda: Image.new("L", (56, 56), 255), []).encode_now()
    assert not hasattr(display, "_decode")
    assert display.picture and display.icon and display.naive.shape == (28, 28) and display.steps == ()


@pytest.mark.parametrize(
    ("corrections", "sentence"),
    [
        ({}, "2 of 5 are doubtful: they are marked ? or × in the picture."),
        ({1: 0}, "1 of 5 is doubtful: it is marked ? or × in the picture."),
        (dict.fromkeys(range(5), 1), "Sure of all 5 digits."),
    ],
)
def test_a_sentence_says_how_many_digits_are_doubtful(corrections, sentence):
    assert view(corrections=corrections).doubt_text == sentence


def test_of_a_picture_without_digits_nothing_is_doubtful():
    assert view(PictureResult("empty.png", ReadingMode.LINES)).doubt_text == ""
