"""The pictures in a ZIP archive: its number and sizes are checked before anything is unpacked."""

import io
import zipfile
from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from core.pictures.decoding import MAX_BYTES, SUFFIXES, PictureError, check_file_size
from core.pictures.entries import PictureEntry
from core.pictures.file_names import natural_sort_key, shorten
from core.storage import safe_zip
from core.storage.printable import to_printable

MAX_UNPACKED_BYTES = 1024**3
"""How many bytes an uploaded ZIP may unpack to."""

MAX_UNPACKED_RATIO = 500
"""How many times its own size a ZIP may unpack to, if that is more than one picture may have."""


class _Skipped(StrEnum):
    """The reason that a member of a ZIP is not read."""

    HIDDEN = "hidden files"
    NESTED_ZIP = "ZIPs inside it"
    OTHER = "other files"
    ENCRYPTED = "encrypted"
    METHOD = "compressed by a method that is not allowed"


class ReopenedFile:
    """A file on this machine for zipfile to read, open only during a read: so many ZIPs may be in use at a time."""

    def __init__(self, path: Path) -> None:
        self._path, self._position = path, 0

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the position in the file, in bytes."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a position as `io.IOBase.seek` does, and return it."""
        with open(self._path, "rb") as file:
            file.seek(self._position)
            self._position = file.seek(offset, whence)
        return self._position

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most `size`, or all that remain."""
        with open(self._path, "rb") as file:
            file.seek(self._position)
            data = file.read(size)
        self._position += len(data)
        return data


def is_zip(name: str, start: bytes) -> bool:
    """Return whether a file is meant as a ZIP, by its name or by the bytes that it starts with."""
    return name.lower().endswith(".zip") or safe_zip.starts_like_zip(start)


def zip_entries(file: io.BytesIO | BinaryIO | ReopenedFile, name: str) -> list[PictureEntry]:
    """Return the pictures of a ZIP in natural order of their names, then entries with a note on what else it holds.

    file: the bytes of an upload, or an open file, whose number of entries and total size are not limited.
    A ZIP that is not opened at all becomes one entry, whose note says why.
    """
    try:
        archive = _open(file, name)
    except PictureError as error:
        return [PictureEntry(name, str(error))]
    except Exception:  # a made-up directory raises nearly anything: BadZipFile, struct.error, UnicodeDecodeError, …
        return [PictureEntry(name, f"{name} is damaged or is not a ZIP; pack it or send it again.")]
    members = [(info, _reason_to_skip(info)) for info in archive.infolist() if not info.is_dir()]
    pictures = sorted(
        (info for info, reason in members if reason is None), key=lambda info: natural_sort_key(shorten(info.filename))
    )
    skipped = Counter(reason for _, reason in members if reason)
    return [_member_entry(archive, info) for info in pictures] + _skipped_notes(name, bool(pictures), skipped)


def _open(file: io.BytesIO | BinaryIO | ReopenedFile, name: str) -> zipfile.ZipFile:
    """Return the archive, whose limits were checked; raises PictureError, and nearly anything on a damaged one."""
    is_upload = isinstance(file, io.BytesIO)
    if is_upload and safe_zip.has_too_many_entries(file.getvalue()):
        raise PictureError(f"{name} holds more than {safe_zip.MAX_ENTRIES:,} entries; send it in parts.")
    archive = zipfile.ZipFile(file)
    _check_sizes(archive.infolist(), file.seek(0, io.SEEK_END), name, is_upload)
    return archive


def _check_sizes(infos: list[zipfile.ZipInfo], packed_bytes: int, name: str, is_upload: bool) -> None:
    """Check the sizes that a ZIP claims for its members; what they hold beyond them is never unpacked."""
    unpacked = sum(info.file_size for info in infos)
    overlaps = sum(info.compress_size for info in infos) > packed_bytes
    if overlaps or unpacked > max(MAX_BYTES, MAX_UNPACKED_RATIO * packed_bytes):
        raise PictureError(
            f"{name} has {packed_bytes:,} bytes and would unpack to {unpacked / 1024**2:,.0f} MB, as no pictures do; "
            "it is not opened. Send the pictures themselves."
        )
    if is_upload and unpacked > MAX_UNPACKED_BYTES:
        raise PictureError(
            f"{name} would unpack to {unpacked / 1024**2:,.0f} MB; at most {MAX_UNPACKED_BYTES // 1024**2:,} MB are "
            "unpacked. Send it in parts."
        )


def _reason_to_skip(info: zipfile.ZipInfo) -> _Skipped | None:
    """Return why a member is not a picture that can be unpacked; None for one that may be."""
    parts = info.filename.replace("\\", "/").split("/")
    suffix = Path(parts[-1]).suffix.lower()
    if "__MACOSX" in parts or any(part.startswith(".") and part.strip(".") for part in parts):
        return _Skipped.HIDDEN
    if suffix == ".zip":
        return _Skipped.NESTED_ZIP
    if suffix not in SUFFIXES:
        return _Skipped.OTHER
    if safe_zip.is_encrypted(info):
        return _Skipped.ENCRYPTED
    return None if safe_zip.is_allowed(info) else _Skipped.METHOD


def _member_entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> PictureEntry:
    name = to_printable(shorten(info.filename))
    try:
        check_file_size(info.file_size, name)
    except PictureError as error:
        return PictureEntry(name, str(error))
    return PictureEntry(name, unpack=lambda: _unpack(archive, info, name), size_bytes=info.file_size)


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> bytes:
    try:
        with archive.open(info) as file:
            return file.read(MAX_BYTES + 1)
    except Exception as error:  # zipfile and zlib raise nearly anything on damaged bytes
        raise PictureError(f"{name} is damaged within its ZIP; pack or send it again.") from error


def _skipped_notes(name: str, has_pictures: bool, skipped: Counter[_Skipped]) -> list[PictureEntry]:
    encrypted, methods = skipped.pop(_Skipped.ENCRYPTED, 0), skipped.pop(_Skipped.METHOD, 0)
    notes = []
    if encrypted:
        note = f"{name} holds pictures with a password ({encrypted:,}); pack them without one."
        notes.append(PictureEntry(name, note))
    if methods:
        note = f"{name} holds pictures in a compression that is not read here ({methods:,}); pack it with Deflate."
        notes.append(PictureEntry(name, note))
    if not (has_pictures or notes):
        notes.append(PictureEntry(name, f"There is no picture in {name}."))
    if skipped:
        counts = ", ".join(f"{reason} ({count:,})" for reason, count in skipped.items())
        notes.append(PictureEntry(name, f"Passed over in {name}: {counts}.", may_be_picture=False))
    return notes
