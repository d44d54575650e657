"""A CSV with the columns file and label, and the pictures that it names; a column split may say which are for tests."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from core.datasets.importing.picture_reading import LabelledFile, is_picture, read_pictures
from core.datasets.importing.pixel_csv import MIN_COLUMNS
from core.datasets.importing.raw_set import Progress, RawSet, counted
from core.datasets.importing.source_files import MAX_IMAGES, Source, SourceFile
from core.datasets.importing.text_lines import first_line
from core.datasets.mnist import DatasetError
from core.storage.csv_literals import from_literal

NAME = "CSV of files and labels"
WHAT = "a CSV with the columns file and label, together with the pictures, loose or in a ZIP"

_FILE_NAMES = ("file", "filename", "file_name", "image", "path", "picture")
_LABEL_NAMES = ("label", "class", "category", "target")
_TEST = ("test", "val", "valid", "validation")
_MAX_CSV_BYTES = 128 * 1024**2


def claims(source: Source) -> bool:
    """Return whether there is a CSV of a few columns beside pictures."""
    return any(_is_table(file) for file in source.files) and any(is_picture(file) for file in source.files)


def read(source: Source, progress: Progress) -> RawSet:
    """Return the pictures that the CSV names; raises `DatasetError` with the line of what is wrong."""
    tables = [file for file in source.files if _is_table(file)]
    if len(tables) > 1:
        names = ", ".join(table.shown_name for table in tables[:3])
        raise DatasetError(f"There are {len(tables)} CSV files ({names}); send the one that labels the pictures.")
    (table,) = tables
    pictures = [file for file in source.files if is_picture(file)]
    rows = _rows(table)
    labelled, missing = _match(rows, pictures, table)
    remarks = list(source.remarks)
    if missing:
        remarks.append(
            f"Left out, for the picture is not there: {counted(len(missing), 'row')}, first {missing[0][:60]!r}."
        )
    if unnamed := len(pictures) - len({each.file.name for each in labelled}):
        remarks.append(f"Left out, for the CSV does not name it: {counted(unnamed, 'picture')}.")
    if not labelled:
        raise DatasetError(f"None of the pictures that {table.shown_name} names is here. Send them together with it.")
    return read_pictures(labelled, remarks, progress)


def _is_table(file: SourceFile) -> bool:
    return file.suffix in (".csv", ".tsv") and first_line(file).count(",") < MIN_COLUMNS - 1


def _rows(table: SourceFile) -> list[tuple[str, str, str]]:
    """Return (file, label, split) of each row."""
    data = table.read(_MAX_CSV_BYTES + 1)
    if len(data) > _MAX_CSV_BYTES:
        raise DatasetError(f"{table.shown_name} has more than {_MAX_CSV_BYTES // 1024**2} MB; such a CSV is shorter.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DatasetError(f"{table.shown_name} is not a CSV in UTF-8; save it as one.") from None
    header = text.partition("\n")[0]
    mark = next((mark for mark in (",", ";", "\t") if mark in header), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    found, columns = [], None
    try:
        for row in reader:
            if not row:
                continue
            if columns is None:
                columns = _columns(row, table)
                continue
            found.append(_row(row, columns, len(row) == columns["count"], table, reader.line_num))
            if len(found) > MAX_IMAGES:
                raise DatasetError(f"{table.shown_name} has more than {MAX_IMAGES:,} rows; take a part of them.")
    except csv.Error as error:
        raise DatasetError(f"{table.shown_name}, line {reader.line_num:,}: {error}. Correct the line.") from error
    return found


def _columns(row: Sequence[str], table: SourceFile) -> dict[str, int]:
    """Return the places of the columns file, label and split, and the count of columns."""
    cells = [cell.strip().lower() for cell in row]
    places = {
        key: next((cells.index(name) for name in names if name in cells), -1)
        for key, names in (("file", _FILE_NAMES), ("label", _LABEL_NAMES), ("split", ("split", "part", "subset")))
    }
    if places["file"] < 0 or places["label"] < 0:
        raise DatasetError(
            f"{table.shown_name} needs the columns file and label; its first line is {','.join(row)[:80]!r}."
        )
    return places | {"count": len(cells)}


def _row(
    row: Sequence[str], columns: Mapping[str, int], is_whole: bool, table: SourceFile, line: int
) -> tuple[str, str, str]:
    if not is_whole:
        raise DatasetError(
            f"{table.shown_name}, line {line:,}: the row has {len(row)} cells and the first line {columns['count']}. "
            "Correct the line; a text with a comma stands in quotes."
        )
    file, label = row[columns["file"]].strip(), from_literal(row[columns["label"]].strip())
    if not file or not label:
        raise DatasetError(f"{table.shown_name}, line {line:,}: no {'label' if file else 'file'} is named.")
    return file, label, row[columns["split"]].strip().lower() if columns["split"] >= 0 else ""


def _match(
    rows: Sequence[tuple[str, str, str]], pictures: Sequence[SourceFile], table: SourceFile
) -> tuple[list[LabelledFile], list[str]]:
    """Return the labelled files, and the names of those that are not there.

    A name is looked for beside the CSV first, then among all names, then, where it is the only one, by its last part.
    """
    by_name = {file.name: file for file in pictures}
    by_end: dict[str, list[SourceFile]] = {}
    for file in pictures:
        by_end.setdefault(PurePosixPath(file.name).name, []).append(file)
    folder = table.name.rpartition("/")[0]
    labelled, missing = [], []
    for name, label, split in rows:
        path = name.replace("\\", "/").removeprefix("./")
        ends = by_end.get(path.rpartition("/")[2], [])
        file = by_name.get(f"{folder}/{path}" if folder else path) or by_name.get(path)
        file = file or (ends[0] if len(ends) == 1 else None)
        if file is None:
            missing.append(name)
        else:
            labelled.append(LabelledFile(file, label, split in _TEST if split else None))
    return labelled, missing
