"""A listing written to a file while it is made, cut into shards; and its digest, by which a change is noticed."""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

from core.bulk.errors import BulkError
from core.bulk.items import Item
from core.bulk.manifest import Listing
from core.storage.atomic import replace_file

MAX_SHARDS = 1_000_000
MAX_SHARD_BYTES = 32 * 1024**2
"""A shard ends at so many bytes of files, which may have to be sent to a worker."""

_DIGEST_BYTES = 16


class Digest:
    """A sum over the hashes of all items: it is the same in whatever order a file system lists them."""

    def __init__(self) -> None:
        self._sum, self.items = 0, 0

    def add(self, line: bytes) -> None:
        """Add the line of an item."""
        self._sum += int.from_bytes(hashlib.blake2b(line, digest_size=_DIGEST_BYTES).digest())
        self.items += 1

    def text(self) -> str:
        """Return the sum as text."""
        return f"{self._sum % 256**_DIGEST_BYTES:0{2 * _DIGEST_BYTES}x}"


def write_listing(path: Path, items: Iterable[Item], shard_pictures: int) -> Listing:
    """Write the items as lines, atomically, and return where each shard begins; none of them is kept in memory.

    Raises `BulkError` for more than `MAX_SHARDS` shards, `OSError`.
    """
    cut = _Cut(shard_pictures)

    def write(file: BinaryIO) -> None:
        for item in items:
            file.write(cut.add(item))

    replace_file(path, write)
    return Listing(cut.digest.items, cut.digest.text(), (*cut.offsets, cut.end))


def digest_of(items: Iterable[Item]) -> Digest:
    """Return the digest of items that are not written."""
    digest = Digest()
    for item in items:
        digest.add(item.to_line())
    return digest


def counting(items: Iterable[Item], on_item: Callable[[], object]) -> Iterable[Item]:
    """Yield the items, and call `on_item` for each."""
    for item in items:
        yield item
        on_item()


class _Cut:
    """The cutting of lines into shards, as they come."""

    def __init__(self, shard_pictures: int) -> None:
        self.digest, self.offsets, self.end = Digest(), [], 0
        self._max_weight, self._weight, self._bytes = shard_pictures, 0, 0

    def add(self, item: Item) -> bytes:
        """Return the line of an item, which begins a new shard where it does not fit into this one."""
        self._weight, self._bytes = self._weight + item.weight, self._bytes + item.read_bytes
        if not self.offsets or self._weight > self._max_weight or self._bytes > MAX_SHARD_BYTES:
            if len(self.offsets) == MAX_SHARDS:
                raise BulkError(f"These are more than {MAX_SHARDS:,} shards. Choose a larger --shard.")
            self.offsets.append(self.end)
            self._weight, self._bytes = item.weight, item.read_bytes
        line = item.to_line()
        self.digest.add(line)
        self.end += len(line)
        return line
