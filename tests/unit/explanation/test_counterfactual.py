"""Strokes that change the answer, on networks whose answer follows from where the ink is."""

import math

import cv2
import numpy as np
import pytest

from core.explanation.counterfactual import Change, _likely, smallest_change, strongest_stroke
from core.explanation.pen_changes import pen_changes
from core.explanation.wording import place_of, smallest_sentence, stroke_sentence


def test_the_strongest_stroke_is_really_made_and_read(upper_or_lower, bar):
    change = strongest_stroke(upper_or_lower, bar, 3, 8)
    assert change.probabilities_after == pytest.approx(upper_or_lower.reader.classify(change.after[None])[0])
    assert change.probabilities_after[3] < change.probabilities_before[3]


def test_the_smallest_change_is_read_as_the_target_by_more_than_half(upper_or_lower, bar):
    change = smallest_change(upper_or_lower, bar, 8, math.inf)
    assert upper_or_lower.reader.classify(change.after[None])[0, 8] > 0.5
    assert not change.is_refused


def test_a_change_is_of_few_strokes_and_no_noise(upper_or_lower, bar):
    change = smallest_change(upper_or_lower, bar, 8, math.inf)
    parts, _ = cv2.connectedComponents((np.abs(change.difference) > 0.1).astype(np.uint8))
    assert 1 <= parts - 1 <= 4


def test_without_a_way_to_the_target_there_is_no_change(upper_or_lower, bar):
    assert smallest_change(upper_or_lower, bar, 5, math.inf) is None, "no ink anywhere speaks for 5"
    assert "No change of 4 strokes" in smallest_sentence(None, 5)


def test_a_search_without_time_tries_single_strokes(upper_or_lower, bar):
    thin, thick = np.zeros((2, 28, 28), np.uint8)
    thin[13:15, 6:22] = thick[4:14, 4:24] = 255
    assert smallest_change(upper_or_lower, thin, 8, max_s=0) is not None, "one stroke is enough"
    with pytest.raises(TimeoutError):
        smallest_change(upper_or_lower, thick, 8, max_s=0)
    assert smallest_change(upper_or_lower, thick, 8, math.inf) is not None


@pytest.mark.parametrize("scale", [1, 1e-12])
def test_images_are_ordered_by_the_probability_of_the_target(upper_or_lower, bar, scale):
    images = np.stack([bar, bar[::-1], np.zeros_like(bar)])
    log_probabilities = upper_or_lower.log_probabilities(images / np.float32(255))[:, 8]
    likely = _likely(upper_or_lower, images, scale * np.exp(log_probabilities), 8)
    assert np.argsort(likely).tolist() == np.argsort(log_probabilities).tolist()


def test_nothing_can_be_changed_where_there_is_no_ink(upper_or_lower):
    empty = np.zeros((28, 28), np.uint8)
    assert smallest_change(upper_or_lower, empty, 8) is None
    assert strongest_stroke(upper_or_lower, empty, 3, 8) is None


def test_every_stroke_changes_something_and_lies_near_the_digit(bar):
    changes = pen_changes(bar / np.float32(255))
    differences = changes.images - bar / np.float32(255)
    assert (np.abs(differences).sum(axis=(1, 2)) > 2).all()
    assert (differences[changes.adds] >= 0).all() and (differences[~changes.adds] <= 0).all()
    assert not (differences[changes.adds] > 0.5)[:, 20:].any(), "the bar ends ten pixels above"


def changed(rows, columns, value, p_before, p_after, refused=False):
    """A change in these rows and columns of a square digit, with the probabilities of 3; those of 8 are the rest."""
    before = np.zeros((28, 28), np.uint8)
    before[4:24, 4:24] = 128
    after = before.copy()
    after[rows, columns] = value
    probabilities = np.zeros((2, 10), np.float32)
    probabilities[:, 3], probabilities[:, 8] = (p_before, p_after), (1 - p_before, 1 - p_after)
    return Change(before, after, *probabilities, refused)


@pytest.mark.parametrize(
    ("rows", "columns", "place"),
    [
        (slice(4, 8), slice(4, 8), "upper left"),
        (slice(12, 16), slice(4, 7), "left side"),
        (slice(12, 16), slice(12, 16), "middle"),
        (slice(20, 24), slice(12, 16), "bottom"),
        (slice(20, 24), slice(20, 24), "lower right"),
    ],
)
def test_the_place_of_a_change_is_named(rows, columns, place):
    assert place_of(changed(rows, columns, 255, 0.9, 0.4)) == place


def test_the_sentence_names_place_and_both_readings():
    left = slice(12, 16), slice(4, 7)
    assert stroke_sentence(changed(*left, 255, 0.972, 0.41), 3, 8) == (
        "The open left side speaks for 3: with a stroke there, 3 goes from 97.2 % to 41.0 %, 8 from 2.8 % to 59.0 %."
    )
    assert stroke_sentence(changed(*left, 0, 0.972, 0.41, refused=True), 3, 8).startswith(
        "The ink on the left side speaks for 3: without it, 3 goes from 97.2 % to 41.0 %"
    )


def test_the_sentence_says_where_a_third_digit_comes_out():
    change = changed(slice(12, 16), slice(4, 7), 0, 0.972, 0.1)
    change.probabilities_after[[2, 8]] = 0.8, 0.1
    assert stroke_sentence(change, 3, 8).endswith("It is then read as 2, 80.0 % sure.")


def test_a_stroke_of_no_effect_is_no_reason():
    text = stroke_sentence(changed(slice(12, 16), slice(4, 7), 255, 0.99, 0.98), 3, 8)
    assert text.startswith("No single stroke changes much.") and "speaks" not in text
    assert "No stroke" in stroke_sentence(None, 3, 8)
