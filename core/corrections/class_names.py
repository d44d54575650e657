"""The names of classes as the database of corrections keeps them."""

import json

from core.config.dataset_spec import DIGITS, check_class_names
from core.config.field_spec import ConfigError
from core.corrections.records import Classes


def to_text(classes: Classes) -> str:
    """Return classes as the database keeps them: '' for the ten digits, else a JSON list."""
    return "" if classes == DIGITS else json.dumps(classes, ensure_ascii=False)


def parse_classes(text: str) -> Classes:
    """Return the classes of `to_text`; () where they are damaged."""
    try:
        return check_class_names(json.loads(text)) if text else DIGITS
    except (ValueError, ConfigError, RecursionError):
        return ()
