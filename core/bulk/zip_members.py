"""The members of a ZIP as items of a listing, and as entries again where they are read."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from core.bulk import remote
from core.bulk.items import Item
from core.pictures.entries import PictureEntry
from core.pictures.zip_archives import ReopenedFile, zip_entries


def zip_items(source: str, file: BinaryIO | ReopenedFile, changed: str) -> Iterator[Item]:
    """Yield the items of a ZIP's pictures, and one for each kind of them that is not read.

    Its directory is in memory meanwhile, about 1 kB for each member. What else it holds is passed over.
    """
    for number, entry in enumerate(zip_entries(file, Path(source).name)):
        if entry.may_be_picture:
            yield Item(source, entry.size_bytes, changed, number)


def member_entry(item: Item) -> PictureEntry:
    """Return the entry of an item that is a member of a ZIP, named by the ZIP and its own name."""
    entries, note = _entries(item.source, item.changed)
    number = item.member or 0
    if note or number >= len(entries):
        return PictureEntry(item.source, note or "The ZIP has changed since its pictures were listed.")
    entry = entries[number]
    name = item.source if entry.name == Path(item.source).name else f"{item.source}/{entry.name}"
    return PictureEntry(name, entry.note, entry.unpack, size_bytes=entry.size_bytes)


@lru_cache(maxsize=1)
def _entries(source: str, changed: str) -> tuple[list[PictureEntry], str]:
    """Return the entries of the ZIP that was used last, which is opened once for all its members; or why not."""
    try:
        file = remote.open_file(source) if "://" in source else ReopenedFile(Path(source))
    except OSError as error:
        return [], f"cannot be opened: {error}."
    return zip_entries(file, Path(source).name), ""
