"""What is too much to read thoroughly is read more simply, by the work that it asks for; usual pages are not."""

import cv2
import numpy as np
import pytest

from core.preprocessing import pen_strokes
from core.preprocessing.canvas_drawing import Drawing
from core.preprocessing.deskew import MAX_DESKEWED_AREA, deskew_lines
from core.preprocessing.pen_strokes import MAX_STROKES, StrokesError, redraw
from core.preprocessing.segmentation import MAX_PIECES_AREA, find_pieces
from core.recognition import ReadingMode, Recognizer, line_reader
from core.recognition.classifier import Classifier
from core.recognition.edits import EditHistory
from core.recognition.line_reader import MAX_VIEWS
from core.recognition.reading_view import ReadingView
from core.recognition.results import SIMPLIFIED_TEXT, read_drawing
from tests.support.hostile_pictures import zigzags
from tests.support.pieces import block


@pytest.fixture(scope="module")
def reader():
    return Recognizer.load()


@pytest.fixture
def views(monkeypatch):
    """The number of views that the network is given, in a list that grows; it answers without looking."""
    seen = []

    plain = Classifier.predict

    def counted(self, images):
        count = len(np.reshape(images, (-1, 28, 28)))
        seen.append(count)
        one = plain(self, np.zeros((1, 28, 28), np.uint8))
        return type(one)(one.probabilities.repeat(count, axis=0), one.scores.repeat(count), one.refused.repeat(count))

    monkeypatch.setattr(Classifier, "predict", counted)
    return seen


def row_of_rings(count):
    """Rings that touch each other: as many digits that may be cut apart."""
    picture = np.full((160, 70 * count + 60), 255, np.uint8)
    for number in range(count):
        cv2.circle(picture, (60 + 68 * number, 80), 36, 0, 6, cv2.LINE_AA)
    return picture


@pytest.mark.parametrize(
    "page",
    [
        zigzags(step_px=14),
        zigzags(rows=5, size=(1400, 1400), step_px=30),
        np.vstack([row_of_rings(20)] * 9),
    ],
    ids=["zigzags", "tall zigzags", "touching rings"],
)
def test_the_network_is_given_no_more_views_than_the_budget(reader, views, page):
    reading = reader.read(page)
    assert sum(views) <= MAX_VIEWS
    assert reading.is_simplified


def test_where_even_pieces_side_by_side_are_too_many_each_is_read_alone(reader, views, monkeypatch):
    monkeypatch.setattr(line_reader, "MAX_VIEWS", 50)
    strokes = [np.array([[12.0 * n, 0], [12.0 * n, 50]]) for n in range(40)]
    reading = reader.read_strokes(strokes, single=False)
    assert sum(views) == 40 and reading.is_simplified


def test_a_usual_line_is_read_thoroughly(reader, views):
    angles = np.linspace(0, 2 * np.pi, 40)
    rings = [np.column_stack([25 * n + 13 * np.cos(angles), 20 * np.sin(angles)]) for n in range(12)]
    reading = reader.read_strokes(rings, single=False)
    assert not reading.is_simplified
    assert sum(views) > 3 * 12, "touching rings are cut, and each candidate is looked at in three views"


def test_no_more_pieces_are_found_than_their_boxes_have_room_for():
    nested = np.zeros((1400, 1400), np.uint8)
    for side in range(6, 1400, 6):
        cv2.rectangle(nested, (700 - side // 2, 700 - side // 2), (700 + side // 2, 700 + side // 2), 255, 1)
    pieces = find_pieces(np.tile(nested, (1, 3)))
    assert len(pieces) >= 3 and sum(piece.ink.size for piece in pieces) <= MAX_PIECES_AREA
    assert max(piece.width for piece in pieces) >= 1390


def test_pieces_that_would_become_too_large_are_not_deskewed():
    leaning = np.zeros((2000, 6), np.uint8)
    for top in range(0, 2000, 8):
        cv2.line(leaning, (0, top + 7), (5, top), 255, 1)
    lines = [[type(block(0, 0, 1, 1))(12 * number, 0, leaning) for number in range(60)]]
    area = sum(piece.ink.size for piece in deskew_lines(lines).lines[0])
    assert area <= 1.1 * MAX_DESKEWED_AREA


def test_a_remark_says_that_a_reading_was_simplified(reader, views, monkeypatch):
    monkeypatch.setattr(line_reader, "MAX_VIEWS", 8)
    paths = [{"path": [["M", 20 * n, 10], ["L", 20 * n + 2, 60]], "strokeWidth": 3} for n in range(6)]
    result = read_drawing(reader, Drawing({"objects": paths}, 200, 100), single=False)
    view = ReadingView.of(result, EditHistory(), "x")
    assert view.remark == SIMPLIFIED_TEXT
    assert SIMPLIFIED_TEXT in str(view.table_row["note"]) or not view.text


def test_many_strokes_are_separated_by_what_touches(monkeypatch):
    strokes = [np.array([[20.0 * n, 0], [20.0 * n + 2, 40]]) for n in range(MAX_STROKES + 1)]
    monkeypatch.setattr(pen_strokes, "_merge_digits", lambda pieces: pytest.fail("each two are compared"))
    ink, pieces = redraw(strokes, single=False)
    assert len(pieces) == len(strokes)
    assert max(piece.right for piece in pieces) <= ink.strength.shape[1] + 1


def test_strokes_that_are_far_apart_take_no_more_memory_than_pieces_of_a_picture():
    strokes = [np.array([[0.0, 3 * n], [5000.0, 3 * n + 20]]) for n in range(200)]
    assert sum(piece.ink.size for piece in redraw(strokes, single=False).pieces) <= MAX_PIECES_AREA


@pytest.mark.parametrize("single", [True, False])
def test_a_drawing_of_too_many_points_is_refused_with_a_sentence(reader, monkeypatch, single):
    monkeypatch.setattr(pen_strokes, "MAX_POINTS", 90)
    stroke = np.column_stack([np.arange(91), np.arange(91)])
    with pytest.raises(StrokesError, match="has 91 points; at most 90 are read"):
        reader.read_strokes([stroke], single=single)
    path = [["M", 1, 1], *[["L", float(x), float(y)] for x, y in stroke]]
    result = read_drawing(reader, Drawing({"objects": [{"path": path}]}, 100, 100), single)
    assert (result.digits, result.mode) == ((), ReadingMode.of(single)) and "at most 90" in result.note
