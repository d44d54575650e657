"""From the items of a shard to the pictures in it: opened where they lie, or packed to be sent to another machine."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, TypeVar

from core.bulk import remote
from core.bulk.items import Item
from core.bulk.zip_members import member_entry
from core.pictures.documents import expand_pages, may_be_document
from core.pictures.entries import PictureEntry
from core.pictures.errors import PictureError
from core.pictures.local_files import file_entry
from core.storage.printable import to_printable

_FETCHED_AHEAD = 16  # files at addresses, whose bytes are in memory: a place far away answers many requests at a time
_File = TypeVar("_File")


class Packed(NamedTuple):
    """A file with its bytes, or an address whose bytes the receiver fetches, or a sentence on why there are none."""

    name: str
    note: str = ""
    data: bytes | None = None

    def unpack(self) -> bytes:
        """Return the bytes."""
        return self.data or b""


def open_items(items: Iterable[Item]) -> Iterator[PictureEntry]:
    """Yield the entry of each picture: a page of a document each, an entry with a note for what cannot be opened."""
    for item, fetched in _fetching(items, lambda item: item.source if item.is_fetched else None):
        yield from _pages(PictureEntry(item.source, unpack=fetched) if fetched else _entry(item))


def pack_items(items: Iterable[Item]) -> list[Packed]:
    """Return the items with the bytes of those that lie on this machine."""
    return [_pack(item) for item in items]


def open_packed(packed: Iterable[Packed]) -> Iterator[PictureEntry]:
    """Yield the entries of items that were packed elsewhere, as `open_items` does."""
    for each, fetched in _fetching(packed, lambda each: None if each.note or each.data is not None else each.name):
        yield from _pages(PictureEntry(each.name, each.note, fetched or (each.unpack if not each.note else None)))


def _fetching(
    files: Iterable[_File], address: Callable[[_File], str | None]
) -> Iterator[tuple[_File, Callable[[], bytes] | None]]:
    """Yield files; those that have an address with what returns their bytes, of which some are fetched ahead."""
    with ThreadPoolExecutor(_FETCHED_AHEAD) as threads:
        waiting = deque()
        for file in files:
            place = address(file)
            waiting.append((file, threads.submit(remote.read, place).result if place else None))
            if len(waiting) > _FETCHED_AHEAD:
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()


def _entry(item: Item) -> PictureEntry:
    if item.note:
        return PictureEntry(item.source, item.note)
    return file_entry(Path(item.source)) if item.member is None else member_entry(item)


def _pack(item: Item) -> Packed:
    if item.is_fetched:
        return Packed(item.source)
    entry = _entry(item)
    name = to_printable(entry.name)
    try:
        return Packed(name, data=entry.read())
    except PictureError as error:
        return Packed(name, str(error) or "cannot be opened.")


def _pages(entry: PictureEntry) -> list[PictureEntry]:
    return expand_pages(entry) if may_be_document(entry.name) else [entry]
