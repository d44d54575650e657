"""A reading as a file to download: its text, its digits as a CSV, or both as JSON."""

import json
import re
from collections.abc import Sequence
from enum import StrEnum

from core.config.dataset_spec import DIGITS
from core.recognition.corrections import CorrectedDigit, corrected_text
from core.recognition.csv_table import to_columns, to_csv


class Download(StrEnum):
    """A form in which a reading can be downloaded; the value is the file's suffix."""

    TXT = "txt"
    CSV = "csv"
    JSON = "json"

    @property
    def media_type(self) -> str:
        """Return the media type, as HTTP names it."""
        return {Download.TXT: "text/plain", Download.CSV: "text/csv", Download.JSON: "application/json"}[self]

    def file_name(self, picture: str) -> str:
        """Return the file name for the reading of a picture file: its name without folders, with this suffix.

        That of a page of a document keeps its number.
        """
        name = picture.replace("\\", "/").rsplit("/", 1)[-1]
        stem = re.sub(r"\.[^.]*?(, (page|frame) \d+)?$", r"\1", name) or "digits"
        return f"{stem}.{self}"

    def content(self, picture: str, digits: Sequence[CorrectedDigit]) -> str | bytes:
        """Return what the file holds of the corrected reading of a picture file."""
        if self is Download.TXT:
            return corrected_text(digits)
        return digits_to_csv(digits) if self is Download.CSV else reading_to_json(picture, digits)


def digits_to_csv(digits: Sequence[CorrectedDigit]) -> bytes:
    """Return at least one digit as the bytes of a CSV, a row each; one that was left out has no label or position."""
    rows = []
    for digit in digits:
        box = dict(zip(("left", "top", "width", "height"), digit.box, strict=True))
        rows.append(_values(digit) | box | {"second guess": _label(digit, digit.second_guess)})
    return to_csv(to_columns(rows))


def reading_to_json(picture: str, digits: Sequence[CorrectedDigit]) -> str:
    """Return the corrected reading of a picture file as JSON: its text and its digits."""
    rows = [_values(digit) | {"second guess": digit.second_guess, "box": list(digit.box)} for digit in digits]
    return json.dumps({"file": picture, "text": corrected_text(digits), "digits": rows}, indent=2, ensure_ascii=False)


def _values(digit: CorrectedDigit) -> dict[str, object]:
    return {
        "line": digit.line,
        "position": digit.position,
        "digit": _label(digit, digit.label),
        "read": _label(digit, digit.read_label),
        "confidence": round(float(digit.digit.confidence), 4),
        "mark": str(digit.kind),
    }


def _label(digit: CorrectedDigit, label: int | None) -> int | str | None:
    """Return a digit as a number, another class by its name."""
    return label if digit.digit.class_names == DIGITS or label is None else digit.name_of(label)
