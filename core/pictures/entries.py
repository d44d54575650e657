"""A picture file wherever it lies (upload, ZIP, folder): its name, and its bytes when they are asked for."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from core.pictures.decoding import PictureError, PictureFile, parse_header

_PNG_MODES = ("1", "L", "LA", "P", "RGB", "RGBA")


@dataclass(frozen=True, eq=False)
class PictureEntry:
    """One picture file, or one page of a document; or, without `unpack`, a sentence in `note` that says why not."""

    name: str
    note: str = ""
    unpack: Callable[[], bytes] | None = None
    may_be_picture: bool = True  # whether the note may be about a picture
    page: "Page | None" = None  # of the file, where that is a document
    size_bytes: int = 0  # of a member of a ZIP, unpacked

    def read(self) -> bytes:
        """Return the file's bytes, unpacked anew at every call; raises PictureError where there are none."""
        if self.unpack is None:
            raise PictureError(self.note)
        return self.unpack()

    def open(self) -> Image.Image:
        """Return the picture, decoded and upright; raises PictureError with a sentence."""
        return self.parse_header().decode()

    def parse_header(self) -> PictureFile:
        """Return the picture, not decoded yet; raises PictureError as `open` does."""
        name = re.split(r"[/\\]", self.name)[-1]
        return self.page.parse(name) if self.page else parse_header(self.read(), name)

    def to_file(self) -> tuple[str, bytes]:
        """Return suffix and bytes of a file of this picture alone: as it is, and a page as PNG; raises PictureError."""
        if not self.page:
            return Path(self.name).suffix, self.read()
        file = io.BytesIO()
        picture = self.open()
        (picture if picture.mode in _PNG_MODES else picture.convert("RGB")).save(file, "PNG")
        return ".png", file.getvalue()


@dataclass(frozen=True, eq=False)
class Page:
    """One page of a document: a PDF, or a TIFF or GIF of several pages or frames."""

    document: str  # the name of the file
    parse: Callable[[str], PictureFile]  # takes the page's name, for error messages; raises PictureError
    content: bytes  # stands for all that the document holds: a hash of it
