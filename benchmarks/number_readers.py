"""The readers of numbers that are measured side by side: ours, and RapidOCR and Tesseract where they are installed.

Each of the others is called in the way that suits it best. RapidOCR looks for text in pages alone, for a picture of one
line is its text, and never for text on its head. Tesseract reads in its mode for one line or for a block of lines, and
only digits. Of the texts only the digits count.

RapidOCR's wheel holds its models (PP-OCRv6 small), so that nothing is fetched at its first call. Tesseract's wheel
holds the program, not its data: those come with the system's package tesseract-ocr-eng, or as eng.traineddata of the
project tessdata_fast, in a folder that TESSDATA_PREFIX names.
"""

import importlib
import os
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from PIL import Image

from core.recognition.corrections import DigitKind, kind_as_read
from core.recognition.recognizer import Recognizer

OURS, RAPIDOCR, TESSERACT = "ours", "RapidOCR", "Tesseract"
SURE_SCORE = 0.8
"""The score of a line from which another reader is taken to be sure of it; ours is sure from the same confidence."""

_DATA_FOLDERS = ("/usr/share/tesseract-ocr/5/tessdata", "/usr/share/tessdata", "/opt/homebrew/share/tessdata")
_LANGUAGE = "eng"


class MissingReaderError(RuntimeError):
    """A reader is not installed; the message says how to get it."""


@dataclass(frozen=True)
class NumberReading:
    """What a reader found: the digits of all lines in a row, and whether it is sure of each of them."""

    text: str
    is_sure: bool  # never where there are no digits


class NumberReader(Protocol):
    """A reader of numbers."""

    name: str

    def read(self, picture: Image.Image, lines: int) -> NumberReading:
        """Return the reading of an RGB picture that shows so many lines."""
        ...


class OurReader:
    """Reads with Digit Studio; it is not told how many lines there are."""

    name = OURS

    def __init__(self, recognizer: Recognizer) -> None:
        self._recognizer = recognizer

    def read(self, picture: Image.Image, lines: int) -> NumberReading:
        """Return the reading of an RGB picture; sure where no digit is unsure or refused."""
        del lines
        reading = self._recognizer.read(picture)
        is_sure = bool(reading.digits) and all(kind_as_read(digit) is DigitKind.SURE for digit in reading.digits)
        return NumberReading("".join(reading.text.split()), is_sure)


class RapidOcrReader:
    """Reads with RapidOCR."""

    name = RAPIDOCR

    def __init__(self, engine: Any) -> None:
        """Take a `rapidocr.RapidOCR`."""
        self._engine = engine

    @classmethod
    def load(cls) -> "RapidOcrReader":
        """Return the reader; raises MissingReaderError."""
        _import("onnxruntime", cls.name)
        return cls(_import("rapidocr", cls.name).RapidOCR(params={"Global.log_level": "error"}))

    def read(self, picture: Image.Image, lines: int) -> NumberReading:
        """Return the reading of an RGB picture; sure where every line with digits has a score of SURE_SCORE."""
        bgr = np.ascontiguousarray(np.asarray(picture)[..., ::-1])
        found = self._engine(bgr, use_det=lines > 1, use_cls=False, use_rec=True)
        return _reading(zip(found.txts or (), found.scores or (), strict=True))


class TesseractReader:
    """Reads with Tesseract, within this process, so that its data are loaded once."""

    name = TESSERACT

    def __init__(self, api: Any, line_mode: int, page_mode: int) -> None:
        """Take a `tesserocr.PyTessBaseAPI` and its modes for a line and for a block of lines."""
        self._api, self._line_mode, self._page_mode = api, line_mode, page_mode

    @classmethod
    def load(cls) -> "TesseractReader":
        """Return the reader; raises MissingReaderError."""
        tesserocr = _import("tesserocr", cls.name)
        data = _find_data()
        api = tesserocr.PyTessBaseAPI(path=data, lang=_LANGUAGE)
        api.SetVariable("tessedit_char_whitelist", "0123456789")
        api.SetVariable("debug_file", os.devnull)
        return cls(api, tesserocr.PSM.SINGLE_LINE, tesserocr.PSM.SINGLE_BLOCK)

    def read(self, picture: Image.Image, lines: int) -> NumberReading:
        """Return the reading of an RGB picture; sure where every word has a confidence of SURE_SCORE."""
        self._api.SetPageSegMode(self._line_mode if lines == 1 else self._page_mode)
        self._api.SetImage(picture)
        text = self._api.GetUTF8Text()
        return _reading([(text, min(self._api.AllWordConfidences(), default=0) / 100)])


def _reading(lines: Iterable[tuple[str, float]]) -> NumberReading:
    """Return the digits of lines of text with their scores."""
    digits = [(_digits(text), score) for text, score in lines]
    text = "".join(line for line, _ in digits)
    return NumberReading(text, bool(text) and all(score >= SURE_SCORE for line, score in digits if line))


def _digits(text: str) -> str:
    """Return the digits in a text, wide and circled ones too, as ASCII."""
    return "".join(each for each in unicodedata.normalize("NFKC", text) if each in "0123456789")


def find_readers(model: Path | None, names: Sequence[str]) -> tuple[list[NumberReader], list[str]]:
    """Return ours, of a .keras file, a run folder or the shipped model, and the named others, those that are there.

    Of each that is missing, the second list has a sentence on how to get it.
    """
    readers: list[NumberReader] = [OurReader(Recognizer.load(model))]
    notes = []
    for kind in (RapidOcrReader, TesseractReader):
        try:
            if kind.name in names:
                readers.append(kind.load())
        except MissingReaderError as error:
            notes.append(str(error))
    return readers, notes


def _import(module: str, reader: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingReaderError(
            f"{reader} is not measured, for {module} is not installed ({error}): pip install -r requirements-ocr.txt."
        ) from error


def _find_data() -> str:
    """Return the folder of Tesseract's data for English."""
    folders = [os.environ.get("TESSDATA_PREFIX"), *_DATA_FOLDERS]
    for folder in filter(None, folders):
        if Path(folder, f"{_LANGUAGE}.traineddata").exists():
            return folder
    raise MissingReaderError(
        f"{TESSERACT} is not measured, for its data are missing: install the system's package tesseract-ocr-eng, or "
        f"name the folder of {_LANGUAGE}.traineddata in TESSDATA_PREFIX."
    )
