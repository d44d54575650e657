"""Reads picture files that are random, cut off, bit-flipped, spliced or very large; then says what memory that took.

The very large ones come one after another, as in an upload. Every case must give a reading or a PictureError. Prints
the number of cases and the megabytes above idle at the peak.

Usage: python -m tests.support.fuzz [--cases N]
"""

import argparse
import io
import json
import resource
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import psutil
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from PIL import Image

from core.datasets.mnist import load_arrays
from core.pictures.decoding import FORMATS, PictureError, open_picture
from core.pictures.entries import PictureEntry
from core.recognition import Reading, Recognizer
from core.recognition.results import read_entries

MODES = {
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "JPEG": ("L", "RGB", "CMYK"),
    "WEBP": ("RGB", "RGBA"),
    "BMP": ("1", "L", "P", "RGB", "RGBA"),
    "TIFF": ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "F"),
    "GIF": ("L", "P"),
    "HEIF": ("L", "RGB", "RGBA"),
}
WAYS = {
    "JPEG": ({}, {"progressive": True}),
    "WEBP": ({}, {"lossless": True}),
    "TIFF": ({}, {"compression": "tiff_lzw"}, {"compression": "packbits"}, {"compression": "tiff_adobe_deflate"}),
}


def seeds():
    """(format, bytes) of a small picture of a 7 in every format that is read, in its modes and ways of packing."""
    seven = Image.fromarray(255 - load_arrays()["x_test"][0]).resize((60, 72))
    return [
        (kind, _encoded(_in_mode(seven, mode), kind, options))
        for kind in FORMATS
        for mode in MODES[kind]
        for options in WAYS.get(kind, ({},))
    ]


def _in_mode(image, mode):
    if mode == "I;16":
        return Image.fromarray(np.asarray(image).astype(np.uint16) * 257)
    return image.convert(mode)


def _encoded(image, kind, options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


@st.composite
def damaged(draw, files):
    """The bytes of one file after one or two kinds of damage, every format equally often."""
    kind = draw(st.sampled_from(FORMATS))
    data = draw(st.sampled_from([data for name, data in files if name == kind]))
    for _ in range(draw(st.integers(1, 2))):
        data = draw(st.sampled_from(DAMAGE))(draw, data, files)
    return data


def _cut(draw, data, files):
    return data[: _place(draw, data)]


def _flipped(draw, data, files):
    """Bits are flipped anywhere, or near the start, where sizes and tables stand."""
    data, reach = bytearray(data), draw(st.sampled_from([64, 512, len(data)]))
    for _ in range(draw(st.integers(1, 8)) if data else 0):
        data[draw(st.integers(0, min(reach, len(data)) - 1))] ^= 1 << draw(st.integers(0, 7))
    return bytes(data)


def _overwritten(draw, data, files):
    place = _place(draw, data)
    noise = draw(st.binary(min_size=1, max_size=40))
    return data[:place] + noise + data[place + len(noise) :]


def _random_behind(draw, data, files):
    return data[: min(draw(st.integers(0, 40)), len(data))] + draw(st.binary(max_size=400))


def _spliced(draw, data, files):
    _, other = draw(st.sampled_from(files))
    return data[: _place(draw, data)] + other[_place(draw, other) :]


DAMAGE = (_flipped, _cut, _flipped, _overwritten, _random_behind, _spliced)


def large_png(depth_bits, colour, channels):
    """A grey PNG of 50 megapixels in few bytes, which is made without holding its pixels."""
    width, height = 10_000, 5_000
    row, packer = b"\0" + b"\x90" * (width * channels * depth_bits // 8), zlib.compressobj(1)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, depth_bits, colour, 0, 0, 0))]
    if colour == 3:
        chunks += [(b"PLTE", bytes(256 * 3)), (b"tRNS", bytes(256))]
    chunks += [(b"IDAT", packed), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def large_tiff():
    """A TIFF of 50 megapixels of floating numbers in few bytes: its strips are one and the same."""
    width, height, rows = 10_000, 5_000, 100
    strip, count = zlib.compress(np.full((rows, width), 0.5, "<f4").tobytes(), 1), height // rows
    # Tag, type (3 a short, 4 a long), number of values, value or where the values stand.
    places = 8 + len(strip)
    tags = [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, 1, 32),
        (259, 3, 1, 8),
        (262, 3, 1, 1),
        (273, 4, count, places),
        (277, 3, 1, 1),
        (278, 4, 1, rows),
        (279, 4, count, places + 4 * count),
        (339, 3, 1, 3),
    ]
    directory = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags) + bytes(4)
    lists = struct.pack(f"<{2 * count}I", *[8] * count, *[len(strip)] * count)
    return struct.pack("<2sHI", b"II", 42, places + len(lists)) + strip + lists + directory


def _place(draw, data):
    return draw(st.integers(0, len(data)))


def main():
    """Read all cases and six large pictures; a traceback of anything but a PictureError ends the program."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=2000)
    cases, files = parser.parse_args().cases, seeds()
    reader, counts = Recognizer.load(), {"cases": 0, "read": 0}

    @seed(0)  # and not drawn from the source of this function, which would change the cases with each rename
    @settings(max_examples=cases, deadline=None, database=None, suppress_health_check=HealthCheck)
    @given(damaged(files), st.booleans())
    def read(data, single):
        counts["cases"] += 1
        try:
            reading = reader.read(open_picture(data, "picture"), single=single)
        except PictureError as error:
            assert str(error).startswith("picture ")
        else:
            assert isinstance(reading, Reading)
            counts["read"] += 1

    for _, data in files:
        reader.read(open_picture(data, "seed"))
    idle = psutil.Process().memory_info().rss
    read()
    colors, deep, palette = large_png(8, 2, 3), large_png(16, 0, 1), large_png(8, 3, 1)
    large = [
        PictureEntry("large", unpack=lambda data=data: data)
        for data in (colors, colors, deep, palette, large_tiff(), colors)
    ]
    assert all(answer.size == (10_000, 5_000) for answer in read_entries(reader, large, single=False))
    print(json.dumps(counts | {"above_idle_mb": round((_peak_bytes() - idle) / 1024**2)}))


def _peak_bytes():
    """The most memory this program has had. What getrusage says begins, on Linux, with what its parent had."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) * 1024 for line in status.read_text().splitlines() if "VmHWM" in line)
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


if __name__ == "__main__":
    main()
