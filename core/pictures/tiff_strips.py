"""The strips or tiles of a TIFF, counted before they are decoded one by one, and the scans of those that are JPEGs."""

import struct
from collections.abc import Sequence

from core.pictures.errors import PictureError
from core.pictures.jpeg_scans import check_scans, count_scans
from core.pictures.tiff_directory import Directory, first_directory_place, read_directory

MAX_STRIPS = 20_000  # of one TIFF; a page of a strip for each row has some thousands
MAX_STRIP_BYTES = 100 * 1024**2  # of all strips together, where several are the same bytes

_WIDTH, _HEIGHT, _COMPRESSION, _PLANES = 256, 257, 259, 284
_STRIP_OFFSETS, _ROWS, _STRIP_BYTES = 273, 278, 279
_TILE_WIDTH, _TILE_HEIGHT, _TILE_OFFSETS, _TILE_BYTES = 322, 323, 324, 325
_SAMPLES = 277
_JPEG_COMPRESSIONS = (6, 7)


def check_strips(data: bytes, name: str) -> None:
    """Raise PictureError where a TIFF has too many strips or tiles, or JPEGs of too many scans in them.

    A file whose directory cannot be read passes: the decoder refuses it.
    """
    try:
        directory = read_directory(data, first_directory_place(data))
    except struct.error:
        return
    claimed = (directory.count(tag) for tag in (_STRIP_OFFSETS, _STRIP_BYTES, _TILE_OFFSETS, _TILE_BYTES))
    strips = max(_expected_strips(directory), *claimed)
    if strips > MAX_STRIPS:
        raise PictureError(
            f"{name} is a TIFF of {strips:,} strips or tiles; at most {MAX_STRIPS:,} are read. Save it in larger "
            "strips, or as PNG."
        )
    places = _places(directory)
    if sum(max(0, min(stop, len(data)) - start) for start, stop in places) > MAX_STRIP_BYTES:
        raise PictureError(f"{name} is a TIFF whose strips are more than the file holds; save or send it again.")
    if directory.value(_COMPRESSION, 1) in _JPEG_COMPRESSIONS:
        _check_jpegs(directory, places, name)


def _expected_strips(directory: Directory) -> int:
    """Return how many strips or tiles the picture's size asks for, as libtiff counts them."""
    width, height = directory.value(_WIDTH, 1), directory.value(_HEIGHT, 1)
    planes = directory.value(_SAMPLES, 1) if directory.value(_PLANES, 1) == 2 else 1
    if directory.count(_TILE_OFFSETS):
        across, down = max(1, directory.value(_TILE_WIDTH, width)), max(1, directory.value(_TILE_HEIGHT, height))
        return -(-width // across) * -(-height // down) * planes
    return -(-height // max(1, directory.value(_ROWS, height))) * planes


def _places(directory: Directory) -> list[tuple[int, int]]:
    """Return where each strip or tile starts and stops in the file."""
    pairs = ((_STRIP_OFFSETS, _STRIP_BYTES), (_TILE_OFFSETS, _TILE_BYTES))
    return [
        (start, start + length)
        for offsets, lengths in pairs
        for start, length in zip(directory.values(offsets), directory.values(lengths), strict=False)
    ]


def _check_jpegs(directory: Directory, places: Sequence[tuple[int, int]], name: str) -> None:
    """Raise PictureError where a strip's JPEG has more scans than a picture of the TIFF's pixels may have."""
    pixels = directory.value(_WIDTH, 1) * directory.value(_HEIGHT, 1)
    for start, stop in set(places):
        check_scans(count_scans(directory.data[start:stop], name), pixels, name)
