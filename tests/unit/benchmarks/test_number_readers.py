"""The readers of the benchmark of numbers: ours, and how the texts and scores of the others are taken."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from benchmarks.number_readers import (
    MissingReaderError,
    NumberReading,
    OurReader,
    RapidOcrReader,
    TesseractReader,
    find_readers,
)
from tests.support.digits import digit

PICTURE = Image.new("RGB", (60, 20), (200, 100, 50))


class Engine:
    """Stands for RapidOCR: answers the same texts and keeps how it was called."""

    def __init__(self, texts=None, scores=None):
        self.answer = SimpleNamespace(txts=texts, scores=scores)

    def __call__(self, picture, **options):
        self.picture, self.options = picture, options
        return self.answer


class Api:
    """Stands for Tesseract's API."""

    def __init__(self, text, confidences):
        self.text, self.confidences = text, confidences

    def SetPageSegMode(self, mode):  # noqa: N802  # Tesseract's names
        self.mode = mode

    def SetImage(self, picture):  # noqa: N802
        self.picture = picture

    def GetUTF8Text(self):  # noqa: N802
        return self.text

    def AllWordConfidences(self):  # noqa: N802
        return self.confidences


class Ours:
    """Stands for a recognizer that reads these digits."""

    def __init__(self, text, *digits):
        self.reading = SimpleNamespace(text=text, digits=digits)

    def read(self, picture):
        return self.reading


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        (Ours("40", digit(4), digit(0, 0.8)), NumberReading("40", True)),
        (Ours("40", digit(4), digit(0, 0.79)), NumberReading("40", False)),
        (Ours("4", digit(4), digit(0, 0.9, refused=True)), NumberReading("4", False)),
        (Ours("4\n0", digit(4), digit(0, line=1)), NumberReading("40", True)),
        (Ours(""), NumberReading("", False)),
    ],
)
def test_ours_is_sure_where_no_digit_is_unsure_or_refused(reading, expected):
    assert OurReader(reading).read(PICTURE, 1) == expected


@pytest.mark.parametrize(
    ("engine", "expected"),
    [
        (Engine(("1.2O3 kr",), (0.8,)), NumberReading("123", True)),
        (Engine(("123",), (0.79,)), NumberReading("123", False)),
        (Engine(("12", "3"), (0.9, 0.7)), NumberReading("123", False)),
        (Engine(("12", "kr"), (0.9, 0.1)), NumberReading("12", True)),
        (Engine(("１２③",), (0.9,)), NumberReading("123", True)),
        (Engine(("kr",), (0.9,)), NumberReading("", False)),
        (Engine(), NumberReading("", False)),
    ],
)
def test_of_rapidocr_the_digits_count_and_the_scores_of_their_lines(engine, expected):
    assert RapidOcrReader(engine).read(PICTURE, 1) == expected


def test_rapidocr_gets_blue_first_and_looks_for_text_in_pages_alone():
    engine = Engine()
    RapidOcrReader(engine).read(PICTURE, 1)
    assert tuple(engine.picture[0, 0]) == (50, 100, 200) and engine.picture.flags.c_contiguous
    assert engine.options == {"use_det": False, "use_cls": False, "use_rec": True}
    RapidOcrReader(engine).read(PICTURE, 2)
    assert engine.options["use_det"] is True


@pytest.mark.parametrize(
    ("api", "expected"),
    [
        (Api("12 3\n", [95, 80]), NumberReading("123", True)),
        (Api("12 3\n", [95, 79]), NumberReading("123", False)),
        (Api("\n", []), NumberReading("", False)),
        (Api("\n", [95]), NumberReading("", False)),
    ],
)
def test_tesseract_is_as_sure_as_of_its_least_sure_word(api, expected):
    assert TesseractReader(api, 7, 6).read(PICTURE, 1) == expected
    assert api.mode == 7 and np.array_equal(api.picture, PICTURE)
    TesseractReader(api, 7, 6).read(PICTURE, 2)
    assert api.mode == 6


@pytest.mark.parametrize(("reader", "module"), [(RapidOcrReader, "rapidocr"), (TesseractReader, "tesserocr")])
def test_a_missing_reader_says_how_to_get_it(reader, module, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", SimpleNamespace())
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingReaderError, match=rf"{reader.name} is not .*{module}.*pip install -r requirements-ocr"):
        reader.load()


def test_the_readers_that_are_named_and_there_are_measured(monkeypatch):
    monkeypatch.setattr("benchmarks.number_readers.Recognizer.load", lambda model: Ours(""))
    monkeypatch.setitem(sys.modules, "onnxruntime", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "rapidocr", SimpleNamespace(RapidOCR=lambda params: Engine()))
    monkeypatch.setitem(sys.modules, "tesserocr", None)
    readers, (note,) = find_readers(None, ["RapidOCR", "Tesseract"])
    assert [reader.name for reader in readers] == ["ours", "RapidOCR"] and note.startswith("Tesseract is not measured")
    readers, notes = find_readers(None, [])
    assert [reader.name for reader in readers] == ["ours"] and notes == []


def test_missing_data_of_tesseract_say_how_to_get_them(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "tesserocr", SimpleNamespace())
    monkeypatch.setattr("benchmarks.number_readers._DATA_FOLDERS", ())
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    with pytest.raises(MissingReaderError, match="tesseract-ocr-eng.*TESSDATA_PREFIX"):
        TesseractReader.load()
