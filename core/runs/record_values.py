"""The values in the records of a run folder, and how plain JSON values become a record or are refused."""

import sys
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

import msgspec

from core.config.dataset_spec import MAX_CLASSES, MIN_CLASSES

_Record = TypeVar("_Record")

NonNegative = Annotated[float, msgspec.Meta(ge=0, le=sys.float_info.max)]
"""A finite number of at least 0."""
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**62)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e11)]
"""A duration, or a time since 1970, of at most three thousand years."""
OfClasses = msgspec.Meta(min_length=MIN_CLASSES, max_length=MAX_CLASSES)
"""The length of what has a value for each class."""


def convert(values: Any, record: type[_Record]) -> _Record | None:
    """Return plain JSON values as a record, or None where one is missing, of the wrong type or out of range."""
    try:
        return msgspec.convert(values, record)
    except (msgspec.ValidationError, ValueError, OverflowError):
        return None


def without_none(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that are not None."""
    return {name: value for name, value in values.items() if value is not None}


def is_number(value: object) -> bool:
    """Return whether a value from a file is a finite number of at least 0, and no boolean."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= sys.float_info.max
