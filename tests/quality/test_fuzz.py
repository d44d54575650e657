"""Hostile pictures: whatever the file, a reading or a sentence, within memory."""

import io
import json
import subprocess
import sys
import time
from difflib import SequenceMatcher
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from core.datasets.mnist import load_arrays
from core.pictures.decoding import PictureError, open_picture
from core.pictures.uploads import expand_uploads
from core.recognition.recognizer import Recognizer

PROJECT = Path(__file__).resolve().parents[2]
MAX_MB, MAX_CPU_S = 600, 5.0


@pytest.fixture(scope="module")
def reader():
    recognizer = Recognizer.load()
    recognizer.read(np.tile(load_arrays()["x_test"][0], (1, 3)))  # loads the networks that look for ink and lines
    return recognizer


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell a process's peak this way")
def test_two_thousand_damaged_files_are_read_or_refused_within_memory():
    done = subprocess.run([sys.executable, "-m", "tests.support.fuzz"], cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-5000:]
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["cases"] >= 2000 and report["read"] >= 100, "both kinds occur"
    assert report["above_idle_mb"] <= MAX_MB


def black_on_white(height, width):
    return np.full((height, width), 255, np.uint8)


def with_specks(count):
    picture, rng = black_on_white(1000, 1000), np.random.default_rng(0)
    picture[rng.integers(0, 1000, count), rng.integers(0, 1000, count)] = 0
    return picture


def with_digits(count):
    """A page of so many small digits, in rows."""
    picture, seven = black_on_white(2400, 3000), 255 - cv2.resize(load_arrays()["x_test"][0], (36, 36))
    for number in range(count):
        top, left = 30 + number // 60 * 64, 20 + number % 60 * 49
        picture[top : top + 36, left : left + 36] = seven
    return picture


def one_pixel():
    picture = black_on_white(200, 200)
    picture[100, 100] = 0
    return picture


def with_leaning_strokes(count):
    """A picture 20,000 pixels high with a column of small strokes that lean to the right."""
    picture = black_on_white(20_000, 100)
    for top in np.linspace(0, 19_950, count).astype(int):
        cv2.line(picture, (40, top + 30), (57, top + 3), 0, 3)
    return picture


def with_two_specks(side):
    picture = black_on_white(side, side)
    picture[20:24, 20] = picture[side - 24 : side - 20, side - 20] = 0
    return picture


def with_zigzag():
    """A picture 20,000 pixels high, from foot to head one line that leans left and right."""
    picture = black_on_white(20_000, 100)
    corners = [corner for y in range(19_960, 20, -60) for corner in ((10, y), (50, y - 52))]
    return cv2.polylines(picture, [np.int32(corners)], False, 0, 3, cv2.LINE_AA)


def halves(height, width):
    picture = black_on_white(height, width)
    picture[:, width // 2 :] = 0
    return picture


def ruled(height, width):
    """A page of nothing but lines, both ways."""
    picture = black_on_white(height, width)
    picture[60::60] = picture[:, 75::75] = 0
    return picture


def printed_page():
    """A page of printed text with numbers in it."""
    page = Image.new("L", (1700, 2200), 255)
    lines = [
        f"{row}. On the {3 * row}th of May 19{60 + row % 40} they paid {row * 137} for {row + 2} of them, as agreed."
        for row in range(1, 40)
    ]
    ImageDraw.Draw(page).multiline_text((120, 120), "\n".join(lines), 0, ImageFont.load_default(34), spacing=14)
    return np.asarray(page)


ODD = {
    "of nothing": black_on_white(300, 300),
    "all black": np.zeros((300, 300), np.uint8),
    "of one pixel": np.zeros((1, 1), np.uint8),
    "one black pixel": one_pixel(),
    "10,000 specks": with_specks(10_000),
    "400,000 specks": with_specks(400_000),
    "noise": np.random.default_rng(0).integers(0, 256, (600, 800, 3), dtype=np.uint8),
    "1 pixel high": halves(1, 500),
    "1 pixel wide": halves(500, 2),
    "20,000 pixels wide": halves(100, 20_000),
    "20,000 pixels wide and 1 high": halves(1, 20_000),
    "20,000 pixels wide and 3 high": halves(3, 20_000),
    "nothing but lines": ruled(2400, 1800),
    "print": printed_page(),
    "wholly transparent": np.zeros((100, 100, 4), np.uint8),
    "a checkerboard": np.indices((500, 500)).sum(axis=0).astype(np.uint8) % 2 * 255,
    "2,000 digits": with_digits(2000),
    "499 leaning strokes": with_leaning_strokes(499),
    "two specks far apart": with_two_specks(1400),
    "a zigzag": with_zigzag(),
}


@pytest.mark.parametrize("single", [True, False], ids=["one digit", "a number"])
@pytest.mark.parametrize("name", ODD)
def test_an_odd_picture_gets_an_answer(reader, name, single):
    height, width = ODD[name].shape[:2]
    start = time.process_time()  # of all threads, whatever else the machine does
    reading = reader.read(ODD[name], single=single)
    assert time.process_time() - start < MAX_CPU_S
    assert len(reading.digits) <= (1 if single else 3000)
    for digit in reading.digits:
        left, top, wide, high = digit.box
        assert -1 <= left < width and -1 <= top < height and 0 < wide <= width + 8 and 0 < high <= height + 8
        assert digit.probabilities.sum() == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("name", ["of nothing", "all black", "wholly transparent", "of one pixel"])
def test_where_nothing_is_nothing_is_read(reader, name):
    assert reader.read(ODD[name]).text == reader.read(ODD[name], single=True).text == ""


def test_a_page_of_2000_digits_is_read(reader):
    reading = reader.read(ODD["2,000 digits"])
    assert len(reading.digits) >= 1900
    assert reading.text.count("7") >= 1900


@pytest.mark.parametrize("height", [16, 20])
def test_a_page_of_2000_handwritten_digits_is_read(reader, height):
    arrays, rng = load_arrays(), np.random.default_rng(height)
    page, rows = black_on_white(40 * 2 * height, 50 * 2 * height), []
    for row in range(40):
        numbers = rng.integers(10_000, size=50)
        rows.append("".join(map(str, arrays["y_test"][numbers])))
        for column, number in enumerate(numbers):
            digit = cv2.resize(arrays["x_test"][number], (28 * height // 20,) * 2, interpolation=cv2.INTER_AREA)
            top, left = 2 * height * row + height // 4, 2 * height * column + height // 4
            page[top : top + len(digit), left : left + len(digit)] = 255 - digit
    read = reader.read(page).text.split("\n")
    assert len(read) == 40
    assert sum(len(text) for text in read) == pytest.approx(2000, abs=20)
    assert sum(SequenceMatcher(None, *pair).ratio() for pair in zip(rows, read, strict=True)) > 0.95 * 40


@pytest.mark.parametrize("name", ["a/b\\c.png", 'it\'s "x".png', "🎈👩‍🔬.png", "../../x.png", "", "x" * 5000])
def test_any_name_is_text_to_show(name):
    (entry,) = expand_uploads([(name, b"no picture")])
    with pytest.raises(PictureError, match="is not a picture"):
        entry.open()


def encoded(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def test_a_picture_of_many_pixels_in_few_bytes_is_refused_with_a_sentence():
    data = encoded(Image.new("RGB", (7000, 5000)), "WEBP", quality=1, method=0)
    with pytest.raises(PictureError, match=r"35 megapixels; at most 32 of such a WEBP are read"):
        open_picture(data, "large.webp")
