"""Picture files decoded a batch ahead of the reading, so that neither waits for the other nor memory fills up."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from PIL import Image

from core.archives import Entry
from core.pictures import PictureError

MOST_TOGETHER = 64
MOST_PIXELS = 16_000_000
"""So many pictures, and pixels of theirs, are in a batch, unless one picture alone has more; two are in memory."""


def in_batches(entries: Iterable[Entry]) -> Iterator[list[tuple[Entry, Image.Image | None, str]]]:
    """Yield lists of (entry, its picture, ""), or (entry, None, a sentence) where it cannot be opened, in order."""
    entries = iter(entries)
    with ThreadPoolExecutor(max_workers=1) as ahead:
        batch = ahead.submit(_next_batch, entries)
        while opened := batch.result():
            batch = ahead.submit(_next_batch, entries)
            yield opened


def _next_batch(entries):
    batch, pixels = [], 0
    for entry in entries:
        try:
            picture, note = entry.open(), ""
            pixels += picture.width * picture.height
        except PictureError as error:
            picture, note = None, str(error)
        batch.append((entry, picture, note))
        if len(batch) == MOST_TOGETHER or pixels >= MOST_PIXELS:
            break
    return batch
