"""Pictures that are small as files and made to take long to decode or to read."""

import struct
import zlib

import cv2
import numpy as np


def segment(marker, body):
    """A segment of a JPEG: its marker, its length, its content."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg_of_scans(width, height, scans):
    """A grey progressive JPEG, all of one grey, of so many scans that bring nothing, each in a few bytes."""
    blocks = -(-width // 8) * -(-height // 8)
    runs = -(-blocks // 0x7FFF)  # an end of band for 32,767 blocks: code 0 and 14 bits
    bits = ("0" + "1" * 14) * runs
    bits += "1" * (-len(bits) % 8)
    empty = int(bits, 2).to_bytes(len(bits) // 8).replace(b"\xff", b"\xff\0")
    first = segment(0xDA, b"\1\1\0\0\0\0") + bytes(-(-blocks // 8))
    return b"".join(
        [
            b"\xff\xd8",
            segment(0xDB, b"\0" + b"\1" * 64),
            segment(0xC2, struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0"),
            segment(0xC4, b"\x00\1" + bytes(15) + b"\0"),
            segment(0xC4, b"\x10\1" + bytes(15) + b"\xe0"),
            first,
            (segment(0xDA, b"\1\1\0\1\x3f\0") + empty) * (scans - 1),
            b"\xff\xd9",
        ]
    )


def png_chunk(kind, body):
    """A chunk of a PNG: its length, its kind, its content, its checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def tiff_of_strips(size, compression, strip, count, tile=None):
    """A grey TIFF of `count` strips, or tiles of a (width, height), that are one and the same bytes."""
    (width, height), places = size, 8 + len(strip)
    offsets, lengths = (324, 325) if tile else (273, 279)
    tags = [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, 1, 8),
        (259, 3, 1, compression),
        (262, 3, 1, 1),
        (offsets, 4, count, places),
        (277, 3, 1, 1),
        (lengths, 4, count, places + 4 * count),
        *([(322, 4, 1, tile[0]), (323, 4, 1, tile[1])] if tile else [(278, 4, 1, -(-height // count))]),
    ]
    directory = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in sorted(tags)) + bytes(4)
    lists = struct.pack(f"<{2 * count}I", *[8] * count, *[len(strip)] * count)
    return struct.pack("<2sHI", b"II", 42, places + len(lists)) + strip + lists + directory


def bmp_in_run_length_code(width, height, codes):
    """A BMP of 8 bits in run-length code."""
    palette = bytes(range(256)) * 4
    start = 54 + len(palette)
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, len(codes), 0, 0, 256, 0)
    return b"BM" + struct.pack("<IHHI", start + len(codes), 0, 0, start) + header + palette + codes


def zigzags(rows=20, size=(1440, 1000), step_px=12):
    """A page (h, w) uint8 of zigzag lines from side to side: of one piece each, with a place to cut at every corner."""
    height, width = size
    page = np.full(size, 255, np.uint8)
    x = np.arange(10, width - 10, step_px)
    for row in range(rows):
        middle, reach = (row + 0.5) * height / rows, 0.35 * height / rows
        y = middle + np.where(np.arange(len(x)) % 2, reach, -reach)
        cv2.polylines(page, [np.int32(np.column_stack([x, y]))], False, 0, 3)
    return page


def heif_box(kind, *parts):
    """A box of a HEIF: its length, its kind, its content."""
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def heif_full_box(kind, version, *parts, flags=0):
    """A box with a version and flags."""
    return heif_box(kind, struct.pack(">I", version << 24 | flags), *parts)


def heif_size(width, height):
    """The property that says an image's size."""
    return heif_full_box(b"ispe", 0, struct.pack(">II", width, height))


def heif_grid(rows, columns, width, height):
    """The data of a grid item."""
    return struct.pack(">BBBBII", 0, 1, rows - 1, columns - 1, width, height)


def heif_of_items(items, properties, references=(), boxes=b""):
    """A HEIF; its first item is the picture.

    items: {number: (kind, is hidden, pieces of data, numbers of properties from 1)}; equal pieces are stored once.
    references: (kind, number of the source, numbers of the targets). boxes: what stands before the meta box.
    """
    infes = [
        heif_full_box(b"infe", 2, struct.pack(">HH4sx", number, 0, kind), flags=int(is_hidden))
        for number, (kind, is_hidden, *_) in items.items()
    ]
    pairs = [struct.pack(">HB", number, len(own)) + bytes(own) for number, (*_, own) in items.items()]
    ipma = heif_full_box(b"ipma", 0, struct.pack(">I", len(items)), *pairs)
    named = [heif_box(kind, struct.pack(f">HH{len(to)}H", source, len(to), *to)) for kind, source, to in references]
    pieces = dict.fromkeys(piece for _, _, data, _ in items.values() for piece in data)

    def meta(place):
        places = {}
        for piece in pieces:
            places[piece] = place
            place += len(piece)
        locations = [
            struct.pack(">HHH", number, 0, len(data))
            + b"".join(struct.pack(">II", places[piece], len(piece)) for piece in data)
            for number, (_, _, data, _) in items.items()
        ]
        return heif_full_box(
            b"meta",
            0,
            heif_full_box(b"hdlr", 0, bytes(4) + b"pict" + bytes(13)),
            heif_full_box(b"pitm", 0, struct.pack(">H", next(iter(items)))),
            heif_full_box(b"iloc", 0, b"\x44\0" + struct.pack(">H", len(items)), *locations),
            heif_full_box(b"iinf", 0, struct.pack(">H", len(items)), *infes),
            heif_full_box(b"iref", 0, *named),
            heif_box(b"iprp", heif_box(b"ipco", *properties), ipma),
        )

    head = heif_box(b"ftyp", b"heic\0\0\0\0mif1heic") + boxes
    return head + meta(len(head) + len(meta(0)) + 8) + heif_box(b"mdat", *pieces)
