"""The digits of a reading as a person has corrected them, and what is said of each."""

import numpy as np
import pytest

from core.recognition.corrections import apply_corrections, corrected_text, next_doubtful
from tests.support.digits import TWO_LINES, digit


def test_without_corrections_the_text_is_the_networks():
    digits = apply_corrections(TWO_LINES, {})
    assert corrected_text(digits) == "40\n71"
    assert [each.kind for each in digits] == ["sure", "unsure", "no digit", "sure", "sure"]
    assert [(each.line, each.position) for each in digits] == [(1, 1), (1, 2), (1, None), (2, 1), (2, 2)]


def test_each_digit_says_in_words_what_it_is_and_an_unsure_one_its_second_guess():
    assert [each.description for each in apply_corrections(TWO_LINES, {3: 2})][:4] == [
        "4, sure, 99 %, line 1, place 1",
        "0, unsure, 70 %, perhaps 9, line 1, place 2",
        "no digit, 30 %",
        "2, by hand, 99 %, line 2, place 1",
    ]


def test_a_correction_changes_the_text_and_the_places_behind_it():
    digits = apply_corrections(TWO_LINES, {0: 9, 2: 3, 3: None})
    assert corrected_text(digits) == "903\n1"
    assert [each.kind for each in digits] == ["by hand", "unsure", "by hand", "by hand", "sure"]
    assert (digits[2].line, digits[2].position) == (1, 3)
    assert (digits[3].position, digits[4].position) == (None, 1)


def test_a_line_without_digits_is_no_line_of_the_text():
    digits = apply_corrections((digit(8, 0.2), digit(5, line=1)), {})
    assert corrected_text(digits) == "5"
    assert [(each.line, each.position) for each in digits] == [(None, None), (1, 1)]


def test_nothing_read_is_no_text():
    assert corrected_text(apply_corrections((), {})) == ""


@pytest.mark.parametrize(("after", "found"), [(-1, 1), (0, 1), (1, 2), (2, 1), (4, 1)])
def test_the_next_doubtful_one_is_found_round_the_end(after, found):
    assert next_doubtful(apply_corrections(TWO_LINES, {}), after) == found


def test_nothing_is_doubtful_that_a_person_has_set():
    digits = apply_corrections(TWO_LINES, {1: 0, 2: None})
    assert next_doubtful(digits, 0) is None
    assert all(each.is_decided for each in digits)
    assert [each.is_corrected for each in digits] == [False, True, True, False, False]


def test_what_the_network_read_stays_beside_a_correction():
    corrected = apply_corrections(TWO_LINES, {0: 9, 2: None})
    assert [each.read_label for each in corrected] == [4, 0, 8, 7, 1]
    assert [each.is_refused for each in corrected] == [False, False, True, False, False]


def test_an_unsure_answer_names_the_second_guess_and_a_refused_one_the_nearest():
    shares = np.full(10, 0.01, np.float32)
    shares[[7, 1]] = 0.62, 0.3
    sure, unsure, refused = apply_corrections(
        [digit(7), digit(7, 0.62, probabilities=shares), digit(7, 0.62, probabilities=shares, refused=True)], {}
    )
    assert sure.confidence_text == "99.0 % sure" and sure.second_guess is None
    assert unsure.confidence_text == "Only 62.0 % sure; perhaps a 1 (30.0 %)." and unsure.second_guess == 1
    assert (refused.answer, refused.confidence_text) == ("?", "Not a digit")
    assert refused.nearest_text == "The nearest is 7, 62.0 %." and not sure.nearest_text and not unsure.nearest_text
    assert (sure.answer, unsure.answer) == ("7", "7")
    assert refused.second_guess is None
    assert unsure.probabilities_text.startswith("7 at 62.0 %, 1 at 30.0 %, ")
