"""ZIP archives of data sets, from anyone: their limits are checked before a directory is read or a member unpacked."""

import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from typing import BinaryIO, cast

from core.datasets.importing import source_files
from core.datasets.importing.source_files import SourceFile
from core.datasets.importing.unpacking import check_unpacked
from core.datasets.mnist import DatasetError
from core.pictures.zip_archives import ReopenedFile
from core.storage import safe_zip
from core.storage.os_errors import error_text

Opener = Callable[[], BinaryIO]

_TAIL_BYTES = 64 * 1024**2  # of a ZIP's end, where its directory lies


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


def zip_members(file: SourceFile, remarks: list[str]) -> tuple[list[SourceFile], list[str]]:
    """Return the members of a ZIP and the folders in it; raises `DatasetError`."""
    archive = open_archive(file, source_files.MAX_FILES)
    infos = archive.infolist()
    members = list(_allowed_members(archive, infos, file, remarks))
    folders = [info.filename.strip("/") for info in infos if info.is_dir() and not _is_hidden(info.filename)]
    return members, folders


def _check_sizes(file: SourceFile, infos: list[zipfile.ZipInfo]) -> None:
    unpacked, packed = sum(info.file_size for info in infos), sum(info.compress_size for info in infos)
    if packed > file.size:
        raise DatasetError(
            f"{file.shown_name} has {file.size:,} bytes, and says that its files take {packed:,} of them; it is not "
            "opened. Pack it again."
        )
    check_unpacked(file.shown_name, file.size, unpacked)


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
        yield SourceFile(info.filename.replace("\\", "/"), info.file_size, cast("Opener", partial(archive.open, info)))
    if refused:
        remarks.append(
            f"{file.shown_name}: left out, for they have a password or are packed by a method that is not read here: "
            f"{refused:,}. Pack them without, with Deflate."
        )


def _is_hidden(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return "__MACOSX" in parts or any(part.startswith(".") and part.strip(".") for part in parts)
