"""The scans and segments of a JPEG, counted before it is decoded: their number is what its decoding costs.

Each scan of a progressive JPEG passes over the whole picture, however few bytes it has (libjpeg-turbo's advisory
LJT-01-003): a small file of thousands of scans takes minutes.
"""

import re

from core.pictures.errors import PictureError

MAX_SCANS = 100  # ordinary programs write 6 to 20
MAX_SCANNED_PIXELS = 1_500_000_000  # of all scans together: a picture of 50 megapixels may have 30 scans
MAX_SEGMENTS = 1000  # a segment has at most 64 kB, so ordinary files of 20 MB have at most some 400
MAX_JUNK_BYTES = 65_536  # between the segments before the first scan

_MARKER = re.compile(rb"\xff[\x02-\xcf\xd8-\xfe]")  # not the stuffed 0, and no marker that may stand within a scan
_ARITHMETIC = (0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF)  # frames of which a bit may be worth thousands of decoding steps
_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_SEGMENTS = {*range(0xC0, 0xF0), 0xFE} - {0xC8, _SOI, _EOI}  # markers that a length follows


def count_scans(data: bytes, name: str) -> int:
    """Return the number of scans of the first picture in a JPEG's bytes, counted up to one more than `MAX_SCANS`.

    Raises PictureError where there are more segments, or more bytes that belong to none, than `MAX_SEGMENTS` and
    `MAX_JUNK_BYTES` allow, and for arithmetic code.
    """
    position, segments, junk, scans = 2, 0, 0, 0
    while scans <= MAX_SCANS and (match := _MARKER.search(data, position)):
        marker = data[match.end() - 1]
        if scans and (marker == _EOI or marker not in _SEGMENTS):
            break  # the decoder goes no further either
        segments += 1
        if segments > MAX_SEGMENTS:
            raise PictureError(
                f"{name} is a JPEG of more than {MAX_SEGMENTS:,} segments, the most that are read. Save it again, "
                "without metadata."
            )
        junk += 0 if scans else match.start() - position
        if junk > MAX_JUNK_BYTES:
            raise PictureError(f"{name} is cut off or damaged; save or send it again.")
        if marker in _ARITHMETIC:
            raise PictureError(f"{name} is a JPEG in arithmetic code, which is not read. Save it as PNG.")
        position = match.end()
        if marker in _SEGMENTS:
            position += max(2, int.from_bytes(data[position : position + 2]))
            scans += marker == _SOS
    return scans


def check_scans(scans: int, pixels: int, name: str) -> None:
    """Raise PictureError where a JPEG of that many pixels has too many scans for them."""
    limit = min(MAX_SCANS, MAX_SCANNED_PIXELS // max(1, pixels))
    if scans > limit:
        count = f"more than {MAX_SCANS}" if scans > MAX_SCANS else f"{scans}"
        raise PictureError(
            f"{name} is a JPEG of {count} scans; at most {limit} are read of one of {pixels / 1e6:.1f} megapixels, "
            "because each takes as long as a whole picture. Save it as a JPEG that is not progressive, or as PNG."
        )
