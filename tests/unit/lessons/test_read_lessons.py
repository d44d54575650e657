"""What the lessons that train nothing say: as expected, and otherwise."""

from dataclasses import replace

import numpy as np
import pytest

from core.datasets.example_drawings import example_drawings
from core.lessons import honesty, letters, pixels, preparation
from core.lessons.drawings import draw_example
from core.lessons.letters import MarkReading
from core.lessons.preparation import Prepared
from tests.support.lessons import FakeReader

BLANK = np.zeros((28, 28), np.uint8)


def said(sentences):
    return " ".join(sentences)


# 1. pixels


@pytest.fixture
def bar():
    """A vertical bar of 20×3 pixels, its left edge grey."""
    image = BLANK.copy()
    image[4:24, 12:15] = 255
    image[4:24, 12] = 100
    return image


def test_a_moved_digit_changes_numbers_and_not_the_answer(bar):
    text = said(pixels.outcome(FakeReader(), bar, 60))
    assert text.startswith("Your guess was 60; 60 of the 784 numbers changed. Exactly right.")
    assert "The digit has 60 pixels with ink" in text
    assert "The network's answer stays 3, 90.0 % sure" in text


def test_a_moved_digit_that_is_read_otherwise(bar):
    text = said(pixels.outcome(FakeReader(changed_to=8), bar, 10))
    assert "changes its answer: it was 3, 90.0 % sure, and is 8, 90.0 % sure now" in text
    assert "50 more than you thought" in text


def test_a_darker_digit_is_told_how_the_answer_changes(bar):
    class Doubting(FakeReader):
        def classify(self, images):
            found = super().classify(images)
            found[1:] = found[1:] * 0.5 + 0.05
            return found

    view = pixels.pixel_view(Doubting(), bar, pixels.PixelChange(brightness=0.5))
    assert view.change == "60 of the 784 numbers differ from before."
    assert view.reading == "The answer stays, but the network is less sure: 3, 50.0 % sure, where it was 90.0 % before."


def test_single_pixels_are_inverted_after_the_move(bar):
    changed = pixels.change_pixels(bar, pixels.PixelChange(1, 1.0, ((4, 13), (0, 0))))
    assert (changed[4, 13], changed[5, 13], changed[0, 0]) == (155, 100, 255)
    view = pixels.pixel_view(FakeReader(), bar, pixels.PixelChange())
    assert (view.change, view.numbers[:33]) == ("", "Of the 784 numbers 724 are 0 (pap")
    assert view.reading == "The network reads 3, 90.0 % sure."


# 5. preparation


def pictures(plain, form):
    names = ("as drawn", "small, in a corner", "dark on white", "with a thin pen")
    return [
        Prepared(name, BLANK, "3", right, BLANK, "3", prepared)
        for name, right, prepared in zip(names, plain, form, strict=True)
    ]


@pytest.mark.parametrize(
    ("plain", "form", "found"),
    [
        ((1, 0, 0, 1), (1, 1, 1, 1), "the difference for the picture small, in a corner and dark on white"),
        ((1, 0, 0, 1), (1, 1, 1, 1), "only made small, 2 of 4 are read right: 1 fewer than you thought."),
        ((1, 1, 1, 1), (1, 1, 1, 1), "This drawing is so large and clear that it needs no preparation."),
        ((0, 0, 0, 0), (0, 0, 0, 0), "it is the digit itself that the network does not know"),
        ((1, 0, 0, 1), (0, 0, 0, 0), "Is it the digit that you named?"),
        ((1, 1, 1, 0), (1, 1, 1, 0), "In MNIST form the same 3 are read right: preparation made no difference here."),
        ((0, 1, 0, 0), (0, 1, 0, 0), "In MNIST form the same one is read right: preparation made no difference here."),
        ((1, 1, 0, 0), (1, 0, 0, 0), "In MNIST form 1 of 4 is read right: preparation did not help here. In MNIST"),
        ((1, 0, 0, 0), (0, 1, 0, 0), "In MNIST form it no longer reads the picture as drawn, which is rare."),
    ],
)
def test_preparation(plain, form, found):
    assert found in said(preparation.outcome(pictures(plain, form), 3))


@pytest.mark.parametrize("form", [(1, 1, 1, 0), (0, 1, 1, 0)])
def test_where_some_are_read_right_the_digit_is_not_doubted(form):
    text = said(preparation.outcome(pictures((1, 1, 1, 0), form), 3))
    assert "does not know" not in text and "you named" not in text


# 7. honesty


def honesty_says(says, right, count=100, others=900, guess=90):
    """So many images with that confidence, and others that are sure and right."""
    labels = np.zeros(count + others, int)
    probabilities = np.tile(np.eye(10)[0] * 0.998 + 0.0002, (count + others, 1))
    probabilities[:count] = (1 - says) / 9
    probabilities[np.arange(count), np.where(np.arange(count) < right, 0, 1)] = says
    return said(honesty.outcome(probabilities, labels, guess))


@pytest.mark.parametrize(
    ("says", "right", "count", "found"),
    [
        (0.9, 91, 100, "and was right in 91. That is honest: with so many images, chance allows 84 % to 95 %."),
        (0.9, 60, 100, "It is too sure of itself: with so many images, chance allows 50 % to 69 %, and 90 % is above"),
        (0.88, 100, 100, "It is better than it says"),
        (0.9, 9, 10, "There are few such images, so this is not certain."),
        (0.9, 91, 100, "the calibration error"),
    ],
)
def test_honesty(says, right, count, found):
    assert found in honesty_says(says, right, count)


def test_honesty_without_such_an_answer():
    text = honesty_says(0.5, 50)
    assert text.startswith("It was never 85 to 95 % sure in 1,000 images, so your guess of 90 % cannot be counted.")


# 8. letters


def mark(name, refused, is_digit=False, confidence=0.6):
    return MarkReading(name, BLANK, 9, confidence, refused, is_digit)


A, SCRIBBLE, THREE = mark(letters.ASKED, True), mark("a scribble", True), mark("a 3", False, True)


@pytest.mark.parametrize(
    ("readings", "found"),
    [
        ((A, SCRIBBLE, THREE), "Your guess was 50 %; it takes the A for a 9 with 60.0 %: 10 points more"),
        ((A, SCRIBBLE, THREE), "Its refusal works: it refuses the letter A and a scribble."),
        ((A, SCRIBBLE, THREE), "a 9 is only the least bad of ten wrong answers, and it shares out the other 40 %"),
        ((replace(A, confidence=0.97), THREE), "Softmax is sure that the A is a 9"),
        ((replace(A, is_refused=False), THREE), "Its refusal does not help: it lets pass the letter A as a 9."),
        ((A, replace(SCRIBBLE, is_refused=False)), "refuses the letter A, but lets pass a scribble as a 9."),
        ((A, replace(THREE, is_refused=True)), "It also refuses a 3, which is a digit"),
        ((A, mark("your drawing", True, None)), "To your drawing it says: 9, 60 %: refused."),
    ],
)
def test_letters(readings, found):
    assert found in said(letters.outcome(readings, 50))


@pytest.mark.parametrize(("refused", "end"), [(False, "and does not refuse it."), (True, "it is not sure enough.")])
def test_what_the_network_of_lesson_2_says_to_the_letter(refused, end):
    text = said(letters.outcome((A, THREE), 50, letters.read_asked(FakeReader(4, 0.7, refused))))
    assert "Your own network of lesson 2 takes the A for a 4, 70 % sure, and" in text and end in text


def test_all_marks_are_read_the_a_first_and_an_own_drawing_last():
    reader = FakeReader()
    own = draw_example(example_drawings()[1])
    names = [each.name for each in letters.read_marks(reader, own)]
    assert names[0] == "the letter A" and names[-1] == "your drawing" and len(names) == 6
    assert len(letters.read_marks(reader, None)) == 5
