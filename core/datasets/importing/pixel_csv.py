"""CSV files with an image a row, as Kaggle has them: a label and then each pixel's grey (train.csv, label,pixel0,…)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.datasets.importing.array_images import GreyScale, image_shape, to_images
from core.datasets.importing.raw_set import Progress, RawSet, check_image_count, name_labels
from core.datasets.importing.source_files import Source, SourceFile
from core.datasets.importing.text_lines import first_line, read_lines
from core.datasets.mnist import DatasetError

NAME = "CSV of pixels"
WHAT = "a row an image: its label, then every pixel's grey, as Kaggle's train.csv has them"

MIN_COLUMNS = 17  # a label and 4×4 pixels
_SUFFIXES = (".csv", ".csv.gz", ".txt")
_LABEL_NAMES = ("label", "labels", "class", "target", "y", "character", "digit")
_TEST = re.compile(r"test|valid", re.IGNORECASE)
_NUMBERS = b"0123456789., \t-+eE"
_CHUNK_BYTES = 16 * 1024**2


@dataclass(frozen=True)
class _Columns:
    """The columns of a file: the place of the label, their number, and whether the first row names them."""

    label: int
    count: int
    has_header: bool


def claims(source: Source) -> bool:
    """Return whether there is a CSV whose first row has at least 17 columns."""
    return any(_is_pixel_csv(file) for file in source.files)


def read(source: Source, progress: Progress) -> RawSet:
    """Return the images and labels of CSV files; raises `DatasetError` with file and line of what is wrong.

    A second file whose name says that it is for tests is the test part.
    """
    files = [file for file in source.files if _is_pixel_csv(file)]
    remarks, parts = [], []
    for place, file in enumerate(files):
        columns = _columns_of(file)
        if columns is None:
            remarks.append(f"{file.shown_name} has pixels and no column of labels, so nothing can be learned from it.")
            continue
        images, texts = _read_rows(file, columns, lambda share, place=place: progress((place + share) / len(files)))
        parts.append((bool(_TEST.search(file.name.rpartition("/")[2])), images, texts))
    if not parts:
        raise DatasetError(f"{' '.join(remarks)} Choose the file with the labels; Kaggle calls it train.csv.")
    named = name_labels([text for _, _, texts in parts for text in texts])
    flags = np.concatenate([np.full(len(texts), is_test) for is_test, _, texts in parts])
    images = np.concatenate([images for _, images, _ in parts])
    is_test = flags if 0 < flags.sum() < len(flags) else None
    return RawSet(named.class_names, images, named.labels, is_test=is_test, remarks=(*remarks, *named.remarks))


def _is_pixel_csv(file: SourceFile) -> bool:
    return file.suffix in _SUFFIXES and first_line(file).count(",") >= MIN_COLUMNS - 1


def _columns_of(file: SourceFile) -> _Columns | None:
    """Return the columns of a file; None where it has only pixels."""
    cells = [cell.strip().strip('"').lower() for cell in first_line(file).split(",")]
    has_header = _are_names(cells)
    named = [place for place, cell in enumerate(cells) if cell in _LABEL_NAMES] if has_header else []
    if not named and _is_square(len(cells)):
        return None
    if named and named[0] not in (0, len(cells) - 1):
        raise DatasetError(
            f"{file.shown_name}: the column {cells[named[0]]!r} is number {named[0] + 1}; "
            "the label is wanted first or last."
        )
    return _Columns(named[0] if named else 0, len(cells), has_header)


def _are_names(cells: Sequence[str]) -> bool:
    """Return whether the cells of a first row name the columns; the pixels' names may be numbers, as pandas makes them.

    A single letter names no column, for it may be a class.
    """
    pixels = cells[1:-1]
    if any(cell and not cell.replace(".", "").isdigit() for cell in pixels):
        return True
    if any(len(cell) > 1 and cell in _LABEL_NAMES for cell in (cells[0], cells[-1])):
        return True
    return any(pixels == [str(number) for number in range(first, first + len(pixels))] for first in range(3))


def _is_square(count: int) -> bool:
    return round(count**0.5) ** 2 == count


def _read_rows(file: SourceFile, columns: _Columns, progress: Progress) -> tuple[np.ndarray, list[str]]:
    shape = image_shape((0, columns.count - 1))
    images, texts, done, scale = [], [], 0, None
    for rows, labels, size in _chunks(file, columns):
        scale = scale or GreyScale.of(rows)
        images.append(to_images(rows, scale, shape))
        texts += labels
        done += size
        progress(min(1.0, done / max(1, file.size)))
    check_image_count(len(texts))
    return np.concatenate(images), texts


def _chunks(file: SourceFile, columns: _Columns) -> Iterator[tuple[np.ndarray, list[str], int]]:
    """Yield pixels (k, columns - 1), their labels, and how many bytes of the file these rows took."""
    rows, labels, size, is_header = [], [], 0, columns.has_header
    step = max(1, _CHUNK_BYTES // (np.dtype(np.float32).itemsize * columns.count))
    for number, line in read_lines(file):
        size += len(line) + 1
        if is_header:
            is_header = False
            continue
        label, pixels = _split(line, columns)
        rows.append(_parse(pixels, columns.count - 1, file, number))
        labels.append(label)
        if len(rows) == step:
            yield np.stack(rows), labels, size
            rows, labels, size = [], [], 0
    if rows:
        yield np.stack(rows), labels, size


def _split(line: bytes, columns: _Columns) -> tuple[str, bytes]:
    label, _, pixels = line.partition(b",") if columns.label == 0 else line.rpartition(b",")[::-1]
    text = label.decode("utf-8", "replace").strip().strip('"')
    whole = re.fullmatch(r"(-?\d+)\.0+", text)
    return whole[1] if whole else text, pixels


def _parse(pixels: bytes, count: int, file: SourceFile, number: int) -> np.ndarray:
    """Return a row's pixels as float32 (count,), after a look at each byte of it."""
    found = pixels.count(b",") + 1
    if found != count:
        raise DatasetError(
            f"{file.shown_name}, line {number:,}: the row has {found:,} pixels and the first one {count:,}. "
            "Correct the line or take it out."
        )
    try:
        if not pixels.translate(None, _NUMBERS):
            values = np.fromstring(pixels.decode("ascii"), np.float32, sep=",")
            if len(values) == count:
                return values
    except (ValueError, DeprecationWarning):
        pass
    raise DatasetError(f"{file.shown_name}, line {number:,}: a pixel is no number. Correct the line or take it out.")
