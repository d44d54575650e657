"""What a run can be told, and what all of it together means."""

import pytest

from core.runs.commands import COMMANDS, CommandError, make_command, pending_halt, is_command


def test_every_word_is_a_command():
    values = {"extend": 3, "rate": 0.01}
    for name in COMMANDS:
        told = make_command(name, values.get(name))
        assert told["command"] == name and is_command(told)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("sing", None, "'sing' is not a command"),
        ("extend", 0, "epochs cannot be 0: a whole number from 1 to 200 is wanted."),
        ("extend", 201, "epochs cannot be 201"),
        ("extend", 1.5, "epochs cannot be 1.5"),
        ("extend", None, "epochs cannot be None"),
        ("extend", True, "epochs cannot be True"),
        ("extend", "3", "epochs cannot be 3"),
        ("rate", 0, "the learning rate cannot be 0: a number from 0.00001 to 1 is wanted."),
        ("rate", float("nan"), "the learning rate cannot be nan"),
        ("rate", 10**400, "the learning rate cannot be 1000"),
    ],
)
def test_what_cannot_be_followed_is_refused_in_words(name, value, words):
    with pytest.raises(CommandError) as caught:
        make_command(name, value)
    assert str(caught.value).startswith(words)
    assert not is_command({"command": name, "value": value})


@pytest.mark.parametrize("line", [{}, {"command": None}, {"command": []}, {"command": "rate"}, {"value": 3}])
def test_a_foreign_line_is_no_command(line):
    assert not is_command(line)


@pytest.mark.parametrize(
    ("told", "halt"),
    [
        ("", ""),
        ("pause", "pause"),
        ("pause resume", ""),
        ("pause stop_after_epoch", "stop_after_epoch"),
        ("stop_after_epoch resume", ""),
        ("stop_after_epoch pause", "pause"),
        ("stop_after_epoch pause resume", "stop_after_epoch"),
        ("stop_after_epoch pause pause resume", "stop_after_epoch"),
        ("stop_after_epoch pause resume resume", ""),
        ("stop_after_epoch pause stop resume", ""),
        ("stop_after_epoch pause stop_after_epoch resume", ""),
        ("stop", "stop"),
        ("stop pause", "stop"),
        ("stop stop_after_epoch", "stop"),
        ("stop resume", ""),
        ("stop resume pause", "pause"),
        ("pause extend rate first", "pause"),
    ],
)
def test_the_last_word_counts_but_only_resume_takes_a_stop_back_and_a_pause_is_only_between(told, halt):
    assert pending_halt({"command": name} for name in told.split()) == halt
