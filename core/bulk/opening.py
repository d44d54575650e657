"""From the items of a shard to the pictures in it: opened where they lie, or packed to be sent to another machine."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from core.bulk import remote
from core.bulk.items import Item
from core.bulk.zip_members import member_entry
from core.pictures.documents import expand_pages, may_be_document
from core.pictures.entries import PictureEntry
from core.pictures.errors import PictureError
from core.pictures.local_files import file_entry
from core.storage.printable import to_printable


class Packed(NamedTuple):
    """A file with its bytes, or an address whose bytes the receiver fetches, or a sentence on why there are none."""

    name: str
    note: str = ""
    data: bytes | None = None


def open_items(items: Iterable[Item]) -> Iterator[PictureEntry]:
    """Yield the entry of each picture: a page of a document each, an entry with a note for what cannot be opened."""
    for item in items:
        yield from _pages(_entry(item))


def pack_items(items: Iterable[Item]) -> list[Packed]:
    """Return the items with the bytes of those that lie on this machine."""
    return [_pack(item) for item in items]


def open_packed(packed: Iterable[Packed]) -> Iterator[PictureEntry]:
    """Yield the entries of items that were packed elsewhere, as `open_items` does."""
    for name, note, data in packed:
        if data is not None:
            yield from _pages(PictureEntry(name, unpack=lambda data=data: data))
        elif note:
            yield PictureEntry(name, note)
        else:
            yield from _pages(PictureEntry(name, unpack=lambda name=name: remote.read(name)))


def _entry(item: Item) -> PictureEntry:
    if item.note:
        return PictureEntry(item.source, item.note)
    if item.member is not None:
        return member_entry(item)
    if item.is_remote:
        return PictureEntry(item.source, unpack=lambda: remote.read(item.source))
    return file_entry(Path(item.source))


def _pack(item: Item) -> Packed:
    if item.is_remote and item.member is None:
        return Packed(item.source, item.note)
    entry = _entry(item)
    name = to_printable(entry.name)
    try:
        return Packed(name, data=entry.read())
    except PictureError as error:
        return Packed(name, str(error) or "cannot be opened.")


def _pages(entry: PictureEntry) -> list[PictureEntry]:
    return expand_pages(entry) if may_be_document(entry.name) else [entry]
