"""The files of a data set that is to be imported, wherever they lie: in an upload, a folder, or a ZIP of either."""

import gzip
import io
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from core.datasets.mnist import DatasetError
from core.pictures.file_names import shorten
from core.pictures.zip_archives import MAX_UNPACKED_RATIO, ReopenedFile, is_zip
from core.storage import safe_zip
from core.storage.os_errors import error_text
from core.storage.printable import to_printable

MAX_IMAGES = 300_000
"""How many images an imported data set may have: with all copies they take about a gigabyte of memory."""

MAX_FILES = MAX_IMAGES + 1000
MAX_UNPACKED_BYTES = 4 * 1024**3
"""How many bytes a ZIP may unpack to; they are never in memory together."""

_TAIL_BYTES = 64 * 1024**2  # of a ZIP's end, where its directory lies
_MIN_UNPACKED_BYTES = 64 * 1024**2  # so much any ZIP may unpack to: many pictures of one colour pack very well


@dataclass(frozen=True, eq=False, slots=True)
class SourceFile:
    """One file: its name, a path with '/' within what was given, its size in bytes, and how it is opened."""

    name: str
    size: int
    open: Callable[[], BinaryIO]
    path: Path | None = None  # on this machine, where it is no part of an upload or a ZIP

    @property
    def suffix(self) -> str:
        """Return the end of its name, in lower case: '.png'; of 'a.csv.gz' it is '.csv.gz'."""
        ends = PurePosixPath(self.name.lower()).suffixes
        return "".join(ends[-2:]) if ends and ends[-1] == ".gz" else ends[-1] if ends else ""

    @property
    def shown_name(self) -> str:
        """Return its name as a text that is safe to show."""
        return to_printable(shorten(self.name))

    @contextmanager
    def unpacked(self) -> Iterator[BinaryIO]:
        """Open the file, unpacked where gzip has packed it.

        Raises whatever goes wrong, here or while it is read, as a `DatasetError` with a sentence.
        """
        try:
            with self.open() as opened:
                is_packed = opened.read(2) == b"\x1f\x8b"
            with self.open() as opened:
                yield cast("BinaryIO", gzip.GzipFile(fileobj=opened)) if is_packed else opened
        except DatasetError:
            raise
        except Exception as error:  # gzip, zlib and zipfile raise nearly anything on damaged bytes
            raise DatasetError(
                f"{self.shown_name} is cut off or damaged ({error_text(error)}); get it again."
            ) from error

    def read(self, max_bytes: int) -> bytes:
        """Return its content, at most so many bytes; raises `DatasetError` where it cannot be read."""
        try:
            with self.open() as file:
                return file.read(max_bytes)
        except Exception as error:  # zipfile and zlib raise nearly anything on damaged bytes
            raise DatasetError(f"{self.shown_name} cannot be read: {error_text(error)}") from error


@dataclass(frozen=True, eq=False)
class Source:
    """All files of a data set, what was given being `name`; `folders` are those in it, `remarks` what was left out."""

    name: str
    files: tuple[SourceFile, ...]
    folders: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def source_of_uploads(files: Iterable[tuple[str, bytes]]) -> Source:
    """Return the files of an upload, each a name and its bytes; a ZIP's members in its place. Raises `DatasetError`."""
    given = [SourceFile(name, len(data), _opener(data)) for name, data in files]
    return _unpacked(given, _stem(given[0].name) if len(given) == 1 else "", ())


def source_of_paths(paths: Iterable[Path]) -> Source:
    """Return the files at paths on this machine: files, and folders at any depth; a ZIP's members in its place.

    Raises `DatasetError`, and `OSError` where a path is not there.
    """
    given, folders, names = [], [], []
    for path in paths:
        names.append(path.resolve().name)
        if path.is_dir():
            _walk(path, given, folders)
        else:
            given.append(_file_at(path, path.name))
    return _unpacked(given, _stem(names[0]) if len(names) == 1 else "", folders)


def _opener(data: bytes) -> Callable[[], BinaryIO]:
    return lambda: io.BytesIO(data)


def _file_at(path: Path, name: str) -> SourceFile:
    return SourceFile(name, path.stat().st_size, partial(open, path, "rb"), path)


def _stem(name: str) -> str:
    return to_printable(shorten(name.partition(".")[0] or name))


def _walk(folder: Path, files: list[SourceFile], folders: list[str]) -> None:
    for parent, below, names in os.walk(folder):
        below[:] = sorted(each for each in below if not each.startswith("."))
        inside = Path(parent).relative_to(folder)
        folders += [(inside / each).as_posix() for each in below]
        for name in sorted(names):
            path = Path(parent, name)
            if not name.startswith(".") and path.is_file():
                files.append(_file_at(path, (inside / name).as_posix()))
        _check_count(len(files))


def _unpacked(given: list[SourceFile], name: str, folders: Iterable[str]) -> Source:
    """Return the files with the members of each ZIP in its place."""
    files, all_folders, remarks = [], list(folders), []
    for each in given:
        if is_zip(each.name, each.read(4)) and not each.name.lower().endswith(".npz"):
            members, inner = _zip_members(each, remarks)
            files += members
            all_folders += inner
        else:
            files.append(each)
        _check_count(len(files))
    if not files:
        raise DatasetError(" ".join(["There is no file in what was given.", *remarks]))
    return Source(name, tuple(files), tuple(all_folders), tuple(remarks))


def _check_count(count: int) -> None:
    if count > MAX_FILES:
        raise DatasetError(
            f"There are more than {MAX_FILES:,} files; a data set may have {MAX_IMAGES:,} images. Take a part of them."
        )


def open_archive(file: SourceFile, max_entries: int) -> zipfile.ZipFile:
    """Return a ZIP whose number of entries and sizes were checked first; raises `DatasetError` with a sentence."""
    # Of a file on this machine only a read keeps it open: the archive lasts as long as its members.
    opened = cast("BinaryIO", ReopenedFile(file.path)) if file.path else file.open()
    try:
        opened.seek(max(0, file.size - _TAIL_BYTES))
        if safe_zip.has_too_many_entries(opened.read(), max_entries):
            raise DatasetError(f"{file.shown_name} holds more than {max_entries:,} files. Take a part of them.")
        archive = zipfile.ZipFile(opened)
        _check_sizes(file, archive.infolist())
    except DatasetError:
        raise
    except Exception as error:  # a made-up directory raises nearly anything: BadZipFile, struct.error, …
        raise DatasetError(
            f"{file.shown_name} is damaged or is not a ZIP ({error_text(error)}). Pack it or send it again."
        ) from error
    return archive


def _zip_members(file: SourceFile, remarks: list[str]) -> tuple[list[SourceFile], list[str]]:
    """Return the members of a ZIP and the folders in it; raises `DatasetError`."""
    archive = open_archive(file, MAX_FILES)
    infos = archive.infolist()
    members = list(_allowed_members(archive, infos, file, remarks))
    folders = [info.filename.strip("/") for info in infos if info.is_dir() and not _is_hidden(info.filename)]
    return members, folders


def _check_sizes(file: SourceFile, infos: list[zipfile.ZipInfo]) -> None:
    unpacked, packed = sum(info.file_size for info in infos), sum(info.compress_size for info in infos)
    is_bomb = packed > file.size or unpacked > max(_MIN_UNPACKED_BYTES, MAX_UNPACKED_RATIO * file.size)
    if is_bomb or unpacked > MAX_UNPACKED_BYTES:
        raise DatasetError(
            f"{file.shown_name} has {file.size:,} bytes and would unpack to {unpacked / 1024**2:,.0f} MB"
            f"{', as no data set does' if is_bomb else ''}; it is not opened. Send the files themselves, or fewer."
        )


def _allowed_members(
    archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], file: SourceFile, remarks: list[str]
) -> Iterator[SourceFile]:
    refused = 0
    for info in infos:
        if info.is_dir() or _is_hidden(info.filename):
            continue
        if not safe_zip.is_allowed(info):
            refused += 1
            continue
        yield SourceFile(info.filename.replace("\\", "/"), info.file_size, _member_opener(archive, info))
    if refused:
        remarks.append(
            f"{file.shown_name}: left out, for they have a password or are packed by a method that is not read here: "
            f"{refused:,}. Pack them without, with Deflate."
        )


def _member_opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    def open_member() -> BinaryIO:
        return archive.open(info)  # pyright: ignore[reportReturnType]

    return open_member


def _is_hidden(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return "__MACOSX" in parts or any(part.startswith(".") and part.strip(".") for part in parts)
