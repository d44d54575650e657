"""What a run can be sent, and what all of it together means."""

import pytest

from core.runs.commands import COMMANDS, Command, CommandError, make_command, pending_halt


def test_every_command_is_read_as_it_was_written():
    values = {"extend": 3, "rate": 0.01}
    for name in COMMANDS:
        sent = make_command(name, values.get(name))
        assert sent.command == name and Command.from_json(sent.to_json()) == sent


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
    assert Command.from_json({"command": name, "value": value}) is None


@pytest.mark.parametrize("line", [{}, {"command": None}, {"command": []}, {"command": "rate"}, {"value": 3}])
def test_a_foreign_line_is_no_command(line):
    assert Command.from_json(line) is None


@pytest.mark.parametrize(
    ("sent", "halt"),
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
def test_the_last_command_counts_but_only_resume_takes_a_stop_back_and_a_pause_is_only_between(sent, halt):
    values = {"extend": 3, "rate": 0.01}
    assert pending_halt(make_command(name, values.get(name)) for name in sent.split()) == (halt or None)
