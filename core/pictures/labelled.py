"""Pictures whose digits are known: in folders named 0 to 9, or beside a CSV that says what each shows."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from core.pictures.local_files import find_pictures, picture_file
from core.pictures.uploads import PictureEntry


class LabelError(ValueError):
    """A folder or CSV from which no labels can be had; the message says what is wrong and what is wanted."""


@dataclass(frozen=True, eq=False)
class LabelledPicture:
    """A picture file and what it shows: one digit, or the digits of a number, those of all its lines in a row."""

    entry: PictureEntry
    label: str


def find_labelled(path: Path) -> tuple[list[LabelledPicture], list[str]]:
    """Return the labelled pictures of a folder or CSV, and sentences on pictures in the folder that have no label.

    A folder has sub-folders 0 to 9, of any of which there may be none, or one CSV with the columns file and label, in
    which a file is named from the CSV's own folder. Raises LabelError.
    """
    if not path.exists():
        raise LabelError(f"There is no folder or CSV at {path}.")
    if path.is_file():
        return _of_csv(path), []
    tables = sorted(path.glob("*.csv"))
    if len(tables) > 1:
        names = ", ".join(table.name for table in tables[:3])
        raise LabelError(f"{path} holds {len(tables)} CSV files ({names}): name the one that labels the pictures.")
    found = _of_csv(tables[0]) if tables else _of_folders(path)
    return found, _left_out(path, found)


def _of_folders(path):
    found = [
        LabelledPicture(entry, str(digit))
        for digit in range(10)
        if (path / str(digit)).is_dir()
        for entry in find_pictures([path / str(digit)])
        if entry.unpack
    ]
    if not found:
        raise LabelError(
            f"There are no labelled pictures in {path}: it has neither folders 0 to 9 with pictures in them nor a CSV "
            "with the columns file and label."
        )
    return found


def _of_csv(path):
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise LabelError(f"{path} is not a CSV in UTF-8; save it as one.") from None
    first = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if "," not in first else ",")
    try:
        if not {"file", "label"} <= set(rows.fieldnames or ()):
            raise LabelError(f"{path} needs the columns file and label; its first line is {first.strip()[:80]!r}.")
        found = [_of_row(path, rows.line_num, row["file"], row["label"]) for row in rows]
    except csv.Error as error:
        raise LabelError(f"{path} is no whole CSV: {error} in line {rows.line_num}.") from error
    if not found:
        raise LabelError(f"{path} names no picture: it has no line below its first.")
    return found


def _of_row(path, line, file, label):
    digits = "".join((label or "").split())
    if not (digits.isascii() and digits.isdecimal()):
        label = label or ""
        raise LabelError(f"{path}, line {line}: the label is {label!r}; it must be the digits shown, as 7 or 407.")
    if not file or "\0" in file:
        raise LabelError(f"{path}, line {line}: no file is named.")
    return LabelledPicture(picture_file(path.parent / file), digits)


def _left_out(path, found):
    """Sentences on the pictures in the folder that nothing labels, and on what cannot be opened."""
    labelled, entries = {each.entry.name for each in found}, find_pictures([path])
    others = [entry.name for entry in entries if entry.unpack and entry.name not in labelled]
    told = [f"{entry.name}: {entry.note}" for entry in entries if not entry.unpack and entry.may_be_picture]
    if others:
        told.append(f"Left out, for they have no label: {len(others):,} pictures in {path}, the first {others[0]}.")
    return told
