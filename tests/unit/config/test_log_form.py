"""The form of a server's log: one JSON object a line, whatever is logged."""

import json
import logging
import sys

import pytest

from core.cli import main
from core.config import log_form


def logged(message, *values, error=None, **more):
    record = logging.LogRecord("core.jobs.scheduler", logging.WARNING, __file__, 1, message, values, error)
    vars(record).update(more)
    line = log_form.JsonFormatter().format(record)
    assert "\n" not in line
    return json.loads(line)


def test_a_record_is_an_object_with_its_run():
    found = logged("run %s ended with code %d\nsecond line", "a-run", 3, run="a-run")
    assert found.pop("time").endswith("+00:00")
    assert found == {
        "level": "warning",
        "logger": "core.jobs.scheduler",
        "message": "run a-run ended with code 3\nsecond line",
        "run": "a-run",
    }


def test_a_stack_comes_along_and_a_message_that_does_not_fit_ends_nothing():
    try:
        raise ValueError("no number")
    except ValueError:
        found = logged("it failed", error=sys.exc_info())
    assert "ValueError: no number" in found["error"]
    assert logged("%d runs", "many")["message"] == "%d runs"
    assert logged("a lone surrogate %s", "\ud800")["message"].startswith("a lone surrogate")


@pytest.mark.parametrize(("form", "is_json"), [("", False), ("text", False), (" JSON ", True)])
def test_the_environment_asks_for_a_form(monkeypatch, form, is_json):
    monkeypatch.setenv(log_form.VARIABLE, form)
    assert log_form.wants_json() is is_json


def test_an_unknown_form_is_said_before_anything_is_served(monkeypatch, capsys):
    monkeypatch.setenv(log_form.VARIABLE, "xml")
    assert main(["serve"]) == 2
    assert "DIGIT_STUDIO_LOG is 'xml'; it must be text or json." in capsys.readouterr().err
