"""The results of reading pictures: one for each picture file or drawing, stored as long as the picture is shown."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from PIL import Image

from core.config.dataset_spec import DIGITS, ImageForm
from core.pictures.decoding import PictureError
from core.pictures.entries import PictureEntry
from core.pictures.prefetch import prefetch_batches
from core.preprocessing.canvas_drawing import Drawing
from core.preprocessing.pen_strokes import StrokesError
from core.recognition.advice import advise
from core.recognition.orientation import turn_box
from core.recognition.picture_display import PictureDisplay
from core.recognition.picture_reader import PictureReader
from core.recognition.reading import Digit, Reading, ReadingMode

NO_INK_TEXT = "Nothing to read: no ink was found in this picture."
SIMPLIFIED_TEXT = (
    "There is too much here for a thorough reading: digits that touch were not separated, and each was looked at only "
    "once. For a better reading, send it in parts."
)
TURNED_TEXTS = {
    90: "The picture was on its side: it was turned by 90° clockwise.",
    180: "The picture was upside down: it was turned by 180°.",
    270: "The picture was on its side: it was turned by 90° anticlockwise.",
}
"""A sentence for each number of degrees by which a picture was turned clockwise."""

NO_DIGIT_TEXT = "Nothing was found that looks like a digit."


@dataclass(frozen=True, eq=False)
class PictureResult:
    """The result of reading one picture; where nothing was read, `note` says why in a sentence."""

    name: str
    mode: ReadingMode = ReadingMode.SINGLE
    note: str = ""
    digits: tuple[Digit, ...] = ()
    size: tuple[int, int] = (0, 0)  # width, height of the picture as shown, whose pixels the digits' boxes count in
    display: PictureDisplay | None = None  # None where the file could not be opened
    several: str = ""  # of one digit that was refused: what it says read as a number, where that has several digits
    remark: str = ""  # a sentence on how it was read, where that was not as usual; one that was turned is shown so
    left_out: str = ""  # a sentence on ink that was not read, and why
    advice: tuple[str, ...] = ()  # sentences on what would help, where most of it is doubtful
    turn: int = 0  # degrees by which the picture was turned clockwise to be read, and is shown turned


def fingerprint(entry: PictureEntry) -> str:
    """Return a hash of a file's name and content, by which it is recognised when it is sent again."""
    try:
        content = entry.page.content if entry.page else entry.read()
    except PictureError as error:
        content = str(error).encode()
    return hashlib.blake2b(entry.name.encode("utf-8", "replace") + b"\0" + content, digest_size=16).hexdigest()


def read_entries(reader: PictureReader, entries: Iterable[PictureEntry], single: bool) -> Iterator[PictureResult]:
    """Yield the result of each picture file in turn, as soon as its batch is read; that of a bad file is a note.

    single: all ink of a picture is one digit.
    """
    mode = ReadingMode.of(single)
    for batch in prefetch_batches(entries):
        opened = [picture for _, picture, _ in batch if picture]
        readings = reader.read_many(opened, single)
        refused = [number for number, reading in enumerate(readings) if single and asks_again(reading)]
        as_numbers = reader.read_many([opened[number] for number in refused], False) if refused else []
        several = {number: text_of_several(reading) for number, reading in zip(refused, as_numbers, strict=True)}
        del opened
        numbered = iter(enumerate(readings))
        while batch:  # each picture is let go before the next ones come into memory
            entry, picture, note = batch.pop(0)
            if picture:
                number, reading = next(numbered)
                picture, reading = as_shown(picture, reading)
                display = PictureDisplay(lambda picture=picture: picture, reading.steps).encode_now()
                yield to_result(entry.name, picture, reading, mode, several.get(number, ""), display)
            else:
                yield PictureResult(entry.name, mode, note)
            del picture


def asks_again(reading: Reading) -> bool:
    """Return whether what was read as one digit is read as a number too; not where one reading was work enough."""
    return not reading.is_simplified and any(digit.refused and digit.class_names == DIGITS for digit in reading.digits)


def text_of_several(as_number: Reading) -> str:
    """Return the text of a reading of several digits; '' of another one."""
    return as_number.text if sum(not digit.refused for digit in as_number.digits) > 1 else ""


def to_result(
    name: str, picture: Image.Image, reading: Reading, mode: ReadingMode, several: str, display: PictureDisplay
) -> PictureResult:
    """Return the result of reading a picture, with advice where most of it is doubtful.

    several: what it says as a number, where it was read as one digit and has several; else ''.
    """
    note = "" if reading.text else NO_DIGIT_TEXT if reading.has_ink else reading.left_out or NO_INK_TEXT
    is_of_digits = all(digit.class_names == DIGITS for digit in reading.digits)
    advice = advise(picture, reading) if is_of_digits and not several else ()
    return PictureResult(
        name,
        mode,
        note,
        reading.digits,
        picture.size,
        display,
        several,
        remark=_remark(reading),
        left_out=reading.left_out,
        advice=advice,
        turn=reading.turn,
    )


def as_shown(picture: Image.Image, reading: Reading) -> tuple[Image.Image, Reading]:
    """Return the picture turned as it was read, and its reading with the boxes there."""
    if not reading.turn:
        return picture, reading
    digits = tuple(replace(each, box=turn_box(each.box, reading.turn, picture.size)) for each in reading.digits)
    return turned(picture, reading.turn), replace(reading, digits=digits)


def turned(picture: Image.Image, turn: int) -> Image.Image:
    """Return a picture turned clockwise by 0, 90, 180 or 270 degrees."""
    return picture.rotate(-turn, expand=True) if turn else picture


def _remark(reading: Reading) -> str:
    sentences = [TURNED_TEXTS.get(reading.turn, ""), SIMPLIFIED_TEXT if reading.is_simplified else ""]
    return " ".join(filter(None, sentences))


def read_drawing(reader: PictureReader, drawing: Drawing, single: bool) -> PictureResult:
    """Return the result of a drawing with at least one stroke; its pictures are encoded when they are asked for.

    That of a drawing of too many points is a note.

    single: all strokes are one digit.
    """
    size = drawing.width, drawing.height
    is_plain = reader.dataset.form is ImageForm.PLAIN  # such a network sees the canvas as it is, like any picture
    try:
        reading = reader.read(drawing.picture()) if is_plain else reader.read_strokes(drawing.strokes, single=single)
    except StrokesError as error:
        return PictureResult("drawing", ReadingMode.of(single), str(error), size=size)
    display = PictureDisplay(lambda: Image.fromarray(drawing.picture()), reading.steps)
    note = "" if reading.text else NO_DIGIT_TEXT
    again = single and not is_plain and asks_again(reading)
    several = text_of_several(reader.read_strokes(drawing.strokes, single=False)) if again else ""
    remark = _remark(reading)
    return PictureResult("drawing", ReadingMode.of(single), note, reading.digits, size, display, several, remark)
