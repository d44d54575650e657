"""The names of people: what looks like another one's name is that name, and those who share one are told apart."""

import pytest

from core.people.names import MAX_NAME, clean_name, name_key, tell_apart
from core.people.register import PeopleError


@pytest.mark.parametrize(
    "name",
    [
        "An\u00adna",
        "An\u200bna",
        "\ufeffAnna",
        "Anna\u2060",
        "An\u034fna",
        "Anna\ufe0f",
        "Anna\U000e0041",
        "\u202eAnna",
    ],
)
def test_what_is_not_seen_is_no_part_of_a_name(name):
    assert clean_name(name) == "Anna" and name_key(name) == name_key("Anna")


def test_the_letters_of_a_name_stay():
    for name in ("Zoë", "José", "李雷", "नेहा", "Søren O'Neill-Müller", "عائشة"):
        assert clean_name(name) == name


@pytest.mark.parametrize(
    "name", ["", "   ", "!?", "\u202e", "\u00ad", "\u3164", "\u2800", "\u115f\uffa0", "a" * (MAX_NAME + 1), "a" * 10**6]
)
def test_a_name_that_is_none_is_refused(name):
    with pytest.raises(PeopleError):
        clean_name(name)


@pytest.mark.parametrize("name", ["Teacher", " teacher ", "Ｔeacher", "Tea\u200bcher"])
def test_nobody_is_called_as_the_teacher_is(name):
    with pytest.raises(PeopleError, match="The teacher is called Teacher"):
        clean_name(name)


def test_people_of_one_name_are_told_apart_by_their_id():
    names = {"a1b2c3d4": "Anna", "ffff0000": "An\u200bna", "12345678": "Ben"}
    assert tell_apart(names) == {"a1b2c3d4": "Anna · c3d4", "ffff0000": "An\u200bna · 0000", "12345678": "Ben"}
