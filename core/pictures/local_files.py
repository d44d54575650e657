"""Picture files of this machine's own: any number of them, single, in folders and in ZIPs."""

import os
from collections.abc import Iterable
from pathlib import Path

from core.pictures.decoding import MAX_BYTES, SUFFIXES, PictureError
from core.pictures.uploads import PictureEntry, ReopenedFile, is_zip, natural_sort_key, zip_entries


def find_pictures(paths: Iterable[Path]) -> list[PictureEntry]:
    """Return the picture files at `paths`, not yet opened: files themselves, ZIPs opened, folders searched to the end.

    Each bears its path as its name, within a ZIP the ZIP's and its own. What is found in a folder or ZIP is in natural
    order. A path that cannot be opened, or has no picture in it, becomes an entry with a note.
    """
    return [entry for path in paths for entry in _of_path(path)]


def _of_path(path):
    try:
        found, notes = _search(path) if path.is_dir() else ([path], [])
    except OSError as error:
        return [PictureEntry(str(path), _closed(error))]
    entries = [entry for file in found for entry in _of_file(file)] + notes
    return entries or [PictureEntry(str(path), "There is no picture in this folder.")]


def _search(folder):
    """The pictures and ZIPs in a folder and those below it, hidden ones left out; what cannot be looked into."""
    found, notes = [], []

    def tell(error):
        notes.append(PictureEntry(error.filename, _closed(error)))

    for place, folders, files in os.walk(folder, onerror=tell):
        folders[:] = [each for each in folders if not each.startswith(".")]
        wanted = (Path(place, each) for each in files if not each.startswith("."))
        found += [each for each in wanted if each.suffix.lower() in (*SUFFIXES, ".zip") and _is_file(each)]
    return sorted(found, key=lambda file: [natural_sort_key(part) for part in file.parts]), notes


def _is_file(path):
    """Whether it is a file and not a pipe, say, which would be waited for."""
    try:
        return path.is_file()
    except OSError:
        return True  # opening it will say why it cannot be


def picture_file(path: Path) -> PictureEntry:
    """Return one picture file, which need not be there: opening it says so."""
    return PictureEntry(str(path), unpack=lambda: _read(path, MAX_BYTES + 1))


def _of_file(path):
    try:
        start = _read(path, 4)
    except PictureError as error:
        return [PictureEntry(str(path), str(error))]
    if not is_zip(path.name, start):
        return [picture_file(path)]
    return [
        PictureEntry(
            f"{path}/{entry.name}" if entry.unpack else str(path), entry.note, entry.unpack, entry.may_be_picture
        )
        for entry in zip_entries(ReopenedFile(path), path.name)
    ]


def _read(path, most_bytes):
    try:
        with open(path, "rb") as file:
            return file.read(most_bytes)
    except OSError as error:
        raise PictureError(_closed(error)) from error


def _closed(error):
    return f"cannot be opened: {error.strerror}."
