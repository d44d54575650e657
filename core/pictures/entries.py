"""A picture file wherever it lies (upload, ZIP, folder): its name, and its bytes when they are asked for."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from core.pictures.decoding import PictureError, PictureFile, parse_header


@dataclass(frozen=True, eq=False)
class PictureEntry:
    """One picture file; or, without `unpack`, a sentence in `note` that says what is not read and why."""

    name: str
    note: str = ""
    unpack: Callable[[], bytes] | None = None
    may_be_picture: bool = True  # whether the note may be about a picture

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
        return parse_header(self.read(), re.split(r"[/\\]", self.name)[-1])
