"""Picture files as people send them: read in every format, refused with a sentence when they cannot be."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from core.pictures import decoding, deep_greys
from core.pictures.decoding import PictureError, apply_orientation, open_picture, parse_header

WRITTEN = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF", "HEIF")


def encoded(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


@pytest.fixture
def stroke():
    """A dark stroke on light paper, wider than high, with enough detail to fill some kilobytes."""
    pixels = np.random.default_rng(0).integers(200, 255, (60, 90, 3), dtype=np.uint8)
    pixels[10:50, 40:48] = 20
    return Image.fromarray(pixels)


def heic_known(kind):
    return kind != "HEIF" or decoding.pillow_heif is not None


@pytest.mark.parametrize("kind", [kind for kind in WRITTEN if heic_known(kind)])
def test_every_format_is_opened(stroke, kind):
    opened = open_picture(encoded(stroke, kind), "stroke")
    grey = np.asarray(opened.convert("L"))
    assert grey.shape == (60, 90)
    assert grey[30, 44] < 80 < 170 < grey[30, 10]


@pytest.mark.parametrize("kind", [kind for kind in WRITTEN if heic_known(kind)])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6])
def test_a_cut_off_file_is_refused_with_a_sentence(stroke, kind, share):
    data = encoded(stroke, kind)
    with pytest.raises(PictureError, match=r"^half\.\w+ is (cut off|not a picture)"):
        open_picture(data[: int(len(data) * share)], f"half.{kind.lower()}")


@pytest.mark.parametrize("kind", [kind for kind in WRITTEN if heic_known(kind)])
def test_damaged_bytes_give_a_picture_or_a_sentence(stroke, kind):
    data, rng = encoded(stroke, kind), np.random.default_rng(1)
    for _ in range(60):
        broken = bytearray(data)
        for place in rng.integers(0, len(data), 3):
            broken[place] = rng.integers(0, 256)
        try:
            assert open_picture(bytes(broken), "broken").size[0] > 0
        except PictureError as error:
            assert str(error).startswith("broken ")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", r"^letter.doc is empty \(0 bytes\); send the file again.$"),
        (b"not a picture at all", "is not a picture that can be read here"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is not a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "is not a picture"),
        (bytes(1000), "is not a picture"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(data, words):
    with pytest.raises(PictureError, match=words):
        open_picture(data, "letter.doc")


def test_a_file_over_the_limit_is_refused_with_limit_and_value():
    with pytest.raises(PictureError, match=r"holiday.bmp has 20\.5 MB; at most 20 MB"):
        open_picture(bytes(int(20.5 * 1024**2)), "holiday.bmp")


def png_header(width, height, depth=8, color=2):
    """A PNG that claims a size and brings no pixels."""
    parts = b"\x89PNG\r\n\x1a\n"
    for kind, body in (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)),
        (b"IDAT", b""),
        (b"IEND", b""),
    ):
        parts += struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return parts


@pytest.mark.parametrize("size", [(10_000, 5_001), (12_000, 12_000)])
def test_too_many_pixels_are_refused_before_they_are_decoded(size):
    with pytest.raises(PictureError, match=rf"{size[0]} × {size[1]} pixels, .* at most 50 are read"):
        open_picture(png_header(*size), "poster.png")


def test_a_bomb_is_refused_before_it_is_decoded():
    with pytest.raises(PictureError, match="far more than the 50 megapixels"):
        open_picture(png_header(100_000, 100_000), "bomb.png")


def test_what_takes_more_memory_to_decode_may_have_fewer_pixels(stroke, monkeypatch):
    monkeypatch.setattr(decoding, "_MAX_DECODING_BYTES", 11 * 60 * 90)
    assert open_picture(encoded(stroke, "JPEG"), "usual.jpg").size == (90, 60)
    with pytest.raises(PictureError, match=r"print.jpg has 90 × 60 pixels, .* of such a JPEG are read"):
        open_picture(encoded(stroke.convert("CMYK"), "JPEG"), "print.jpg")


@pytest.mark.parametrize(
    ("depth", "color", "megapixels"),
    [(8, 0, 50), (16, 0, 50), (8, 3, 50), (8, 2, 50), (8, 6, 37.5), (16, 4, 37.5), (16, 2, 25), (16, 6, 18.75)],
)
def test_a_png_may_have_as_many_pixels_as_can_be_unpacked_in_time(depth, color, megapixels):
    height = int(megapixels * 1e6 / 5000)
    assert parse_header(png_header(5000, height, depth, color), "deep.png").pixels == 5000 * height
    with pytest.raises(PictureError, match=rf"deep.png has .* at most {megapixels:.0f}( of such a PNG)? are read"):
        parse_header(png_header(5000, height + 1, depth, color), "deep.png")


def test_the_usual_formats_may_have_fifty_megapixels(stroke):
    for kind, mode in [("JPEG", "RGB"), ("JPEG", "L"), ("PNG", "RGBA"), ("TIFF", "RGB"), ("TIFF", "F"), ("TIFF", "1")]:
        image = Image.open(io.BytesIO(encoded(stroke.convert("L").convert(mode), kind)))
        assert decoding._MAX_DECODING_BYTES // decoding._decoding_bytes_per_pixel(image) >= decoding.MAX_PIXELS


def test_a_tiff_in_lab_colours_is_opened_by_its_lightness(stroke):
    lab = Image.merge("LAB", [stroke.convert("L"), *[Image.new("L", stroke.size, 128)] * 2])
    grey = np.asarray(open_picture(encoded(lab, "TIFF"), "lab.tif").convert("L"))
    assert grey[30, 44] < 80 < 170 < grey[30, 10]


@pytest.mark.parametrize(("mode", "top"), [("I;16", 65_535), ("I", 1_000_000), ("F", 1.0)])
def test_deep_greys_come_in_eight_bits_whatever_the_strip(stroke, monkeypatch, mode, top):
    monkeypatch.setattr(deep_greys, "_STRIP_PIXELS", 7 * 90)
    shares = np.asarray(stroke.convert("L")) / 255
    deep = (shares * top).astype({"I;16": np.uint16, "I": np.int32, "F": np.float32}[mode])
    opened = open_picture(encoded(Image.fromarray(deep), "TIFF"), "deep.tif")
    assert opened.mode == "L"
    assert np.abs(np.asarray(opened) / 255 - shares / shares.max()).max() < 0.01


def test_fifty_megapixels_are_opened():
    data = encoded(Image.new("1", (10_000, 5_000), 1), "PNG")
    assert open_picture(data, "big.png").size == (10_000, 5_000)


def test_a_picture_is_turned_upright_once(stroke):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned by a quarter
    opened = open_picture(encoded(stroke, "JPEG", exif=exif), "turned.jpg")
    assert opened.size == (60, 90)
    assert apply_orientation(opened).size == (60, 90)


def test_a_picture_without_orientation_is_not_copied(stroke):
    assert apply_orientation(stroke) is stroke


def test_the_first_frame_of_an_animation_is_opened():
    frames = [Image.new("L", (20, 20), value) for value in (10, 250)]
    opened = open_picture(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]), "film.gif")
    assert np.asarray(opened.convert("L")).max() < 20


def test_heic_is_refused_with_a_sentence_without_its_decoder(monkeypatch):
    monkeypatch.setattr(decoding, "pillow_heif", None)
    monkeypatch.setattr(decoding, "FORMATS", ("PNG", "JPEG"))
    with pytest.raises(PictureError, match="pip install pillow-heif"):
        open_picture(b"\x00\x00\x00\x18ftypheic" + bytes(100), "IMG_0001.HEIC")
