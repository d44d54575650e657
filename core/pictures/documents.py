"""Files of several pages: PDFs, TIFFs and GIFs, each of whose pages or frames is a picture by itself."""

import hashlib
import re
import struct
from collections.abc import Callable
from pathlib import Path

from core.pictures.decoding import SUFFIXES, PictureFile, check_file_size, parse_header
from core.pictures.entries import Page, PictureEntry
from core.pictures.errors import PictureError
from core.pictures.gif_frames import GifFrames, count_frames
from core.pictures.pdf_document import MAX_PAGES, PdfDocument, is_pdf
from core.pictures.tiff_directory import find_pages, first_directory_place, select_page

DOCUMENT_SUFFIXES = (".pdf", ".tif", ".tiff", ".gif")

_NAME = re.compile(r"(?P<document>.+), (page|frame) (?P<number>[1-9][0-9]{0,5})", re.DOTALL)

_Parse = Callable[[str], PictureFile]


def may_be_document(name: str) -> bool:
    """Return whether a file of that name may have several pages: not where its suffix is of another picture."""
    suffix = Path(name).suffix.lower()
    return suffix in DOCUMENT_SUFFIXES or suffix not in SUFFIXES


def expand_pages(entry: PictureEntry) -> list[PictureEntry]:
    """Return an entry of each page of a document, named as "scan.pdf, page 2"; another entry as it is.

    An entry of one page keeps its name. A document that cannot be opened or has more than `MAX_PAGES` becomes an entry
    with a note.
    """
    if entry.unpack is None or entry.page:
        return [entry]
    name = re.split(r"[/\\]", entry.name)[-1]
    try:
        data = entry.unpack()
        if is_pdf(entry.name, data):
            check_file_size(len(data), name)
            return _pages(entry, data, _pdf_pages(PdfDocument(name, entry.unpack)))
        if data.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
            return _pages(entry, data, _tiff_pages(entry.unpack, data, name))
        if data.startswith((b"GIF87a", b"GIF89a")):
            return _pages(entry, data, _gif_frames(entry.unpack, data, name), "frame")
    except PictureError as error:
        return [PictureEntry(entry.name, str(error))]
    return [entry]


def name_of_page(name: str) -> tuple[str, int] | None:
    """Return document and number, from 1, of a name such as "scan.pdf, page 2"; None for another name."""
    found = _NAME.fullmatch(name)
    return (found["document"], int(found["number"])) if found else None


def _pages(entry: PictureEntry, data: bytes, pages: list[_Parse], kind: str = "page") -> list[PictureEntry]:
    """Return the entries of a document's pages; [entry] where it is a picture like others."""
    if not pages:
        return [entry]
    content = hashlib.blake2b(data, digest_size=16).digest()
    names = [f"{entry.name}, {kind} {number}" for number in range(1, len(pages) + 1)]
    return [
        PictureEntry(name, unpack=entry.unpack, page=Page(entry.name, parse, content))
        for name, parse in zip(names if len(pages) > 1 else [entry.name], pages, strict=True)
    ]


def _pdf_pages(document: PdfDocument) -> list[_Parse]:
    def parse(name: str, number: int) -> PictureFile:
        return PictureFile(name, document.render(number, name))

    return [lambda name, number=number: parse(name, number) for number in range(document.count_pages())]


def _tiff_pages(unpack: Callable[[], bytes], data: bytes, name: str) -> list[_Parse]:
    """Return the pages of a TIFF; none where it has one, the first, or cannot be read."""
    check_file_size(len(data), name)
    try:
        places = find_pages(data)
        if places == [first_directory_place(data)]:
            return []
    except struct.error:
        return []
    _check_count(len(places), "pages", name)
    return [lambda name, place=place: parse_header(select_page(unpack(), place), name) for place in places]


def _gif_frames(unpack: Callable[[], bytes], data: bytes, name: str) -> list[_Parse]:
    """Return the frames of a GIF; none where it has one."""
    count = count_frames(data, name)
    if count == 1:
        return []
    check_file_size(len(data), name)
    _check_count(count, "frames", name)
    frames = GifFrames(unpack, count)
    return [lambda name, number=number: frames.decode(number, name) for number in range(count)]


def _check_count(count: int, kind: str, name: str) -> None:
    if count > MAX_PAGES:
        raise PictureError(f"{name} has {count:,} {kind}; at most {MAX_PAGES} are read. Send it in parts.")
