"""Picture files decoded a batch ahead of the reading, so that neither waits for the other and memory stays bounded."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from PIL import Image

from core.pictures.decoding import PictureError, PictureFile
from core.pictures.entries import PictureEntry

MAX_BATCH_PICTURES = 64
MAX_BATCH_PIXELS = 16_000_000
"""A batch ends at so many pictures or pixels; a picture with more pixels is a batch of its own."""


class DecodedEntry(NamedTuple):
    """A picture file and its picture, or None and a sentence in `note` where it cannot be opened."""

    entry: PictureEntry
    picture: Image.Image | None
    note: str = ""


class _LargeEntry(NamedTuple):
    """A picture too large for a batch, not decoded yet."""

    entry: PictureEntry
    file: PictureFile


def prefetch_batches(entries: Iterable[PictureEntry]) -> Iterator[list[DecodedEntry]]:
    """Yield lists of decoded entries, in order.

    The next batch is decoded meanwhile, unless a large picture is in it or comes next. The caller must drop a batch and
    its pictures, loop variables too, before it asks for the next, else both are in memory together.
    """
    remaining = iter(entries)
    with ThreadPoolExecutor(max_workers=1) as thread:
        upcoming = thread.submit(_next_batch, remaining)
        while upcoming:
            batch, large = upcoming.result()
            upcoming = thread.submit(_next_batch, remaining) if batch and not large else None
            if batch:
                yield batch
            del batch
            if large:
                single = [_decode(*large)]
                del large
                yield single
                del single
                upcoming = thread.submit(_next_batch, remaining)


def _next_batch(entries: Iterator[PictureEntry]) -> tuple[list[DecodedEntry], _LargeEntry | None]:
    """Return a batch and, where a picture too large for it comes next, that one."""
    batch, pixels = [], 0
    for entry in entries:
        try:
            file = entry.parse_header()
        except PictureError as error:
            batch.append(DecodedEntry(entry, None, str(error)))
        else:
            if file.pixels > MAX_BATCH_PIXELS:
                return batch, _LargeEntry(entry, file)
            batch.append(_decode(entry, file))
            pixels += file.pixels
        if len(batch) == MAX_BATCH_PICTURES or pixels >= MAX_BATCH_PIXELS:
            break
    return batch, None


def _decode(entry: PictureEntry, file: PictureFile) -> DecodedEntry:
    try:
        return DecodedEntry(entry, file.decode())
    except PictureError as error:
        return DecodedEntry(entry, None, str(error))
