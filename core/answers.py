"""What was read of picture files, one answer a file: for cards, a table and a CSV."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from core.pictures import PictureError, open_picture
from core.recognition import Digit, Recognizer
from core.thumbnails import thumbnail

MOST_BYTES = 400 * 1024**2
"""So much may the files of one upload have together."""

_THUMBNAIL_PX = 168


@dataclass(frozen=True, eq=False)
class Answer:
    """One file's answer: its digit, or None with a sentence in `note`; `picture` is None where it cannot be opened."""

    name: str
    digit: Digit | None = None
    note: str = ""
    picture: Image.Image | None = None


def read_file(reader: Recognizer, data: bytes, name: str) -> Answer:
    """Return the answer to the bytes of one picture file, all of whose ink is one digit; a bad file gets a note."""
    try:
        picture = open_picture(data, name)
    except PictureError as error:
        return Answer(name, note=str(error))
    digits = reader.read(picture, single=True).digits
    note = "" if digits else "Nothing to read: no ink was found in this picture."
    return Answer(name, digits[0] if digits else None, note, thumbnail(picture, _THUMBNAIL_PX))


def table(answers: Sequence[Answer]) -> dict[str, list]:
    """Return the answers as columns: file, digit, confidence (0 to 1), the ten probabilities, note."""
    found = [each.digit for each in answers]
    shares = {
        f"p({label})": [round(float(each.probabilities[label]), 4) if each else None for each in found]
        for label in range(10)
    }
    return {
        "file": [each.name for each in answers],
        "digit": [str(each.label) if each else "" for each in found],
        "confidence": [round(float(each.confidence), 4) if each else None for each in found],
        "note": [_note(each) for each in answers],
        **shares,
    }


def _note(answer):
    if answer.digit and answer.digit.refused:
        return "This does not look like a digit."
    return answer.note


def to_csv(columns: dict[str, list]) -> bytes:
    """Return the columns as CSV with a byte order mark, as spreadsheets want it; no cell is taken for a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_literal(cell) for cell in row] for row in zip(*columns.values(), strict=True))
    return text.getvalue().encode("utf-8-sig")


def _literal(cell):
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
