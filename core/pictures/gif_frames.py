"""The frames of a GIF as pictures: counted from its blocks, and decoded one after another."""

import threading
from collections.abc import Callable

from PIL import Image

from core.pictures.decoding import PictureFile, as_picture_error, parse_header
from core.pictures.errors import PictureError

MAX_BLOCKS = 200_000  # of a whole file: one of 20 MB has 80,000
MAX_FRAME_PIXELS = 500_000_000  # of all frames together, since each is drawn upon the ones before it

_EXTENSION, _IMAGE = 0x21, 0x2C


def count_frames(data: bytes, name: str) -> int:
    """Return the number of frames whose blocks are whole or begun, at least 1; raises PictureError for many blocks."""
    position, blocks, frames = 13 + _palette_bytes(data[10:11]), 0, 0
    while position < len(data) and data[position] in (_EXTENSION, _IMAGE):
        if data[position] == _IMAGE:
            frames += 1
            position += 11 + _palette_bytes(data[position + 9 : position + 10])
        else:
            position += 2
        while position < len(data) and data[position]:
            position += 1 + data[position]
            blocks += 1
        position, blocks = position + 1, blocks + 1
        if blocks > MAX_BLOCKS:
            raise PictureError(
                f"{name} is a GIF of more than {MAX_BLOCKS:,} blocks, the most that are read. Save it again."
            )
    return max(1, frames)


def _palette_bytes(flags: bytes) -> int:
    return 3 << (flags[0] & 7) + 1 if flags > b"\x7f" else 0


class GifFrames:
    """The frames of a GIF; to take them in turn is cheap, because each is drawn upon the ones before it."""

    def __init__(self, unpack: Callable[[], bytes], count: int) -> None:
        """Store `unpack`, which returns the bytes of the file, and the number of frames."""
        self._unpack, self._count = unpack, count
        self._opened: Image.Image | None = None  # as it was left, until its last frame is taken
        self._damaged_from: int | None = None  # the first frame that could not be decoded
        self._lock = threading.Lock()

    def decode(self, number: int, name: str) -> PictureFile:
        """Return a frame, counted from 0, decoded; raises PictureError. name: the frame's, for error messages."""
        with self._lock, as_picture_error(name):
            if self._damaged_from is not None and number >= self._damaged_from:
                raise PictureError(f"{name} is damaged, or follows a damaged frame of its GIF. Save the GIF again.")
            image = self._opened
            if image is None or image.tell() > number:
                image = parse_header(self._unpack(), name).image
                if image.width * image.height * self._count > MAX_FRAME_PIXELS:
                    megapixels = image.width * image.height * self._count / 1e6
                    raise PictureError(
                        f"{name} belongs to a GIF whose {self._count} frames have {megapixels:,.0f} megapixels "
                        f"together; at most {MAX_FRAME_PIXELS // 10**6} are read. Save the frame as PNG, and send that."
                    )
            self._opened = None  # unless all goes well
            try:
                image.seek(number)
                frame = image.copy()
            except Exception:
                self._damaged_from = number
                raise
            if number + 1 < self._count:
                self._opened = image
            return PictureFile(name, frame)
