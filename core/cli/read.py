"""Read the digits in pictures: single files, folders and what is below them, ZIPs. A line for each goes to stdout."""

import json
import sys
from pathlib import Path

from core.cli.models import recognizer
from core.pictures.file_names import to_printable
from core.pictures.local_files import find_pictures
from core.pictures.prefetch import prefetch_batches
from core.recognition.recognizer import counted_digits
from core.recognition.results import UNSURE_BELOW, has_ink, second_label, to_csv

NAME, HELP = "read", "read the digits in pictures, folders and ZIPs of them"
_NO_INK = "nothing to read: no ink was found"
_NO_DIGIT = "nothing was found that looks like a digit"
_MOST_TOLD = 10  # unsure digits of one picture


def add_arguments(command) -> None:
    """Add which pictures, how they are read, and the form of the answers."""
    command.add_argument(
        "pictures",
        nargs="+",
        type=Path,
        metavar="PICTURE",
        help="PNG, JPEG, WebP, BMP, TIFF, GIF, HEIC; a folder; a ZIP",
    )
    command.add_argument("--single", action="store_true", help="take all ink of a picture as one digit")
    command.add_argument("--model", metavar="RUN", help="a run's id or a .keras file (default: the shipped model)")
    command.add_argument("--json", action="store_true", help="print one JSON object a picture")
    command.add_argument("--csv", type=Path, metavar="FILE", help="write a table too: file, text, confidence, note")


def carry_out(options) -> int:
    """Print a line for each picture as it is read, and write the table, even of what was read before Ctrl+C."""
    table = {"file": [], "text": [], "confidence": [], "note": []}
    if options.csv is None:
        return _print_all(options, table)
    with open(options.csv, "wb") as file:  # before the reading, which may take long
        try:
            return _print_all(options, table)
        finally:
            file.write(to_csv(table))


def _print_all(options, table):
    from tqdm import tqdm

    entries, failed = find_pictures(options.pictures), 0
    for remark in (entry for entry in entries if not entry.may_be_picture):
        print(remark.note, file=sys.stderr)
    entries = [entry for entry in entries if entry.may_be_picture]
    reader = recognizer(options.model)
    with tqdm(total=len(entries), unit="picture", disable=len(entries) == 1) as bar:
        for batch in prefetch_batches(entries):
            readings = iter(reader.read_many([picture for _, picture, _ in batch if picture], options.single))
            for entry, picture, note in batch:
                reading = next(readings) if picture else None
                row = _row(entry.name, reading) if reading else {"file": entry.name, "error": note}
                said = _note(reading) if reading else note
                failed += not picture
                bar.write(json.dumps(row) if options.json else _line(row, said))
                _tabulate(row, said, table)
            bar.update(len(batch))
            del batch, picture  # before the next ones come into memory
    if failed and len(entries) > 1:
        print(f"{len(entries) - failed:,} of {len(entries):,} pictures were read.", file=sys.stderr)
    return 1 if failed else 0


def _row(name, reading):
    digits = [
        {
            "label": each.label,
            "second": second_label(each),
            "confidence": each.confidence,
            "refused": each.refused,
            "box": list(each.box),
        }
        for each in reading.digits
    ]
    # A number is as sure as its least sure digit.
    confidence = min((each.confidence for each in counted_digits(reading.digits)), default=0.0)
    return {"file": name, "text": reading.text, "confidence": confidence, "digits": digits}


def _note(reading):
    """Why nothing was read, or what of it is unsure; '' where all of it is sure."""
    if not reading.text:
        return _NO_DIGIT if has_ink(reading) else _NO_INK
    if len(reading.text) == 1:
        [digit] = counted_digits(reading.digits)
        if digit.refused:
            return f"does not look like a digit; the nearest is {digit.label}"
        return f"unsure: perhaps {second_label(digit)}" if digit.confidence < UNSURE_BELOW else ""
    unsure = _unsure(reading)
    more = f"; {len(unsure) - _MOST_TOLD:,} more" if len(unsure) > _MOST_TOLD else ""
    return f"unsure: {'; '.join(unsure[:_MOST_TOLD])}{more}" if unsure else ""


def _unsure(reading):
    """Words for each unsure digit of the text: its place, itself and the second guess."""
    lines = {}
    for digit in (each for each in reading.digits if not each.refused):
        lines.setdefault(digit.line, []).append(digit)
    return [
        f"{f'line {number}, ' if len(lines) > 1 else ''}{_ordinal(place)} digit {digit.label} (perhaps {second_label(digit)})"
        for number, line in enumerate(lines.values(), 1)
        for place, digit in enumerate(line, 1)
        if digit.confidence < UNSURE_BELOW
    ]


def _ordinal(number):
    teens = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _line(row, note):
    if not row.get("text"):
        return to_printable(f"{row['file']}: {note}")
    said = f"{row['text'].replace(chr(10), ' / ')}  {row['confidence']:.1%}"
    return to_printable(f"{row['file']}: {said}{'  ' if note else ''}{note}")


def _tabulate(row, note, table):
    found = row.get("digits")
    table["file"].append(to_printable(row["file"]))
    table["text"].append(row.get("text", ""))
    table["confidence"].append(round(row["confidence"], 4) if found else None)
    table["note"].append(to_printable(note))
