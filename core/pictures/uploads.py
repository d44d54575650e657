"""Pictures that a person uploads, single or in ZIPs: bounded in number and size before anything is unpacked."""

import io
from collections.abc import Iterable, Iterator

from core.pictures.documents import expand_pages, may_be_document
from core.pictures.entries import PictureEntry
from core.pictures.file_names import shorten
from core.pictures.zip_archives import is_zip, zip_entries
from core.storage.printable import to_printable

MAX_PICTURES = 200
"""How many pictures of one upload are read."""


def expand_uploads(files: Iterable[tuple[str, bytes]]) -> list[PictureEntry]:
    """Return the pictures of uploaded files, each a name and its bytes, and those inside the ZIPs among them.

    Each page of a document is a picture. They are not unpacked before they are read, so that many large ones are never
    in memory together; only the pages of documents are counted. After them come entries with a note: ZIPs and documents
    that exceed a limit, are encrypted or damaged, what else a ZIP holds, and the number of pictures beyond the first
    `MAX_PICTURES`. A name is text to show, whatever it holds, and never a path.
    """
    pictures, notes = [], []
    for name, data in files:
        for entry in _pages(to_printable(shorten(name)), data, MAX_PICTURES - len(pictures)):
            (pictures if entry.unpack else notes).append(entry)
    if len(pictures) > MAX_PICTURES:
        note = f"The first {MAX_PICTURES:,} of {len(pictures):,} pictures are read; send the others separately."
        notes.append(PictureEntry(f"{len(pictures) - MAX_PICTURES:,} more", note))
    return pictures[:MAX_PICTURES] + notes


def _pages(name: str, data: bytes, wanted: int) -> Iterator[PictureEntry]:
    """Yield the pictures of one file and the notes on it; after the first `wanted`, no document is opened."""
    if not is_zip(name, data):
        entry = PictureEntry(name, unpack=lambda: data)
        yield from expand_pages(entry) if wanted > 0 else [entry]
        return
    for entry in zip_entries(io.BytesIO(data), name):
        pages = expand_pages(entry) if wanted > 0 and entry.unpack and may_be_document(entry.name) else [entry]
        wanted -= len(pages)
        yield from pages


def decode_sent_name(sent: str) -> str:
    """Return a file's own name, given how a browser sends it: with %22 for a quote (the HTML standard's form data)."""
    return sent.replace("%22", '"')
