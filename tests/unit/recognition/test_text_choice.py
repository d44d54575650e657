"""The text of a line by two ways of reading: where they agree, and where one of them outweighs the other."""

import numpy as np
import pytest

from core.config.line_shape import BLANK, LINE_OUTPUTS
from core.preprocessing.line_decoding import LineLattice
from core.preprocessing.segmentation import Piece
from core.recognition.corrections import UNSURE_BELOW
from core.recognition.text_choice import MAX_DISAGREED, choose_text, weigh


def lattice(count):
    """So many upright strokes, far apart: each one digit."""
    return LineLattice([Piece(60 * k, 0, np.full((60, 25), 255, np.uint8)) for k in range(count)], cut=False)


def chain_says(text, sure=0.95):
    probabilities = np.full((len(text), 10), (1 - sure) / 9)
    probabilities[np.arange(len(text)), [int(digit) for digit in text]] = sure
    return probabilities


def line_says(text, sure=0.95, instead=""):
    """Frames of a line reader: a digit and a blank by turns; `instead` has what is left of each digit's probability."""
    frames = np.full((2 * len(text) + 1, LINE_OUTPUTS), 1e-4)
    frames[::2, BLANK] = 1
    for k, digit in enumerate(text):
        frames[2 * k + 1, int(digit)] = sure
        if instead:
            frames[2 * k + 1, int(instead[k])] += 1 - sure
    return np.log(frames / frames.sum(axis=1, keepdims=True))


def chosen(chain_text, frames, sure=0.95):
    probabilities = chain_says(chain_text, sure)
    return choose_text(lattice(len(chain_text)), probabilities, list(range(len(chain_text))), [frames])


def text_of(choice):
    return "".join(map(str, choice.labels))


def test_where_both_agree_every_digit_is_agreed():
    choice = chosen("407", line_says("407"))
    assert text_of(choice) == "407" and choice.is_agreed == [True] * 3 and choice.chain == [0, 1, 2]
    assert choice.digits.shape == (3, 10) and choice.digits.argmax(axis=1).tolist() == [4, 0, 7]


@pytest.mark.parametrize(
    ("of_chain", "of_line", "wanted"), [(0.98, 0.55, "427"), (0.5, 0.98, "417")], ids=["chain", "line reader"]
)
def test_where_they_differ_the_surer_one_decides_and_the_digit_is_not_agreed(of_chain, of_line, wanted):
    choice = chosen("427", line_says("417", of_line, instead="427"), of_chain)
    assert text_of(choice) == wanted
    assert choice.is_agreed == [True, False, True]


@pytest.mark.parametrize(("in_variants", "wanted"), [("427", "427"), ("417", "417")])
def test_where_they_differ_variants_of_the_picture_decide_too(in_variants, wanted):
    probabilities = chain_says("427", 0.5)
    seen, variants = [line_says("417", 0.6, instead="427")], [line_says(in_variants, 0.999)] * 2
    choice = choose_text(lattice(3), probabilities, [0, 1, 2], seen, variants)
    assert text_of(choice) == wanted


def test_a_text_that_only_variants_have_frames_for_is_not_chosen():
    seen = [line_says("427")[:5]]
    choice = choose_text(lattice(3), chain_says("427", 0.3), [0, 1, 2], seen, [line_says("427777", 0.999)] * 4)
    assert len(choice.labels) < 6 and len(choice.spans) == len(choice.labels)


def test_a_digit_that_one_of_them_leaves_out_makes_its_neighbours_unsure():
    choice = chosen("4007", line_says("407"))
    assert text_of(choice) in ("4007", "407")
    assert not all(choice.is_agreed) and choice.is_agreed[0]


def test_a_digit_of_which_the_line_reader_is_in_doubt_is_not_agreed():
    assert chosen("427", line_says("427", 0.9, instead="417")).is_agreed == [True] * 3
    assert chosen("427", line_says("427", 0.7, instead="417")).is_agreed == [True, False, True]


def test_more_digits_than_parts_are_cut_out_where_the_line_reader_saw_them():
    choice = chosen("47", line_says("4107"))
    assert text_of(choice) == "4107" and choice.chain is None
    assert [first for first, _ in choice.spans] == [1, 3, 5, 7]


def test_where_no_chain_has_as_many_digits_they_are_cut_out_where_the_line_reader_saw_them():
    """One piece of ink alone is no number for the classifier, and for the line reader two digits or more."""
    seen = [line_says("41075", 0.6)[:9], line_says("4107")]
    choice = choose_text(lattice(1), chain_says("4"), [], seen)
    assert text_of(choice) == "4107" and choice.chain is None and len(choice.spans) == 4


def test_a_line_reader_that_sees_nothing_leaves_the_chain():
    blank = np.log(np.eye(LINE_OUTPUTS)[[BLANK] * 9] * (1 - 1e-6) + 1e-7)
    assert text_of(chosen("427", blank)) == "427"


@pytest.mark.parametrize("label", range(10))
@pytest.mark.parametrize("is_agreed", [True, False])
def test_weighed_probabilities_are_those_of_the_label(label, is_agreed):
    rng = np.random.default_rng(label)
    for _ in range(20):
        one, two = (row / row.sum() for row in rng.exponential(1, (2, 10)) ** 3)
        weighed = weigh(one, two, label, is_agreed)
        assert weighed.dtype == np.float32 and weighed.sum() == pytest.approx(1, abs=1e-5)
        assert weighed.argmax() == label and weighed.min() >= 0
        assert is_agreed or weighed.max() <= MAX_DISAGREED + 1e-3 < UNSURE_BELOW


def test_a_digit_that_both_are_sure_of_stays_sure():
    both = np.full(10, 0.01 / 9)
    both[3] = 0.99
    assert weigh(both, both, 3, True).max() >= 0.98
    assert weigh(both, both, 3, False).max() < UNSURE_BELOW
