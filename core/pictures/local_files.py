"""Picture files on this machine: any number of them, named one by one, in folders and in ZIPs."""

import os
from collections.abc import Iterable
from pathlib import Path

from core.pictures.decoding import MAX_BYTES, SUFFIXES, PictureError
from core.pictures.entries import PictureEntry
from core.pictures.file_names import natural_sort_key
from core.pictures.zip_archives import ReopenedFile, is_zip, zip_entries
from core.storage.os_errors import os_reason


def find_pictures(paths: Iterable[Path]) -> list[PictureEntry]:
    """Return the picture files at `paths`, not yet opened: files, those in ZIPs, those in folders at any depth.

    An entry's name is its path; within a ZIP, the path of the ZIP and the name in it. What is found in a folder or ZIP
    is in natural order. A path that cannot be opened or holds no picture becomes an entry with a note.
    """
    return [entry for path in paths for entry in _path_entries(path)]


def file_entry(path: Path) -> PictureEntry:
    """Return the entry of one picture file; if the file is missing, opening the entry says so."""
    return PictureEntry(str(path), unpack=lambda: _read(path, MAX_BYTES + 1))


def _path_entries(path: Path) -> list[PictureEntry]:
    try:
        found, notes = _search_folder(path) if path.is_dir() else ([path], [])
    except OSError as error:
        return [PictureEntry(str(path), _cannot_open(error))]
    entries = [entry for file in found for entry in _file_entries(file)] + notes
    return entries or [PictureEntry(str(path), "There is no picture in this folder.")]


def _search_folder(folder: Path) -> tuple[list[Path], list[PictureEntry]]:
    """Return the pictures and ZIPs in a folder and those below it, and notes on folders that cannot be opened.

    Hidden files and folders are skipped.
    """
    found, notes = [], []

    def add_note(error: OSError) -> None:
        notes.append(PictureEntry(error.filename, _cannot_open(error)))

    for parent, folders, files in os.walk(folder, onerror=add_note):
        folders[:] = [each for each in folders if not each.startswith(".")]
        visible = (Path(parent, each) for each in files if not each.startswith("."))
        found += [each for each in visible if each.suffix.lower() in (*SUFFIXES, ".zip") and _may_be_file(each)]
    return sorted(found, key=lambda file: [natural_sort_key(part) for part in file.parts]), notes


def _may_be_file(path: Path) -> bool:
    """Return False for what is not a file: opening a pipe, for instance, would block."""
    try:
        return path.is_file()
    except OSError:
        return True  # opening it will give the reason


def _file_entries(path: Path) -> list[PictureEntry]:
    try:
        start = _read(path, 4)
    except PictureError as error:
        return [PictureEntry(str(path), str(error))]
    if not is_zip(path.name, start):
        return [file_entry(path)]
    return [
        PictureEntry(
            f"{path}/{entry.name}" if entry.unpack else str(path), entry.note, entry.unpack, entry.may_be_picture
        )
        for entry in zip_entries(ReopenedFile(path), path.name)
    ]


def _read(path: Path, max_bytes: int) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(max_bytes)
    except OSError as error:
        raise PictureError(_cannot_open(error)) from error


def _cannot_open(error: OSError) -> str:
    return f"cannot be opened: {os_reason(error)}."
