"""The corrections that a run keeps are those of the moment, and damaged ones are refused."""

import numpy as np
import pytest

from core.corrections import CorrectionError, Split
from core.corrections.freezing import freeze, thaw
from core.corrections.records import Example


def example(number, label="7", split=Split.LEARN, strokes=()):
    return Example(number, label, split, np.full((28, 28), number, np.uint8), strokes)


PATH = (np.array([[1, 2], [3, 4]], np.float32), np.array([[5, 6]], np.float32))


def test_they_come_back_as_they_were():
    frozen = thaw(
        freeze([example(1, "3", strokes=PATH), example(2), example(3, split=Split.MEASURE, strokes=PATH[1:])])
    )
    assert frozen.labels.tolist() == [3, 7, 7] and frozen.learned.tolist() == [0, 1]
    assert [[stroke.tolist() for stroke in each] for each in frozen.strokes] == [
        [[[1, 2], [3, 4]], [[5, 6]]],
        [],
        [[[5, 6]]],
    ]
    assert frozen.images[:, 0, 0].tolist() == [1, 2, 3]


def test_labels_that_are_no_digits_are_left_out():
    assert thaw(freeze([example(1, "A"), example(2, "0")])).labels.tolist() == [0]


@pytest.mark.parametrize("examples", [[], [example(1, "A")], [example(1, split=Split.MEASURE)]])
def test_without_a_digit_to_learn_from_nothing_is_frozen(examples):
    with pytest.raises(CorrectionError, match="nothing to learn from"):
        freeze(examples)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("labels", np.array([11, 7], np.uint8)),
        ("labels", np.array([7], np.uint8)),
        ("images", np.zeros((2, 28, 27), np.uint8)),
        ("kept_out", np.array([True, True])),
        ("stroke_ends", np.array([2, 99], np.int64)),
        ("stroke_digits", np.array([0, 5], np.int64)),
        ("points", np.zeros((3, 3), np.float32)),
    ],
)
def test_damaged_ones_are_refused(name, value):
    arrays = freeze([example(1, strokes=PATH), example(2)])
    with pytest.raises(CorrectionError, match="are damaged"):
        thaw(arrays | {name: value})
