"""The members of a ZIP as items of a listing, and as entries again where they are read."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from core.bulk import remote
from core.bulk.items import Item
from core.pictures.entries import PictureEntry
from core.pictures.errors import PictureError
from core.pictures.zip_archives import ReopenedFile, zip_entries
from core.storage.os_errors import os_reason

_CHANGED = "The ZIP has changed since its pictures were listed."


def zip_items(source: str) -> Iterator[Item]:
    """Yield the items of a ZIP's pictures, and one with a note for each kind of them that is not read.

    source: a path or an address. A ZIP that cannot be opened is one item with a note. The directory of a ZIP is in
    memory meanwhile, about 1 kB for each member. What else it holds is passed over.
    """
    try:
        changed = _state(source)  # before its directory is read: a ZIP that is replaced meanwhile has changed
        entries = _read_directory(source)
    except OSError as error:
        yield Item(source, note=f"cannot be opened: {os_reason(error)}.")
        return
    for number, entry in enumerate(entries):
        if entry.unpack:
            yield Item(source, entry.size_bytes, changed, number)
        elif entry.may_be_picture:
            yield Item(_full_name(source, entry), note=entry.note)


def member_entry(item: Item) -> PictureEntry:
    """Return the entry of an item that is a member of a ZIP, named by the ZIP and its own name."""
    assert item.member is not None, "it is a member"
    try:
        entry = _entries(item.source, item.changed)[item.member]
    except OSError as error:
        return PictureEntry(item.source, f"cannot be opened: {os_reason(error)}.")
    except PictureError as error:
        return PictureEntry(item.source, str(error))
    return PictureEntry(_full_name(item.source, entry), entry.note, entry.unpack, size_bytes=entry.size_bytes)


@lru_cache(maxsize=1)
def _entries(source: str, changed: str) -> list[PictureEntry]:
    """Return the entries of the ZIP that was used last, which is opened once for all its members.

    Raises `OSError`, or `PictureError` for a ZIP that has changed since it was listed or cannot be read just now; it
    is tried again for the next member then.
    """
    if _state(source) != changed:
        raise PictureError(_CHANGED)
    entries = _read_directory(source)
    if not any(entry.unpack for entry in entries):  # it had a picture when it was listed
        raise PictureError(entries[0].note)
    return entries


def _read_directory(source: str) -> list[PictureEntry]:
    file = remote.open_file(source) if remote.is_address(source) else ReopenedFile(Path(source))
    return zip_entries(file, Path(source).name)


def _state(source: str) -> str:
    """Return by what a change of a ZIP is noticed; raises `OSError`."""
    if remote.is_address(source):
        return remote.read_state(source)
    state = Path(source).stat()
    return f"{state.st_mtime_ns}:{state.st_size}"


def _full_name(source: str, entry: PictureEntry) -> str:
    """Return the name of a member with that of its ZIP; a note on the whole ZIP has the name of the ZIP alone."""
    return source if entry.name == Path(source).name else f"{source}/{entry.name}"
