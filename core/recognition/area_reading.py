"""Pictures of which a person chose what is read: a part, boxes of digits, or also the ink that was left out."""

from collections.abc import Iterable
from dataclasses import replace

from PIL import Image

from core.pictures.decoding import PictureError
from core.pictures.entries import PictureEntry
from core.recognition.edits import ReadingArea
from core.recognition.picture_display import PictureDisplay
from core.recognition.reading import Box, Digit, Reading, ReadingMode
from core.recognition.recognizer import Recognizer
from core.recognition.results import TURNED_TEXTS, PictureResult, asks_again, text_of_several, to_result, turned

NO_BOX_TEXT = "There is no box to read. Add one, or undo."


def read_area(reader: Recognizer, entry: PictureEntry, area: ReadingArea, before: PictureResult) -> PictureResult:
    """Return the result of reading an area of a picture; boxes count in the pixels of the whole picture.

    before: the picture's result, or where the area has boxes, that of the area without them, whose digits stay as they
        are where their box is among them. That of a file that could not be opened is returned as it is.
    """
    if not before.display:
        return before
    is_placed = area.crop is not None or area.boxes is not None
    turn = area.turn if is_placed else before.turn
    try:
        picture = turned(entry.open(), turn)
    except PictureError as error:
        return replace(before, note=str(error), digits=())
    left, top, width, height = area.crop or (0, 0, *picture.size)
    part = picture.crop((left, top, left + width, top + height)) if area.crop else picture
    if area.boxes is None:
        reading, several = _read_part(reader, part, area, before.mode)
    else:
        boxes = [_shifted(box, -left, -top) for box in area.boxes]
        known = _shifted_digits(before.digits if before.turn == turn else (), -left, -top)
        reading, several = reader.read_boxes(part, boxes, known), ""
    whole = before.display if before.turn == turn else PictureDisplay(lambda: picture, reading.steps).encode_now()
    result = to_result(before.name, part, reading, before.mode, several, whole.of_part(part, reading.steps))
    digits, note = _shifted_digits(result.digits, left, top), NO_BOX_TEXT if area.boxes == () else result.note
    remark = " ".join(filter(None, (TURNED_TEXTS.get(turn, ""), result.remark)))
    return replace(result, digits=digits, size=picture.size, note=note, turn=turn, remark=remark)


def _read_part(reader: Recognizer, part: Image.Image, area: ReadingArea, mode: ReadingMode) -> tuple[Reading, str]:
    """Return the reading of a part, and where it is one refused digit, what it says as a number of several."""
    single = mode is ReadingMode.SINGLE
    [reading] = reader.read_many([part], single, area.all_ink, find_turn=False)
    if not single or not asks_again(reading):
        return reading, ""
    [as_number] = reader.read_many([part], False, area.all_ink, find_turn=False)
    return reading, text_of_several(as_number)


def _shifted(box: Box, right: int, down: int) -> Box:
    left, top, width, height = box
    return left + right, top + down, width, height


def _shifted_digits(digits: Iterable[Digit], right: int, down: int) -> tuple[Digit, ...]:
    return tuple(replace(digit, box=_shifted(digit.box, right, down)) for digit in digits)
