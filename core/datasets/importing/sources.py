"""The sources of an import, an upload or paths on this machine, as the files in them: a ZIP's members in its place."""

import io
import os
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import BinaryIO

from core.datasets.importing import source_files
from core.datasets.importing.archives import zip_members
from core.datasets.importing.source_files import MAX_IMAGES, Source, SourceFile
from core.datasets.mnist import DatasetError
from core.pictures.file_names import shorten
from core.pictures.zip_archives import is_zip
from core.storage.printable import to_printable


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
            members, inner = zip_members(each, remarks)
            files += members
            all_folders += inner
        else:
            files.append(each)
        _check_count(len(files))
    if not files:
        raise DatasetError(" ".join(["There is no file in what was given.", *remarks]))
    return Source(name, tuple(files), tuple(all_folders), tuple(remarks))


def _check_count(count: int) -> None:
    if count > source_files.MAX_FILES:
        raise DatasetError(
            f"There are more than {source_files.MAX_FILES:,} files; a data set may have {MAX_IMAGES:,} images. "
            "Take a part of them."
        )
