"""Lines whose text two ways of reading choose: what becomes unsure, what is refused, and where reading ends."""

from dataclasses import replace

import numpy as np
import pytest

from core.config.line_shape import BLANK, LINE_OUTPUTS
from core.datasets.mnist import load_arrays
from core.preprocessing.line_decoding import Candidate, LineLattice
from core.preprocessing.segmentation import Piece
from core.recognition import Recognizer, line_texts
from core.recognition.classifier import ScoredPredictions
from core.recognition.line_texts import LineTexts, ReadLine
from core.recognition.refusal import ConfidenceRefusal
from core.recognition.seen_lines import LinePicture, SeenLine
from core.recognition.text_choice import MAX_DISAGREED, ChosenText


def piece(left):
    return Piece(left, 0, np.full((60, 20), 255, np.uint8))


def read_line(text, confidence=0.95, refused=False, pieces=None):
    """A line whose chain is all of its candidates."""
    probabilities = np.full((len(text), 10), (1 - confidence) / 9, np.float32)
    probabilities[np.arange(len(text)), [int(digit) for digit in text]] = confidence
    candidates = [Candidate(k, k, piece(60 * k), np.zeros(7)) for k in range(len(text))]
    pieces = [candidate.piece for candidate in candidates] if pieces is None else pieces
    blank, is_refused = np.zeros((28, 28), np.uint8), np.full(len(text), refused)
    return ReadLine(
        pieces, candidates, list(range(len(text))), [blank] * len(text), probabilities, is_refused, is_refused
    )


def chosen(text, agreed=True, chain=()):
    digits = np.full((len(text), 10), 0.01)
    digits[np.arange(len(text)), [int(digit) for digit in text]] = 0.91
    labels = [int(digit) for digit in text]
    return ChosenText(
        list(chain) or list(range(len(text))), 0, [(0, 1)] * len(text), digits, labels, [agreed] * len(text)
    )


def test_where_most_digits_of_a_line_differ_none_of_it_is_sure():
    lines = [read_line("4071"), read_line("555")]
    found = line_texts._doubted(lines, {0: [True, False, False, False], 1: [True] * 3})
    assert found[0].probabilities.max() <= MAX_DISAGREED + 1e-6
    assert (found[0].probabilities.argmax(axis=1) == [4, 0, 7, 1]).all()
    assert np.allclose(found[0].probabilities.sum(axis=1), 1, atol=1e-5)
    assert found[1] is lines[1]


@pytest.mark.parametrize(("agreed", "is_sure"), [([True] * 4, True), ([True, False, False, False], False)])
def test_lines_that_the_line_reader_did_not_see_are_as_sure_as_the_page(agreed, is_sure):
    lines = [read_line("4071"), read_line("555")]
    found = line_texts._doubted(lines, {0: agreed})
    assert (found[1].probabilities.max() > MAX_DISAGREED + 1e-6) == is_sure


def test_a_line_whose_text_is_in_doubt_is_looked_at_again_by_its_variants(monkeypatch):
    def says(text, sure):
        frames = np.full((2 * len(text) + 1, LINE_OUTPUTS), (1 - sure) / 10)
        frames[::2] = np.eye(LINE_OUTPUTS)[BLANK] * 0.99 + 0.001
        frames[range(1, 2 * len(text), 2), [int(digit) for digit in text]] = sure
        return np.log(frames)

    def with_variants(lines):
        asked.append([line.views[0] for line in lines])
        return [line._replace(frames_of_variants=[says("417", 0.999)] * 3) for line in lines]

    asked = []
    seen = {0: SeenLine(["clear"], [says("555", 0.99)]), 2: SeenLine(["in doubt"], [says("427", 0.5)])}
    monkeypatch.setattr(line_texts, "see_lines", lambda *_: seen)
    monkeypatch.setattr(line_texts, "with_variants", with_variants)
    monkeypatch.setattr(SeenLine, "columns", lambda line, view, spans: [])
    lines = [read_line("555"), read_line("9"), read_line("427", 0.5)]
    lattices = [LineLattice(line.pieces, cut=False) for line in lines]
    texts = LineTexts(None, ConfidenceRefusal(0.2))._texts(lines, lattices, None, LinePicture(None, None))
    assert asked == [["in doubt"]]
    assert {number: text.labels for number, (text, _) in texts.items()} == {0: [5, 5, 5], 2: [4, 1, 7]}


def test_a_page_of_which_no_line_was_seen_stays_as_it_is():
    lines = [read_line("555")]
    assert line_texts._doubted(lines, {})[0] is lines[0]


def texts():
    return LineTexts(classifier=None, in_line=ConfidenceRefusal(0.2))


def test_the_digits_of_a_number_are_judged_as_in_line_and_one_alone_as_alone():
    number = texts()._weighed(read_line("40", refused=True), chosen("40"), is_whole=False)
    assert not number.refused.any()
    two = replace(read_line("40", refused=True), refused=np.zeros(2, bool), chain=[0])  # it was judged as a number
    alone = texts()._weighed(two, chosen("4", chain=[0]), is_whole=False)
    assert alone.refused[0]


def test_one_piece_is_no_number_unless_the_picture_is_this_line():
    line = read_line("40", refused=True, pieces=[piece(0)])
    assert texts()._weighed(line, chosen("40"), is_whole=False).refused.all()
    assert not texts()._weighed(line, chosen("40"), is_whole=True).refused.any()


def test_a_digit_seen_again_has_the_mean_of_all_its_views():
    class Classifier:
        def predict_views(self, views):
            assert all(len(each) == 2 for each in views)
            return ScoredPredictions(np.full((len(views), 10), 0.1, np.float32), np.zeros(len(views)), None)

    [found] = LineTexts(Classifier(), ConfidenceRefusal(0.2))._seen_again([read_line("7", 0.91)])
    assert found.probabilities[0, 7] == pytest.approx((0.91 + 2 * 0.1) / 3, abs=1e-5)


def test_a_page_of_print_has_no_sure_digit():
    import cv2

    page = np.full((700, 900), 255, np.uint8)
    for row in range(12):
        cv2.putText(page, "The quick brown fox paid 30 to 71", (40, 60 + 52 * row), cv2.FONT_HERSHEY_COMPLEX, 1, 0, 2)
    reading = Recognizer.load().read(page)
    sure = [digit for digit in reading.digits if digit.confidence >= 0.8 and not digit.refused]
    assert len(sure) <= 0.02 * len(reading.digits)


def test_a_line_of_digits_is_sure_by_both_ways():
    arrays = load_arrays()
    page = 255 - np.pad(np.hstack([arrays["x_test"][k] for k in (0, 1, 2, 3)]), 40)
    reading = Recognizer.load().read(page)
    assert reading.text == "7210" and min(digit.confidence for digit in reading.digits) > 0.9
