"""Files that are small and would take long to decode: refused before their pixels are decoded, with the limit."""

import io
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image

from core.pictures import file_parts, jpeg_scans, tiff_strips
from core.pictures.decoding import PictureError, open_picture
from core.pictures.uploads import expand_uploads
from tests.support import hostile_pictures
from tests.support.hostile_pictures import jpeg_of_scans, png_chunk, segment, tiff_of_strips

JPEG = 7  # compression of a TIFF
DEFLATE = 8


def encoded(kind, size=(40, 30), **options):
    file = io.BytesIO()
    Image.effect_noise(size, 80).save(file, kind, **options)
    return file.getvalue()


def refusal(data, name="x"):
    with pytest.raises(PictureError) as refused:
        open_picture(data, name)
    return str(refused.value)


def test_a_jpeg_of_two_thousand_scans_is_refused_with_the_limit():
    words = refusal(jpeg_of_scans(7000, 2000, 2000), "bomb.jpg")
    assert words.startswith("bomb.jpg is a JPEG of more than 100 scans; at most 100 are read of one of 14.0 megapixels")
    assert "Save it" in words


def test_a_large_jpeg_may_have_fewer_scans():
    assert "is a JPEG of 31 scans; at most 30 are read of one of 50.0 megapixels" in refusal(
        jpeg_of_scans(8000, 6250, 31)
    )


@pytest.mark.parametrize("size", [(16, 8), (900, 700)])
def test_a_jpeg_of_as_many_scans_as_allowed_is_opened(size):
    assert open_picture(jpeg_of_scans(*size, 100), "many").size == size
    refusal(jpeg_of_scans(*size, 101))


@pytest.mark.parametrize("progressive", [False, True])
def test_scans_of_an_ordinary_jpeg_are_counted_as_its_encoder_wrote_them(progressive):
    data = encoded("JPEG", (300, 200), progressive=progressive, quality=100)
    assert jpeg_scans.count_scans(data, "x") == (6 if progressive else 1)


def test_what_looks_like_a_scan_in_metadata_or_behind_the_picture_is_none():
    data, scan = encoded("JPEG"), segment(0xDA, b"\1\1\0\0\x3f\0")
    thumbnail = segment(0xE1, b"Exif\0\0" + b"\xff\xd8" + scan * 500 + b"\xff\xd9")
    assert jpeg_scans.count_scans(data[:2] + thumbnail + data[2:] + b"\xff\xd8" + scan * 500, "x") == 1


def test_a_jpeg_of_many_scans_in_a_zip_is_refused():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("bomb.jpg", jpeg_of_scans(3000, 2000, 150))
    [entry] = expand_uploads([("x.zip", archive.getvalue())])
    with pytest.raises(PictureError, match="more than 100 scans"):
        entry.open()


@pytest.mark.parametrize("tile", [None, (480, 320)])
def test_a_jpeg_of_many_scans_in_a_tiff_is_refused(tile):
    data = tiff_of_strips((480, 640), JPEG, jpeg_of_scans(480, 320, 101), 2, tile)
    assert "more than 100 scans" in refusal(data)
    assert open_picture(tiff_of_strips((480, 640), JPEG, jpeg_of_scans(480, 320, 9), 2, tile), "x").size == (480, 640)


def test_a_jpeg_in_arithmetic_code_is_refused_in_a_tiff_too():
    data = jpeg_of_scans(64, 64, 2).replace(b"\xff\xc2", b"\xff\xca", 1)
    assert "in arithmetic code" in refusal(data)
    assert "in arithmetic code" in refusal(tiff_of_strips((64, 128), JPEG, data, 2))


def test_a_jpeg_of_very_many_segments_is_refused():
    data = encoded("JPEG")
    many = segment(0xE1, b"Exif\0\0x") * jpeg_scans.MAX_SEGMENTS
    assert "more than 1,000 segments" in refusal(data[:2] + many + data[2:])


def test_a_jpeg_with_much_between_its_segments_is_refused():
    data = encoded("JPEG")
    for junk in (b"x", b"\xff"):
        assert "cut off or damaged" in refusal(data[:2] + segment(0xE5, b"") + junk * 70_000 + data[2:])


@pytest.mark.parametrize("kind", [b"tEXt", b"abCd", b"IDAT"])
def test_a_png_of_very_many_chunks_is_refused(kind):
    data = encoded("PNG")
    start = data.index(b"IDAT") - 4
    assert "more than 20,000 chunks" in refusal(
        data[:start] + png_chunk(kind, b"") * file_parts.MAX_PARTS + data[start:]
    )


@pytest.mark.parametrize("blocks", [b"!\xfe" + b"\1a" * 20_000 + b"\0", b"!\xf0\0" * 20_001, bytes(20_001)])
def test_a_gif_of_very_many_blocks_is_refused(blocks):
    data = encoded("GIF")
    start = 13 + 3 * 2 ** ((data[10] & 7) + 1)
    assert "more than 20,000 blocks" in refusal(data[:start] + blocks + data[start:])


def test_a_bmp_in_run_length_code_may_be_smaller_only():
    usual = hostile_pictures.bmp_in_run_length_code(300, 2, b"\xff\x05\x2d\x05\0\0" * 2 + b"\0\1")
    assert np.asarray(open_picture(usual, "x")).shape == (2, 300)
    large = hostile_pictures.bmp_in_run_length_code(5000, 2000, b"\1\5\0\0" * 2000)
    assert "10.0 megapixels; at most 4 MB and 8 megapixels" in refusal(large)


@pytest.mark.parametrize("tile", [None, (1, 1)])
def test_a_tiff_of_very_many_strips_is_refused(tile):
    data = tiff_of_strips((200, 30_000), DEFLATE, zlib.compress(bytes(200)), 30_000, tile)
    assert "strips or tiles; at most 20,000 are read" in refusal(data)


def test_a_tiff_that_names_few_of_very_many_strips_is_refused():
    data = tiff_of_strips((1, 90_000), DEFLATE, zlib.compress(bytes(200)), 2)
    rows = data.index(b"\x16\x01\4\0\1\0\0\0") + 8
    assert "90,000 strips" in refusal(data[:rows] + b"\1\0\0\0" + data[rows + 4 :])


def test_a_tiff_whose_strips_are_one_and_the_same_large_bytes_is_refused(monkeypatch):
    monkeypatch.setattr(tiff_strips, "MAX_STRIP_BYTES", 1000)
    data = tiff_of_strips((200, 100), DEFLATE, zlib.compress(bytes(2000)) + bytes(600), 10)
    assert "more than the file holds" in refusal(data)


def test_a_picture_of_one_very_long_column_is_refused():
    data = encoded("PNG", (1, 2))
    header = png_chunk(b"IHDR", (1).to_bytes(4) + (5_000_000).to_bytes(4) + data[24:29])
    assert "is 5,000,000 pixels long; at most 100,000 a side" in refusal(data[:8] + header + data[33:])
