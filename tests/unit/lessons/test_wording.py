"""Sentences on a guess beside what came out."""

import pytest

from core.lessons.wording import compare_counts, compare_shares, join, points


@pytest.mark.parametrize(
    ("guess", "share", "sentence"),
    [
        (95, 0.912, "Your guess was 95 %; it reached 91.2 %. That is close."),
        (91, 0.912, "Your guess was 91 %; it reached 91.2 %. That is as near as one can guess."),
        (50, 0.912, "Your guess was 50 %; it reached 91.2 %: 41 points more than you thought."),
        (100, 0.5, "Your guess was 100 %; it reached 50.0 %: 50 points less than you thought."),
    ],
)
def test_a_share_beside_its_guess(guess, share, sentence):
    assert compare_shares(guess, share) == sentence


@pytest.mark.parametrize(
    ("guess", "end"),
    [
        (187, "Exactly right."),
        (170, "That is close."),
        (50, "137 more than you thought."),
        (784, "fewer than you thought."),
    ],
)
def test_a_count_beside_its_guess(guess, end):
    sentence = compare_counts(guess, 187, 784, "187 of the 784 numbers changed")
    assert sentence.startswith(f"Your guess was {guess}; 187 of the 784 numbers changed") and sentence.endswith(end)


def test_points_and_lists():
    assert (points(0.042), points(-0.01), points(0.5)) == ("4.2 points", "1 point", "50 points")
    assert (join([]), join(["a"]), join(["a", "b"]), join(["a", "b", "c"])) == ("", "a", "a and b", "a, b and c")
