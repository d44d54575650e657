"""What was read of pictures, one answer a picture: what a page shows of it, in words, tables and a CSV."""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from core.pictures.decoding import PictureError
from core.pictures.display import data_url, encode, shrink_to_screen, thumbnail
from core.pictures.entries import PictureEntry
from core.pictures.prefetch import prefetch_batches
from core.preprocessing.canvas_drawing import Drawing
from core.preprocessing.mnist_form import SIDE, Step
from core.preprocessing.naive_resize import resize_naively
from core.recognition.recognizer import Digit, Reading, Recognizer, counted_digits

MAX_TOTAL_BYTES = 400 * 1024**2
"""So much may the files of one upload have together."""

UNSURE_BELOW = 0.8
"""An answer of less confidence is marked, with the second guess beside it."""

NO_INK_TEXT = "Nothing to read: no ink was found in this picture."
NO_DIGIT_TEXT = "Nothing was found that looks like a digit."

_ICON_PX = 48
_COARSE_PX = 280  # a step of fewer pixels across is enlarged
_TALLEST_PX = 800  # but not beyond this height
_SHOWN_PX = 1600  # a picture's longest side on the page


@dataclass(frozen=True, eq=False)
class DisplayStep:
    """A step of the preparation as a page shows it."""

    name: str
    picture: bytes  # of a PNG or JPEG
    why: str


@dataclass(frozen=True, eq=False)
class PictureResult:
    """What was read of one picture; where nothing was, `note` says why in a sentence."""

    name: str
    note: str = ""
    digits: tuple[Digit, ...] = ()
    steps: tuple[DisplayStep, ...] = ()
    picture: bytes | None = None  # of a PNG or JPEG; None where the file could not be opened
    size: tuple[int, int] = (0, 0)  # width, height of the picture, the pixels that the digits' boxes count in
    plain: np.ndarray | None = None  # (28, 28) uint8, as most demos would feed it
    icon: str = ""  # the picture, very small, as a data URL

    @property
    def digit(self) -> Digit | None:
        """The digit of a picture of one digit."""
        return self.digits[0] if self.digits else None


def fingerprint(entry: PictureEntry) -> str:
    """Return what tells a file from others by its name and content, so that it is known when it is sent again."""
    try:
        content = entry.read()
    except PictureError as error:
        content = str(error).encode()
    return hashlib.blake2b(entry.name.encode("utf-8", "replace") + b"\0" + content, digest_size=16).hexdigest()


def read_entries(reader: Recognizer, entries: Iterable[PictureEntry], single: bool) -> Iterator[PictureResult]:
    """Yield the answer to each picture file in turn, as soon as its batch is read; a bad file's is a note.

    single: all ink of a picture is one digit.
    """
    for batch in prefetch_batches(entries):
        readings = iter(reader.read_many([picture for _, picture, _ in batch if picture], single))
        for entry, picture, note in batch:
            yield _answer(entry.name, picture, next(readings)) if picture else PictureResult(entry.name, note)
        del batch, picture  # before the next ones come into memory


def read_drawing(reader: Recognizer, drawing: Drawing) -> PictureResult:
    """Return the answer to a drawing of a number."""
    picture = Image.fromarray(drawing.picture())
    answer = _answer("drawing", picture, reader.read_strokes(drawing.strokes, single=False))
    return replace(answer, note=NO_DIGIT_TEXT if answer.note else "")


def _answer(name, picture, reading: Reading):
    return PictureResult(
        name,
        "" if reading.text else NO_DIGIT_TEXT if has_ink(reading) else NO_INK_TEXT,
        reading.digits,
        display_steps(reading.steps),
        encode(shrink_to_screen(picture, _SHOWN_PX)),
        picture.size,
        resize_naively(picture),
        data_url(encode(thumbnail(picture, _ICON_PX))),
    )


def has_ink(reading: Reading) -> bool:
    """Return whether ink was found in the picture, be it of a digit or not."""
    return any(step.name == "ink" and step.picture.any() for step in reading.steps)


def read_naively(reader: Recognizer, image: np.ndarray) -> Digit:
    """Return what the network says to a (28, 28) uint8 picture that was not prepared for it."""
    [probabilities], [likeness] = reader.predict_with_outlier_score(image)
    confidence, box = float(probabilities.max()), (0, 0, SIDE, SIDE)
    return Digit(int(probabilities.argmax()), confidence, bool(likeness < 0), probabilities, box, image)


def display_steps(steps: Sequence[Step]) -> tuple[DisplayStep, ...]:
    """Return the steps as they are shown: coarse pictures so that each pixel is a sharp square."""
    return tuple(DisplayStep(step.name, encode(_large(step.picture)), step.why) for step in steps)


def _large(picture):
    height, width = picture.shape[:2]
    factor = max(1, min(_COARSE_PX // width, _TALLEST_PX // height))
    return picture.repeat(factor, axis=0).repeat(factor, axis=1)


def second_label(digit: Digit) -> int:
    """Return the second likeliest label."""
    return int(np.argsort(digit.probabilities)[-2])


def describe_confidence(digit: Digit) -> str:
    """Return how sure the answer is, in a sentence; an unsure one names the second guess."""
    if digit.refused:
        return f"{digit.confidence:.1%}: this does not look like a digit; the nearest is {digit.label}."
    if digit.confidence < UNSURE_BELOW:
        other = second_label(digit)
        return f"Only {digit.confidence:.1%} sure; perhaps a {other} ({digit.probabilities[other]:.1%})."
    return f"{digit.confidence:.1%} sure"


def results_table(answers: Sequence[PictureResult]) -> dict[str, list]:
    """Return answers of one digit each as columns: file, digit, confidence (0 to 1), note, the ten probabilities."""
    found = [each.digit for each in answers]
    shares = {
        f"p({label})": [round(float(each.probabilities[label]), 4) if each else None for each in found]
        for label in range(10)
    }
    return {
        "file": [each.name for each in answers],
        "digit": [str(each.label) if each else "" for each in found],
        "confidence": [round(float(each.confidence), 4) if each else None for each in found],
        "note": [_note(each) for each in answers],
        **shares,
    }


def _note(answer):
    if not answer.digit or not answer.digit.refused and answer.digit.confidence >= UNSURE_BELOW:
        return answer.note
    if answer.digit.refused:
        return f"This does not look like a digit; the nearest is {answer.digit.label}."
    other = second_label(answer.digit)
    return f"Unsure; perhaps a {other} ({answer.digit.probabilities[other]:.0%})."


def lowest_confidence(answer: PictureResult) -> float:
    """Return the least confidence of the digits that count; -1 where nothing was read, so that it comes first."""
    return min((float(digit.confidence) for digit in counted_digits(answer.digits)), default=-1.0)


def to_csv(columns: dict[str, list]) -> bytes:
    """Return the columns as CSV with a byte order mark, as spreadsheets want it; no cell is taken for a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_literal(cell) for cell in row] for row in zip(*columns.values(), strict=True))
    return text.getvalue().encode("utf-8-sig")


def _literal(cell):
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
