"""Lines of a text file from anyone, one at a time: their length and number are bounded."""

from collections.abc import Iterator
from typing import BinaryIO

from core.datasets.importing.source_files import MAX_IMAGES, SourceFile
from core.datasets.mnist import DatasetError

MAX_LINE_BYTES = 256 * 1024


def read_lines(file: SourceFile) -> Iterator[tuple[int, bytes]]:
    """Yield the number, from 1, and the bytes of each line that is not empty, without its end; unpacks gzip.

    Raises `DatasetError` for a line that is too long, too many lines, and a damaged file.
    """
    with file.unpacked() as opened:
        yield from _lines(opened, file.shown_name)


def _lines(opened: BinaryIO, name: str) -> Iterator[tuple[int, bytes]]:
    number = 0
    while line := opened.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(line) > MAX_LINE_BYTES:
            raise DatasetError(
                f"{name}, line {number:,}: it has more than {MAX_LINE_BYTES // 1024} KB; a row is shorter."
            )
        if number > MAX_IMAGES + 1:
            raise DatasetError(
                f"{name} has more than {MAX_IMAGES:,} rows; at most so many images are imported. Take a part of them."
            )
        if content := line.removeprefix(b"\xef\xbb\xbf" if number == 1 else b"").strip(b"\r\n"):
            yield number, content


def first_line(file: SourceFile) -> str:
    """Return the first line of a file as text; '' where it has none or cannot be read."""
    try:
        return next((line.decode("utf-8", "replace") for _, line in read_lines(file)), "")
    except DatasetError:
        return ""
