"""How sure a digit of a line is."""

import pytest

from core.recognition.corrections import UNSURE_BELOW
from core.recognition.digit_confidence import DigitEvidence

SURE = DigitEvidence(classifier=0.999, line=0.999, text=-0.05, chain=0.99)


def test_a_digit_of_which_all_are_sure_is_sure():
    assert UNSURE_BELOW < SURE.confidence < 1


@pytest.mark.parametrize(
    "doubt",
    [{"line": 0.5}, {"text": -2.0}, {"classifier": 0.01, "chain": None, "line": 0.97}],
    ids=["line", "text", "classifier"],
)
def test_doubt_makes_it_unsure(doubt):
    assert SURE._replace(**doubt).confidence < UNSURE_BELOW


def test_a_chain_that_says_the_same_makes_it_surer():
    assert SURE._replace(chain=None).confidence < SURE.confidence


def test_no_probability_is_too_extreme():
    for probability in (0.0, 1.0):
        assert 0 <= DigitEvidence(probability, probability, -1e9, probability).confidence <= 1
