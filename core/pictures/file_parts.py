"""The parts of a picture file, counted before a decoder goes through them one by one: tiny ones may be millions."""

import struct

from core.pictures.errors import PictureError
from core.pictures.heif_items import check_items
from core.pictures.jpeg_scans import count_scans
from core.pictures.tiff_strips import check_strips

MAX_PARTS = 20_000  # chunks of a PNG, blocks of a GIF before its first picture: ordinary files have a few thousand
MAX_RLE_BYTES = 4 * 1024**2  # of a BMP in run-length code, which Pillow decodes byte by byte in Python
MAX_RLE_PIXELS = 8_000_000


def check_parts(data: bytes, name: str) -> None:
    """Raise PictureError where a file, known by its first bytes, has too many parts; all other files pass."""
    if data.startswith(b"\xff\xd8\xff"):
        count_scans(data, name)
    elif data.startswith(b"\x89PNG\r\n\x1a\n"):
        _check_count(_count_png_chunks(data), "PNG", "chunks", name)
    elif data.startswith((b"GIF87a", b"GIF89a")):
        _check_count(_count_gif_blocks(data), "GIF", "blocks", name)
    elif data.startswith(b"BM"):
        _check_run_length_code(data, name)
    elif data.startswith((b"II", b"MM")):
        check_strips(data, name)
    elif data[4:8] == b"ftyp":
        check_items(data, name)


def _check_count(count: int, kind: str, parts: str, name: str) -> None:
    if count > MAX_PARTS:
        raise PictureError(
            f"{name} is a {kind} of more than {MAX_PARTS:,} {parts}, the most that are read. Save it again, without "
            "metadata."
        )


def _count_png_chunks(data: bytes) -> int:
    """Return the number of chunks, counted up to one more than `MAX_PARTS`."""
    position, count = 8, 0
    while position + 8 <= len(data) and count <= MAX_PARTS:
        position += 12 + int.from_bytes(data[position : position + 4])
        count += 1
    return count


def _count_gif_blocks(data: bytes) -> int:
    """Return the number of blocks and of bytes that belong to none before the first picture, counted as above."""
    has_palette, bits = data[10:11] > b"\x7f", (data[10:11] or b"\0")[0] & 7
    position, count = 13 + (3 << bits + 1 if has_palette else 0), 0
    while position < len(data) and data[position] not in b",;" and count <= MAX_PARTS:
        is_extension = data[position] == ord("!")
        position, count = position + 1, count + 1
        if is_extension:
            position += 1
            while position < len(data) and data[position] and count <= MAX_PARTS:
                position, count = position + 1 + data[position], count + 1
            position += 1
    return count


def _check_run_length_code(data: bytes, name: str) -> None:
    if len(data) < 34 or data[30:34] not in (b"\1\0\0\0", b"\2\0\0\0"):
        return
    width, height = struct.unpack("<ii", data[18:26])
    pixels = abs(width * height)
    if len(data) > MAX_RLE_BYTES or pixels > MAX_RLE_PIXELS:
        raise PictureError(
            f"{name} is a BMP in run-length code of {len(data) / 1024**2:.1f} MB and {pixels / 1e6:.1f} megapixels; at "
            f"most {MAX_RLE_BYTES // 1024**2} MB and {MAX_RLE_PIXELS / 1e6:.0f} megapixels of such a BMP are read. "
            "Save it as PNG."
        )
