"""The process that opens one PDF and renders pages of it, so that pdfium never runs where it could harm the app.

Reads the PDF from standard input. Writes a line of JSON on the document, then for each page a line of JSON and, where
it could be rendered, its pixels. Run by its path and not as a module: importing the package would take three times as
long as all of its own imports.

Usage: python -P pdf_worker.py FIRST COUNT (pages from 0; no page for a COUNT of 0)
"""

import ctypes
import json
import math
import os
import sys
import threading
import time
from collections.abc import Iterator
from typing import BinaryIO

import pypdfium2
from pypdfium2 import raw

try:
    import resource
except ImportError:  # Windows: the process that waits for this one ends it after a while
    resource = None

EXIT_TOO_LONG = 3
MAX_PAGE_CPU_S = 3.0  # to open the document, and to render each page
MAX_MEMORY_BYTES = 420 * 1024**2  # beyond what the process has before it opens the document
MAX_OUTPUT_BYTES = 24 * 1024**2  # after so many bytes of pixels no further page is rendered
PAGE_PIXELS = 4_000_000  # of a rendered page: an A4 page has some 200 pixels an inch
MAX_SIDE_PX = 8_000
MAX_IMAGE_PIXELS = 50_000_000  # of all images on a page together, as of a picture file
MAX_JPEG2000_PIXELS = 12_000_000  # of those in JPEG 2000, whose decoder takes up to 24 bytes for a pixel
MAX_OBJECTS = 100_000  # on a page

_WATCH_INTERVAL_S = 0.05
_MAX_FORM_DEPTH = 5
_SCAN_SHARE = 0.8  # of a page's area: an image that covers more of it is a scan of the page


class _Refused(Exception):
    """A page is not rendered; the argument is the reason as a word."""


class _Watch:
    """Ends the process where what was begun last takes more than `MAX_PAGE_CPU_S` of its time."""

    def __init__(self) -> None:
        self.begin()
        threading.Thread(target=self._watch, daemon=True).start()

    def begin(self) -> None:
        self._begin_s = time.process_time()

    def _watch(self) -> None:
        while time.process_time() - self._begin_s < MAX_PAGE_CPU_S:
            time.sleep(_WATCH_INTERVAL_S)
        os._exit(EXIT_TOO_LONG)


def main() -> None:
    """Write the number of pages, or why the PDF cannot be opened, and the pages that were asked for."""
    first, count = map(int, sys.argv[1:])
    data, output = sys.stdin.buffer.read(), sys.stdout.buffer
    _limit_resources()
    watch = _Watch()
    try:
        document = pypdfium2.PdfDocument(data)
        pages = len(document)
    except pypdfium2.PdfiumError as error:
        is_locked = error.err_code == raw.FPDF_ERR_PASSWORD
        _write(output, {"error": "locked" if is_locked else "damaged"})
        return
    _write(output, {"pages": pages})
    written = 0
    for number in range(first, min(first + count, pages)):
        watch.begin()
        written += _write_page(output, document, number)
        if written >= MAX_OUTPUT_BYTES:
            break


def _limit_resources() -> None:
    """Limit the memory that may still be taken, where the system can; write no file."""
    if resource is None:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform == "linux":  # macOS does not keep to this limit
        with open("/proc/self/statm", encoding="ascii") as file:
            taken = int(file.read().split()[0]) * resource.getpagesize()
        limit = taken + MAX_MEMORY_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _write(output: BinaryIO, header: dict[str, object], pixels: bytes = b"") -> None:
    output.write(json.dumps(header).encode() + b"\n" + pixels)
    output.flush()  # this page is whole, whatever the next one does


def _write_page(output: BinaryIO, document: pypdfium2.PdfDocument, number: int) -> int:
    """Write a page, or why it is not rendered; return the number of bytes of its pixels."""
    try:
        page = document[number]
        mode, width, height, pixels = _render(page)
        page.close()
    except _Refused as error:
        reason, value = error.args
        _write(output, {"page": number, "error": reason, "value": value})
        return 0
    except (pypdfium2.PdfiumError, ValueError):
        _write(output, {"page": number, "error": "damaged", "value": 0})
        return 0
    _write(output, {"page": number, "mode": mode, "width": width, "height": height}, pixels)
    return len(pixels)


def _render(page: pypdfium2.PdfPage) -> tuple[str, int, int, bytes]:
    """Return mode, width, height and pixels of a page: "L" where all of it is grey, else "RGB"."""
    width, height = page.get_size()
    if not (math.isfinite(width * height) and width > 0 and height > 0):
        raise _Refused("damaged", 0)
    scale = min(
        math.sqrt(PAGE_PIXELS / (width * height)), MAX_SIDE_PX / max(width, height), _scan_scale(page, width, height)
    )
    # A page of 1 × 10,000 points would have no pixel across.
    scale_x, scale_y = max(scale, 1 / width), max(scale, 1 / height)
    size = max(1, round(width * scale_x)), max(1, round(height * scale_y))
    bitmap = pypdfium2.PdfBitmap.new_native(*size, format=raw.FPDFBitmap_BGRx, rev_byteorder=True)
    bitmap.fill_rect((255, 255, 255, 255), 0, 0, *size)
    flags = raw.FPDF_ANNOT | raw.FPDF_REVERSE_BYTE_ORDER | raw.FPDF_RENDER_LIMITEDIMAGECACHE
    raw.FPDF_RenderPageBitmap(bitmap, page, 0, 0, *size, 0, flags)
    rows = bytes(bitmap.buffer)
    red, green, blue = rows[0::4], rows[1::4], rows[2::4]  # a row of this format has no padding
    if red == green == blue:
        return "L", *size, red
    pixels = bytearray(3 * len(red))
    pixels[0::3], pixels[1::3], pixels[2::3] = red, green, blue
    return "RGB", *size, bytes(pixels)


def _scan_scale(page: pypdfium2.PdfPage, width: float, height: float) -> float:
    """Return the pixels a point of an image that is all of a page; infinity for another page.

    Raises _Refused where the page has too many objects, or images of too many pixels.
    """
    scale, others, pixels, slow_pixels = math.inf, 0, 0, 0
    for kind, obj, depth in _objects(page):
        if kind != raw.FPDF_PAGEOBJ_IMAGE:
            is_hidden_text = kind == raw.FPDF_PAGEOBJ_TEXT and (
                raw.FPDFTextObj_GetTextRenderMode(obj) == raw.FPDF_TEXTRENDERMODE_INVISIBLE
            )
            others += not is_hidden_text and kind != raw.FPDF_PAGEOBJ_FORM
            continue
        columns, rows = _image_size(obj)
        pixels += columns * rows
        slow_pixels += columns * rows if _is_jpeg2000(obj) else 0
        if pixels > MAX_IMAGE_PIXELS:
            raise _Refused("image", pixels)
        if slow_pixels > MAX_JPEG2000_PIXELS:
            raise _Refused("jpeg2000", slow_pixels)
        across, down = _placed_size(obj)
        covers = depth == 0 and across * down >= _SCAN_SHARE * width * height
        scale = max(columns / across, rows / down) if covers and math.isinf(scale) else math.inf
        others += not covers
    return scale if not others else math.inf


def _objects(page: pypdfium2.PdfPage) -> Iterator[tuple[int, object, int]]:
    """Yield kind, handle and depth of the objects on a page, those in its forms too; raises _Refused for too many."""
    waiting = [(raw.FPDFPage_CountObjects(page), lambda at: raw.FPDFPage_GetObject(page, at), 0)]
    seen = 0
    while waiting:
        count, get, depth = waiting.pop()
        seen += count
        if seen > MAX_OBJECTS:
            raise _Refused("objects", seen)
        for at in range(count):
            obj = get(at)
            kind = raw.FPDFPageObj_GetType(obj)
            yield kind, obj, depth
            if kind == raw.FPDF_PAGEOBJ_FORM and depth < _MAX_FORM_DEPTH:
                inside = raw.FPDFFormObj_CountObjects(obj)
                waiting.append((inside, lambda at, form=obj: raw.FPDFFormObj_GetObject(form, at), depth + 1))


def _image_size(image: object) -> tuple[int, int]:
    width, height = ctypes.c_uint(), ctypes.c_uint()
    raw.FPDFImageObj_GetImagePixelSize(image, width, height)
    return width.value, height.value


def _is_jpeg2000(image: object) -> bool:
    name = ctypes.create_string_buffer(32)
    filters = raw.FPDFImageObj_GetImageFilterCount(image)
    for number in range(min(filters, 8)):
        raw.FPDFImageObj_GetImageFilter(image, number, name, len(name))
        if name.value == b"JPXDecode":
            return True
    return False


def _placed_size(image: object) -> tuple[float, float]:
    """Return width and height of an image on its page, in points."""
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    raw.FPDFPageObj_GetBounds(image, left, bottom, right, top)
    return max(1e-3, right.value - left.value), max(1e-3, top.value - bottom.value)


if __name__ == "__main__":
    main()
