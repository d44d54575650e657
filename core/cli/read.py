"""Read the digits in pictures: single files, folders and what is below them, ZIPs. A line for each goes to stdout.

Each page of a document, a PDF for instance, is a picture. With --out any number of pictures is read into files of a
folder, on all cores or on a cluster; the same command goes on where it was ended.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.cli import parts_options
from core.cli.errors import UsageError
from core.cli.models import model_path, picture_reader
from core.config.percent import probability_percent
from core.pictures.documents import expand_pages, may_be_document
from core.pictures.entries import PictureEntry
from core.pictures.local_files import find_pictures
from core.pictures.prefetch import prefetch_batches
from core.recognition.corrections import CorrectedDigit, DigitKind, apply_corrections
from core.recognition.csv_table import Columns, to_csv
from core.recognition.digit_values import digit_values
from core.recognition.reading import Reading
from core.storage.os_errors import os_reason
from core.storage.printable import to_printable

if TYPE_CHECKING:
    from tqdm import tqdm

    from core.recognition.picture_reader import PictureReader

_NO_INK = "nothing to read: no ink was found"
_NO_DIGIT = "nothing was found that looks like a digit"
_TURNED = {
    90: "on its side, turned by 90° clockwise",
    180: "upside down, turned by 180°",
    270: "on its side, turned by 90° anticlockwise",
}
_SIMPLIFIED = "too much for a thorough reading: touching digits were not separated"
_MAX_NAMED = 10  # unsure digits of one picture
_MAX_FEW = 8  # pictures that NumPy reads sooner than TensorFlow is loaded, large pages of many digits too


@dataclass(frozen=True, eq=False)
class _Result:
    """The printed result of one picture; `reading` is None where it could not be opened, and `note` says why."""

    file: str
    reading: Reading | None
    note: str

    @classmethod
    def of(cls, file: str, reading: Reading) -> "_Result":
        return cls(file, reading, _note(reading))

    def to_json(self) -> str:
        if not self.reading:
            return json.dumps({"file": self.file, "error": self.note})
        digits = [digit_values(each) for each in self.reading.digits]
        text, confidence = self.reading.text, self.reading.confidence
        turn = {"turn": self.reading.turn} if self.reading.turn else {}
        return json.dumps({"file": self.file, "text": text, "confidence": confidence, "digits": digits} | turn)

    def to_line(self) -> str:
        if not self.reading or not self.reading.text:
            return to_printable(f"{self.file}: {self.note}")
        text = f"{self.reading.text.replace(chr(10), ' / ')}  {probability_percent(self.reading.confidence)}"
        return to_printable(f"{self.file}: {text}{'  ' if self.note else ''}{self.note}")

    def add_to(self, table: Columns) -> None:
        table["file"].append(to_printable(self.file))
        table["text"].append(self.reading.text if self.reading else "")
        known = self.reading and self.reading.digits
        table["confidence"].append(round(self.reading.confidence, 4) if self.reading and known else None)
        table["note"].append(to_printable(self.note))


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add which pictures, how they are read, and the form of the output."""
    command.add_argument(
        "pictures",
        nargs="+",
        metavar="PICTURE",
        help="PDF, PNG, JPEG, WebP, BMP, TIFF, GIF, HEIC; a folder; a ZIP; with --out also a glob or an address (s3://…)",
    )
    command.add_argument("--single", action="store_true", help="take all ink of a picture as one digit")
    command.add_argument("--model", metavar="RUN", help="a run's id or a .keras file (default: the shipped model)")
    command.add_argument("--json", action="store_true", help="print one JSON object a picture")
    command.add_argument("--csv", type=Path, metavar="FILE", help="write a table too: file, text, confidence, note")
    parts_options.add_arguments(command)


def carry_out(options: argparse.Namespace) -> int:
    """Print a line for each picture as it is read, and write the table, even of what was read before Ctrl+C.

    With --out, read the pictures into the parts of a folder instead.
    Returns 1 where a picture could not be opened; raises `OSError` with a sentence where the table cannot be written.
    """
    if options.out is not None:
        from core.cli import read_parts  # with what reads by the million, which a few pictures do not need

        return read_parts.carry_out(options)
    parts_options.check_unused(options)
    table: Columns = {"file": [], "text": [], "confidence": [], "note": []}
    if options.csv is None:
        return _print_all(options, table)
    with ExitStack() as stack:
        with _as_sentence(options.csv):
            file = stack.enter_context(open(options.csv, "wb"))  # before the reading, which may take long
        try:
            return _print_all(options, table)
        finally:
            with _as_sentence(options.csv), file:
                file.write(to_csv(table))


@contextmanager
def _as_sentence(path: Path) -> Iterator[None]:
    """Raise any `OSError` as one that says in a sentence that the table cannot be written.

    It is a `UsageError` where the table's folder is not there.
    """
    try:
        yield
    except OSError as error:
        kind = UsageError if isinstance(error, FileNotFoundError) else OSError
        raise kind(f"The table {path} cannot be written: {os_reason(error)}.") from error


def _print_all(options: argparse.Namespace, table: Columns) -> int:
    from tqdm import tqdm

    entries, failed, read = find_pictures(map(Path, options.pictures)), 0, 0
    for remark in (entry for entry in entries if not entry.may_be_picture):
        print(remark.note, file=sys.stderr)
    entries = [entry for entry in entries if entry.may_be_picture]
    model_path(options.model)  # raises where there is none, before a picture is opened
    are_few = len(entries) <= _MAX_FEW and not any(may_be_document(each.name) for each in entries)
    reader: PictureReader | None = None  # loaded for the first picture that could be opened: it may take seconds
    with tqdm(total=len(entries), unit="picture", disable=len(entries) == 1) as bar:
        for batch in prefetch_batches(_expand(entries, bar)):
            pictures, count = [picture for _, picture, _ in batch if picture], len(batch)
            if pictures and reader is None:
                reader = picture_reader(options.model, are_few)
            readings = iter(reader.read_many(pictures, options.single) if reader else ())
            del pictures
            while batch:  # each picture is let go before the next ones come into memory
                entry, picture, note = batch.pop(0)
                result = _Result.of(entry.name, next(readings)) if picture else _Result(entry.name, None, note)
                del picture
                failed += not result.reading
                bar.write(result.to_json() if options.json else result.to_line())
                result.add_to(table)
            bar.update(count)
            read += count
    if failed and read > 1:
        print(f"{read - failed:,} of {read:,} pictures were read.", file=sys.stderr)
    return 1 if failed else 0


def _expand(entries: Sequence[PictureEntry], bar: "tqdm") -> Iterator[PictureEntry]:
    """Yield the pictures of all files, the pages of documents among them; the bar then counts these too."""
    for entry in entries:
        pages = expand_pages(entry) if may_be_document(entry.name) else [entry]
        bar.total += len(pages) - 1
        yield from pages


def _note(reading: Reading) -> str:
    """Return why nothing was read, or what of it is unsure; '' where all of it is sure."""
    digits = apply_corrections(reading.digits, {})
    if not reading.text:
        return _NO_DIGIT if reading.has_ink else _NO_INK
    if len(digits) == 1 and digits[0].is_refused:
        return digits[0].doubt_text()
    unsure = [digit for digit in digits if digit.kind is DigitKind.UNSURE]
    if unsure and len(digits) == 1:
        return f"unsure: perhaps {unsure[0].name_of(unsure[0].second_guess)}"
    lines = len({digit.line for digit in digits if digit.label is not None})
    named = "; ".join(_describe(digit, lines) for digit in unsure[:_MAX_NAMED])
    more = f"; {len(unsure) - _MAX_NAMED:,} more" if len(unsure) > _MAX_NAMED else ""
    notes = [f"unsure: {named}{more}"] if unsure else []
    turned = [_TURNED[reading.turn]] if reading.turn else []
    return "; ".join([*turned, *notes, *([_SIMPLIFIED] if reading.is_simplified else [])])


def _describe(digit: CorrectedDigit, lines: int) -> str:
    """Return an unsure digit's place, label and second guess; its line too where the text has several."""
    line = f"line {digit.line}, " if lines > 1 else ""
    return f"{line}{_ordinal(digit.position or 0)} digit {digit.label} (perhaps {digit.second_guess})"


def _ordinal(number: int) -> str:
    teens = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"
