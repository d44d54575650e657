"""The correction that is kept when a person says what a digit is: of a drawing, or of a digit in a picture."""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from PIL import Image

from core.corrections import NewCorrection, Source
from core.corrections.places import place_in_picture, place_of_drawing
from core.pictures.display import encode, shrink_to_screen
from core.preprocessing.canvas_drawing import Drawing, Point
from core.recognition.corrections import CorrectedDigit
from core.recognition.reading import Box
from core.recognition.reading_view import ReadingView

_PICTURE_PX = 256  # the longest side of the drawing or crop that is kept
_MARGIN_SHARE = 0.15  # of a digit's longer side: the paper around it in its crop

_EDGE_PX = 1  # by which a pen's path may leave the box of its ink, which has whole pixels


class ReadBy(NamedTuple):
    """The model that read a digit: its id, and what it is called."""

    id: str
    name: str


def correct_drawing(drawing: Drawing, digit: CorrectedDigit, label: str, model: ReadBy) -> NewCorrection:
    """Return the correction of a drawing of one digit, with its pen path."""
    return NewCorrection(
        image=digit.image,
        label=label,
        source=Source.DRAWN,
        place=place_of_drawing(drawing.fingerprint(), digit.digit.class_names),
        model=model.id,
        model_name=model.name[:200],
        answer=_answer(digit),
        confidence=float(digit.digit.confidence),
        picture=_shrunk(Image.fromarray(drawing.picture())),
        strokes=tuple(np.asarray(stroke, np.float32) for stroke in drawing.strokes),
        classes=digit.digit.class_names,
    )


def correct_picture(
    view: ReadingView, digit: CorrectedDigit, label: str, model: ReadBy, picture: str, source: Source
) -> NewCorrection:
    """Return the correction of a digit that was read in a picture, with its crop.

    picture: a name of the picture, whatever model reads it.
    """
    return NewCorrection(
        image=digit.image,
        label=label,
        source=source,
        place=place_in_picture(picture, digit.box, digit.digit.class_names),
        model=model.id,
        model_name=model.name[:200],
        answer=_answer(digit),
        confidence=float(digit.digit.confidence),
        picture=_crop(view, digit),
        classes=digit.digit.class_names,
    )


def correct_drawn_digit(
    view: ReadingView, digit: CorrectedDigit, label: str, model: ReadBy, drawing: Drawing, picture: str
) -> NewCorrection:
    """Return the correction of a digit of a drawn number, with its pen path where no other stroke runs into its box.

    picture: as in `correct_picture`.
    """
    kept = correct_picture(view, digit, label, model, picture, Source.DRAWN)
    return replace(kept, strokes=_strokes_within(drawing, digit.box))


def _strokes_within(drawing: Drawing, box: Box) -> tuple[np.ndarray, ...]:
    """Return the strokes that lie within a box; none where one lies in it in part only."""
    left, top, width, height = box
    found = list[np.ndarray]()
    for stroke in (np.asarray(points, np.float32) for points in drawing.strokes):
        x, y = stroke[:, 0] - left, stroke[:, 1] - top
        is_inside = (x >= -_EDGE_PX) & (x <= width + _EDGE_PX) & (y >= -_EDGE_PX) & (y <= height + _EDGE_PX)
        if is_inside.all():
            found.append(stroke)
        elif is_inside.any():
            return ()
    return tuple(found)


def own_digit(
    label: int,
    image: np.ndarray,
    strokes: Sequence[Sequence[Point]],
    digit: CorrectedDigit | None = None,
    model: ReadBy | None = None,
) -> NewCorrection:
    """Return what is kept of a digit that a person drew for the networks to read.

    image: (28, 28) uint8 in MNIST form. digit: as a model has read it; None where none has.
    """
    paths = tuple(np.asarray(stroke, np.float32).reshape(-1, 2) for stroke in strokes)
    kept = NewCorrection(image, str(label), Source.OWN_DIGIT, own_digit_place(image), "", "", "", 0.0, strokes=paths)
    if digit is None or model is None:
        return kept
    confidence = float(digit.digit.confidence)
    return replace(kept, model=model.id, model_name=model.name[:200], answer=_answer(digit), confidence=confidence)


def own_digit_place(image: np.ndarray) -> str:
    """Return what identifies a digit that a person drew for the networks to read, (28, 28) uint8 in MNIST form."""
    return f"own digit {hashlib.blake2b(image.tobytes(), digest_size=16).hexdigest()}"


def _answer(digit: CorrectedDigit) -> str:
    return "" if digit.is_refused else digit.digit.name


def _crop(view: ReadingView, digit: CorrectedDigit) -> bytes:
    """Return the digit with some paper around it as it is shown, a PNG; b"" where there is no picture."""
    if not view.display:
        return b""
    shown = Image.open(io.BytesIO(view.display.picture))
    factor = shown.width / view.size[0]
    left, top, width, height = digit.box
    margin = _MARGIN_SHARE * max(width, height)
    edges = (left - margin, top - margin, left + width + margin, top + height + margin)
    limits = (shown.width, shown.height, shown.width, shown.height)
    kept = [min(max(0, round(edge * factor)), limit) for edge, limit in zip(edges, limits, strict=True)]
    has_area = kept[2] > kept[0] and kept[3] > kept[1]
    return _shrunk(shown.crop((kept[0], kept[1], kept[2], kept[3]))) if has_area else b""


def _shrunk(picture: Image.Image) -> bytes:
    grey = shrink_to_screen(picture, _PICTURE_PX).convert("L")
    return encode(np.asarray(grey), lossless=True)
