"""The rows of a shard: one for each picture or page that was read, or could not be."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from core.pictures.documents import name_of_page
from core.pictures.entries import PictureEntry
from core.pictures.prefetch import prefetch_batches
from core.recognition.corrections import DigitKind, apply_corrections
from core.recognition.csv_table import Row
from core.recognition.digit_values import digit_values
from core.recognition.reading import Reading
from core.storage.printable import to_printable

if TYPE_CHECKING:
    from core.recognition.recognizer import Recognizer

COLUMNS = ("source", "page", "text", "confidence", "refused", "doubtful", "turn", "digits", "error")
_DECIMALS = 4


def read_rows(reader: "Recognizer", entries: Iterable[PictureEntry], single: bool) -> list[Row]:
    """Return the rows of entries, in order; their pictures are opened a batch at a time."""
    rows = []
    for batch in prefetch_batches(entries):
        pictures = [picture for _, picture, _ in batch if picture]
        readings = iter(reader.read_many(pictures, single) if pictures else ())
        del pictures
        while batch:  # each picture is let go before the next ones come into memory
            entry, picture, note = batch.pop(0)
            rows.append(_row(entry, next(readings)) if picture else error_row(*_place(entry), note))
            del picture
    return rows


def error_row(source: str, page: int | None, error: str) -> Row:
    """Return the row of a picture that was not read, with a sentence on why."""
    return dict.fromkeys(COLUMNS) | {"source": to_printable(source), "page": page, "error": to_printable(error)}


def _row(entry: PictureEntry, reading: Reading) -> Row:
    source, page = _place(entry)
    kinds = [digit.kind for digit in apply_corrections(reading.digits, {})]
    digits = [digit_values(each) | {"line": each.line} for each in reading.digits]
    for each in digits:
        each["confidence"] = round(each["confidence"], _DECIMALS)
    return {
        "source": to_printable(source),
        "page": page,
        "text": reading.text,
        "confidence": round(reading.confidence, _DECIMALS) if reading.digits else None,
        "refused": kinds.count(DigitKind.NO_DIGIT),
        "doubtful": kinds.count(DigitKind.UNSURE),
        "turn": reading.turn,
        "digits": json.dumps(digits, separators=(",", ":")),
        "error": None,
    }


def _place(entry: PictureEntry) -> tuple[str, int | None]:
    """Return the file of an entry, and the number of its page, from 1; None for a picture of one page."""
    if entry.page and entry.name != entry.page.document and (found := name_of_page(entry.name)):
        return found
    return entry.name, None
