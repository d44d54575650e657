"""The pages of a PDF as pictures: rendered by a process of its own that is started when pages are asked for."""

import importlib.util
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from core.pictures.errors import PictureError

MAX_PAGES = 200
"""How many pages a PDF, a TIFF or a GIF may have."""

_WORKER = Path(__file__).with_name("pdf_worker.py")
_PAGES_AHEAD = 16  # that are rendered by one process, as far as their pixels fit into its output
_TIMEOUT_S = 90.0  # for one process: far longer than its own limits allow, where it can keep to them
_EXIT_TOO_LONG = 3  # as in the worker
_SAVE_AS_PICTURE = "Save the page as PNG or JPEG, and send that."
_REASONS = {
    "damaged": "is damaged; save or send the PDF again.",
    "image": f"holds images of {{megapixels}} megapixels; at most 50 a page are read. {_SAVE_AS_PICTURE}",
    "jpeg2000": f"holds images in JPEG 2000 of {{megapixels}} megapixels; at most 12 a page are read. "
    f"{_SAVE_AS_PICTURE}",
    "objects": f"is drawn with {{value:,}} objects; at most 100,000 a page are read. {_SAVE_AS_PICTURE}",
}


def is_pdf(name: str, data: bytes) -> bool:
    """Return whether a file is meant as a PDF: in one that is named so, its mark may stand behind other bytes."""
    return data.startswith(b"%PDF-") or (name.lower().endswith(".pdf") and b"%PDF-" in data[:1024])


class PdfDocument:
    """A PDF whose pages are rendered when they are asked for, some ahead of it: to start a process takes a while."""

    def __init__(self, name: str, unpack: Callable[[], bytes]) -> None:
        """Store the name, for error messages, and `unpack`, which returns the bytes of the file."""
        self._name, self._unpack = name, unpack
        self._ahead: dict[int, Image.Image | str] = {}  # number of a page → its picture or what is wrong with it
        self._next = 0  # the page that is asked for next by who asks for one after the other
        self._lock = threading.Lock()
        self._too_long = ""  # once one page took too long, no other one is rendered

    def count_pages(self) -> int:
        """Return the number of pages; raises PictureError where it is too large or the PDF cannot be opened."""
        header, _ = self._run(0, 0)
        pages = int(header["pages"])
        if pages > MAX_PAGES:
            raise PictureError(f"{self._name} has {pages:,} pages; at most {MAX_PAGES} are read. Send it in parts.")
        if pages < 1:
            raise PictureError(f"{self._name} {_REASONS['damaged']}")
        return pages

    def render(self, number: int, name: str) -> Image.Image:
        """Return a page, counted from 0, as a grey or RGB picture of at most 4 megapixels.

        name: the page's name, for error messages. Raises PictureError.
        """
        with self._lock:
            if number not in self._ahead:
                if self._too_long:
                    raise PictureError(self._too_long)
                found = self._run(number, _PAGES_AHEAD if number == self._next else 1)[1]
                self._ahead = found if number == self._next else self._ahead | found
            page = self._ahead.pop(number, _REASONS["damaged"])
            self._next = max(self._next, number + 1)
        if isinstance(page, str):
            raise PictureError(f"{name} {page}")
        return page

    def _run(self, first: int, count: int) -> tuple[dict, dict[int, Image.Image | str]]:
        """Return what the worker writes on the document, and the pages that it rendered, at least the first."""
        if importlib.util.find_spec("pypdfium2") is None:
            raise PictureError(
                f"{self._name} is a PDF, which this installation cannot open: run `pip install pypdfium2`, or save its "
                "pages as PNG."
            )
        command = [sys.executable, "-P", str(_WORKER), str(first), str(count)]
        try:
            done = subprocess.run(command, input=self._unpack(), capture_output=True, timeout=_TIMEOUT_S)
            output, exit_code = done.stdout, done.returncode
        except subprocess.TimeoutExpired as error:
            output, exit_code = error.stdout or b"", _EXIT_TOO_LONG
        except OSError as error:
            raise PictureError(f"{self._name} cannot be opened: no process could be started for it.") from error
        header, pages = _parse(output)
        failure = _failure(exit_code)
        if header is None:
            raise PictureError(f"{self._name} {failure}")
        if reason := header.get("error"):
            locked = "is a PDF with a password; save it without one, and send that."
            raise PictureError(f"{self._name} {locked if reason == 'locked' else _REASONS['damaged']}")
        if exit_code:
            unwritten = first + len(pages)
            pages.setdefault(unwritten, failure)
            if exit_code == _EXIT_TOO_LONG:
                self._too_long = f"{self._name} takes too long to draw, so its other pages are not read either."
        return header, pages


def _failure(exit_code: int) -> str:
    if exit_code == _EXIT_TOO_LONG:
        return f"takes too long to draw, as no scan does. {_SAVE_AS_PICTURE}"
    return f"cannot be drawn: it is damaged, or needs too much memory. {_SAVE_AS_PICTURE}"


def _parse(output: bytes) -> tuple[dict | None, dict[int, Image.Image | str]]:
    """Return the worker's first line and the pages behind it; what was cut off when it ended is left out."""
    place, header, pages = 0, None, {}
    while (end := output.find(b"\n", place)) >= 0:
        line, place = json.loads(output[place:end]), end + 1
        if header is None:
            header = line
        elif reason := line.get("error"):
            pages[line["page"]] = _REASONS[reason].format(value=line["value"], megapixels=f"{line['value'] / 1e6:,.0f}")
        else:
            size = line["width"], line["height"]
            stop = place + size[0] * size[1] * len(line["mode"])
            if stop > len(output):
                break
            pages[line["page"]] = Image.frombytes(line["mode"], size, output[place:stop])
            place = stop
    return header, pages
