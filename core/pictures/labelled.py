"""Labelled pictures for an evaluation: in folders named 0 to 9, in a ZIP of such, or listed in a CSV with labels."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from core.pictures.documents import expand_pages, may_be_document, name_of_page
from core.pictures.entries import PictureEntry
from core.pictures.local_files import file_entry, find_pictures


class LabelError(ValueError):
    """A folder or CSV gives no labels; the message says what is wrong with it and what is expected."""


@dataclass(frozen=True, eq=False)
class LabelledPicture:
    """A picture and its label: one digit, or the digits of a number, those of all its lines in a row."""

    entry: PictureEntry
    label: str


class LabelledPictures(NamedTuple):
    """The labelled pictures of a folder or CSV."""

    pictures: list[LabelledPicture]
    notes: list[str]  # sentences on pictures in the folder that have no label or cannot be opened


def find_labelled(path: Path) -> LabelledPictures:
    """Return the labelled pictures of a folder or CSV; raises LabelError.

    A folder, or a ZIP, holds some of the sub-folders 0 to 9; a folder may hold in their place one CSV with the columns
    file and label, whose file names are relative to the CSV's folder. Each page of a document is a picture; a CSV names
    it as "scan.pdf, page 2".
    """
    if not path.exists():
        raise LabelError(f"There is no folder or CSV at {path}.")
    if path.is_file():
        return LabelledPictures(_search_zip(path) if path.suffix.lower() == ".zip" else _read_csv(path), [])
    tables = sorted(path.glob("*.csv"))
    if len(tables) > 1:
        names = ", ".join(table.name for table in tables[:3])
        raise LabelError(f"{path} holds {len(tables)} CSV files ({names}): name the one that labels the pictures.")
    found = _read_csv(tables[0]) if tables else _search_digit_folders(path)
    return LabelledPictures(found, _unlabelled_notes(path, found))


def _search_digit_folders(path: Path) -> list[LabelledPicture]:
    found = [
        LabelledPicture(page, str(digit))
        for digit in range(10)
        if (path / str(digit)).is_dir()
        for entry in find_pictures([path / str(digit)])
        if entry.unpack
        for page in (expand_pages(entry) if may_be_document(entry.name) else [entry])
    ]
    if not found:
        raise LabelError(
            f"There are no labelled pictures in {path}: it has neither folders 0 to 9 with pictures in them nor a CSV "
            "with the columns file and label."
        )
    return found


def _search_zip(path: Path) -> list[LabelledPicture]:
    entries = [entry for entry in find_pictures([path]) if entry.unpack]
    labels = [Path(entry.name).parent.name for entry in entries]
    digits = {str(digit) for digit in range(10)}
    found = [LabelledPicture(entry, label) for entry, label in zip(entries, labels, strict=True) if label in digits]
    if not found:
        raise LabelError(f"There are no labelled pictures in {path}: it has no folders 0 to 9 with pictures in them.")
    return found


def _read_csv(path: Path) -> list[LabelledPicture]:
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise LabelError(f"{path} is not a CSV in UTF-8; save it as one.") from None
    header = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if "," not in header else ",")
    try:
        if not {"file", "label"} <= set(rows.fieldnames or ()):
            raise LabelError(f"{path} needs the columns file and label; its first line is {header.strip()[:80]!r}.")
        documents: dict[Path, list[PictureEntry]] = {}
        found = [_labelled_row(path, rows.line_num, row["file"], row["label"], documents) for row in rows]
    except csv.Error as error:
        raise LabelError(f"{path} is damaged: {error} in line {rows.line_num}.") from error
    if not found:
        raise LabelError(f"{path} names no picture: it has only its header line.")
    return found


def _labelled_row(
    path: Path, line: int, file: str | None, label: str | None, documents: dict[Path, list[PictureEntry]]
) -> LabelledPicture:
    digits = "".join((label or "").split())
    if not (digits.isascii() and digits.isdecimal()):
        label = label or ""
        raise LabelError(f"{path}, line {line}: the label is {label!r}; it must be the digits shown, as 7 or 407.")
    if not file or "\0" in file:
        raise LabelError(f"{path}, line {line}: no file is named.")
    return LabelledPicture(_named_entry(path.parent, file, documents), digits)


def _named_entry(folder: Path, file: str, documents: dict[Path, list[PictureEntry]]) -> PictureEntry:
    """Return the entry of a file, or of a page of one; `documents` keeps the pages of those that were opened."""
    try:
        page = None if (folder / file).exists() else name_of_page(file)
    except OSError:  # no name that a file may have, or a folder that cannot be entered
        return file_entry(folder / file)
    document, number = page or (file, 0)
    path = folder / document
    if not may_be_document(document):
        return file_entry(folder / file)
    if path not in documents:
        documents[path] = expand_pages(file_entry(path))
    pages = documents[path]
    if not number and len(pages) > 1:
        note = f"has {len(pages)} pages or frames; label each in a row of its own, as {pages[1].name}."
        return PictureEntry(str(path), note)
    if pages[0].unpack is None:
        return pages[0]
    if number > len(pages):
        return PictureEntry(str(folder / file), f"there is no page or frame {number}: the file has {len(pages)}.")
    return pages[max(0, number - 1)]


def _unlabelled_notes(path: Path, found: Sequence[LabelledPicture]) -> list[str]:
    """Return sentences on the pictures in the folder that have no label, and on what cannot be opened."""
    labelled = {each.entry.page.document if each.entry.page else each.entry.name for each in found}
    entries = find_pictures([path])
    others = [entry.name for entry in entries if entry.unpack and entry.name not in labelled]
    notes = [f"{entry.name}: {entry.note}" for entry in entries if not entry.unpack and entry.may_be_picture]
    if others:
        notes.append(f"Left out, because they have no label: {len(others):,} pictures in {path}, first {others[0]}.")
    return notes
