"""The fields of a sweep as they are written on the command line."""

import argparse
import json
from functools import partial
from typing import Any

from core.config.field_spec import ConfigError
from core.config.train_config import FIELD_DEFAULTS
from core.sweeps.swept_field import SweptField

_SWITCH = {"true": True, "false": False}


def parse_swept(text: str) -> SweptField:
    """Return the field of NAME=LOW..HIGH, with `:log` or `:STEP` behind it, or of NAME=VALUE,VALUE,….

    Raises `argparse.ArgumentTypeError` in words.
    """
    name, values = _parts(text)
    try:
        if ".." in values:
            return _range(name, values)
        if values.startswith("["):  # stacks of layers, some of them by name
            return SweptField.from_json({"name": name, "options": _json(name, values)})
        each_value = str.strip if name == "layers" else partial(_value, name)
        return SweptField(name, options=tuple(each_value(each) for each in values.split(",")))
    except ConfigError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def parse_value(text: str) -> tuple[str, Any]:
    """Return the field and the value of NAME=VALUE; raises `argparse.ArgumentTypeError` in words."""
    name, value = _parts(text)
    return name, _value(name, value)


def _parts(text: str) -> tuple[str, str]:
    name, _, values = text.partition("=")
    name = name.strip().replace("-", "_")
    if not values.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is no field with values; write learning_rate=0.0001..0.01:log.")
    return name, values.strip()


def _range(name: str, text: str) -> SweptField:
    ends, _, how = text.partition(":")
    low, _, high = ends.partition("..")
    is_log = how.strip() == "log"
    step = _number(name, how) if how.strip() and not is_log else None
    return SweptField(name, _number(name, low), _number(name, high), is_log, step)


def _number(name: str, text: str) -> float:
    kind = int if type(FIELD_DEFAULTS.get(name)) is int else float
    try:
        return kind(text)
    except ValueError:
        what = "whole number" if kind is int else "number"
        raise argparse.ArgumentTypeError(f"{name}: {text.strip()!r} is no {what}.") from None


def _value(name: str, text: str) -> Any:
    """Return a value of the field's type; the text where it is none of it, which the config then refuses."""
    kind, text = type(FIELD_DEFAULTS.get(name)), text.strip()
    if kind is bool:
        return _SWITCH.get(text.lower(), text)
    if kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            return text
    return _json(name, text) if name == "layers" else text


def _json(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise argparse.ArgumentTypeError(f"{name}: {text[:60]!r} is no JSON list: {error}.") from error
