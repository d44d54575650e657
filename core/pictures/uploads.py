"""Pictures that a person uploads, single or in ZIPs: bounded in number and size before anything is unpacked."""

import io
from collections.abc import Iterable

from core.pictures.entries import PictureEntry
from core.pictures.file_names import shorten
from core.pictures.zip_archives import is_zip, zip_entries
from core.storage.printable import to_printable

MAX_PICTURES = 200
"""How many pictures of one upload are read."""


def expand_uploads(files: Iterable[tuple[str, bytes]]) -> list[PictureEntry]:
    """Return the pictures of uploaded files, each a name and its bytes, and those inside the ZIPs among them.

    They are not unpacked before they are read, so that many large ones are never in memory together. After them come
    entries with a note: ZIPs that exceed a limit, are encrypted or damaged, what else a ZIP holds, and the number of
    pictures beyond the first `MAX_PICTURES`. A name is text to show, whatever it holds, and never a path.
    """
    pictures, notes = [], []
    for name, data in files:
        shown = to_printable(shorten(name))
        entries = zip_entries(io.BytesIO(data), shown) if is_zip(name, data) else [_file_entry(shown, data)]
        pictures += [entry for entry in entries if entry.unpack]
        notes += [entry for entry in entries if not entry.unpack]
    if len(pictures) > MAX_PICTURES:
        note = f"The first {MAX_PICTURES:,} of {len(pictures):,} pictures are read; send the others separately."
        notes.append(PictureEntry(f"{len(pictures) - MAX_PICTURES:,} more", note))
    return pictures[:MAX_PICTURES] + notes


def _file_entry(name: str, data: bytes) -> PictureEntry:
    return PictureEntry(name, unpack=lambda: data)


def decode_sent_name(sent: str) -> str:
    """Return a file's own name, given how a browser sends it: with %22 for a quote (the HTML standard's form data)."""
    return sent.replace("%22", '"')
