"""Picture files decoded a batch ahead of the reading, so that neither waits for the other nor memory fills up."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from PIL import Image

from core.pictures.decoding import PictureError
from core.pictures.uploads import PictureEntry

MAX_BATCH_PICTURES = 64
MAX_BATCH_PIXELS = 16_000_000
"""So many pictures, and pixels of theirs, are in a batch; a picture that has more is in memory alone."""


def prefetch_batches(entries: Iterable[PictureEntry]) -> Iterator[list[tuple[PictureEntry, Image.Image | None, str]]]:
    """Yield lists of (entry, its picture, ""), or (entry, None, a sentence) where it cannot be opened, in order.

    The next batch is decoded meanwhile, unless a large picture is in it or comes next. Let go of a batch and its
    pictures, loop variables too, before asking for the next, else they are in memory together.
    """
    entries = iter(entries)
    with ThreadPoolExecutor(max_workers=1) as ahead:
        coming = ahead.submit(_next_batch, entries)
        while coming:
            batch, large = coming.result()
            coming = ahead.submit(_next_batch, entries) if batch and not large else None
            if batch:
                yield batch
            del batch
            if large:
                alone = [_decoded(*large)]
                del large
                yield alone
                del alone
                coming = ahead.submit(_next_batch, entries)


def _next_batch(entries):
    """A batch and, where one too large to be in it comes next, (its entry, its file not yet decoded)."""
    batch, pixels = [], 0
    for entry in entries:
        try:
            file = entry.picture_file()
        except PictureError as error:
            batch.append((entry, None, str(error)))
        else:
            if file.pixels > MAX_BATCH_PIXELS:
                return batch, (entry, file)
            batch.append(_decoded(entry, file))
            pixels += file.pixels
        if len(batch) == MAX_BATCH_PICTURES or pixels >= MAX_BATCH_PIXELS:
            break
    return batch, None


def _decoded(entry, file):
    try:
        return entry, file.decoded(), ""
    except PictureError as error:
        return entry, None, str(error)
