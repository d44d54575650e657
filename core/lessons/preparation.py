"""Lesson 5: a digit only made small, beside the same digit brought to MNIST form."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.lessons.drawings import redraw
from core.lessons.lesson import Guess, Lesson, NumberGuess, TeacherNotes
from core.lessons.wording import compare_counts, join
from core.preprocessing.canvas_drawing import Drawing
from core.preprocessing.naive_resize import resize_naively
from core.recognition.naive_reading import read_naively
from core.recognition.reading import Digit
from core.recognition.recognizer import Recognizer

_SMALL_SCALE, _THIN_PEN_PX = 0.4, 5
PICTURES = 4

LESSON = Lesson(
    name="preparation",
    title="Why preparation matters",
    short="Preparation",
    minutes=7,
    question="The network knows only MNIST: white digits on black, 20 pixels high, in the middle. Here is your digit "
    "in four pictures: as you drew it, small in a corner, dark on white paper, and with a thin pen. Each is made "
    "28×28 pixels small, nothing else, and given to the network.",
    guess=NumberGuess("How many of the four does it read right?", 0, PICTURES),
    action="Read all four",
    look_for="Upper row: what the network is given when a picture is only made small. Lower row: the same picture in "
    "MNIST form. To you both are the same digit.",
    notes=TeacherNotes(
        "A network can be right on its test images and useless on pictures of another form.",
        "Only made small, one or two of four are read right, most often the one as drawn. In MNIST form all four are.",
        (
            (
                "Is the network bad if it fails on the small digit?",
                "It was never shown one. It does well what it was trained on, and nothing else.",
            ),
            (
                "What does the app do to a picture first?",
                "It finds the ink, makes it white on black, fits it into 20×20 pixels and puts it in the middle.",
            ),
        ),
        "A thick, large drawing may be read right in every form. Then let the class draw smaller.",
    ),
)


@dataclass(frozen=True, eq=False)
class Prepared:
    """One picture of the digit, read plain and in MNIST form; images are (28, 28) uint8, answers in words."""

    name: str
    plain: np.ndarray
    plain_answer: str
    is_plain_right: bool
    form: np.ndarray
    form_answer: str
    is_form_right: bool


def read_pictures(reader: Recognizer, drawing: Drawing, label: int) -> list[Prepared]:
    """Return the four pictures of a drawing of the digit `label`, each read plain and in MNIST form."""
    drawn = drawing.picture()
    pictures = {
        "as drawn": drawn,
        "small, in a corner": redraw(drawing, _SMALL_SCALE).picture(),
        "dark on white": 255 - drawn,
        "with a thin pen": redraw(drawing, pen_px=_THIN_PEN_PX).picture(),
    }
    readings = reader.read_many(list(pictures.values()), single=True)
    return [
        _prepare(reader, name, picture, reading.digits, label)
        for (name, picture), reading in zip(pictures.items(), readings, strict=True)
    ]


def guess_label(reader: Recognizer, drawing: Drawing) -> int:
    """Return the digit that a drawing most likely is, to be confirmed by the person who drew it."""
    digits = reader.read_strokes(drawing.strokes).digits
    return digits[0].label if digits else 0


def _prepare(reader: Recognizer, name: str, picture: np.ndarray, digits: Sequence[Digit], label: int) -> Prepared:
    small = resize_naively(picture)
    plain = read_naively(reader, small).digit
    form = digits[0] if digits else None
    return Prepared(
        name,
        small,
        _answer(plain),
        _is_right(plain, label),
        form.image if form else np.zeros_like(small),
        _answer(form) if form else "no digit found",
        form is not None and _is_right(form, label),
    )


def _answer(digit: Digit) -> str:
    return "no digit" if digit.refused else str(digit.label)


def _is_right(digit: Digit, label: int) -> bool:
    return not digit.refused and digit.label == label


def outcome(pictures: Sequence[Prepared], guess: Guess) -> tuple[str, ...]:
    """Return what came of the readings, in sentences, the first on the guess."""
    plain = [each.name for each in pictures if each.is_plain_right]
    form = [each.name for each in pictures if each.is_form_right]
    rescued = [name for name in form if name not in plain]
    lost = [name for name in plain if name not in form]
    return (
        compare_counts(int(guess), len(plain), 0, f"only made small, {len(plain)} of {len(pictures)} are read right"),
        _difference(len(plain), len(form), rescued),
        *([f"In MNIST form it no longer reads the picture {join(lost)}, which is rare."] if lost else []),
    )


def _difference(plain: int, form: int, rescued: Sequence[str]) -> str:
    if rescued:
        return (
            f"In MNIST form {form} of {PICTURES} are read right: preparation made the difference for the picture "
            f"{join(list(rescued))}. The network is the same; only its 784 numbers are others."
        )
    if plain == PICTURES:
        return (
            "This drawing is so large and clear that it needs no preparation. Draw it smaller or thinner, and try "
            "again."
        )
    if form == 0:
        return (
            "In MNIST form none of them is read right: preparation did not help here, so it is the digit itself that "
            "the network does not know. Is it the digit that you named?"
        )
    if form == plain:
        same = "the same one is" if form == 1 else f"the same {form} are"
        return f"In MNIST form {same} read right: preparation made no difference here."
    return (
        f"In MNIST form {form} of {PICTURES} {'is' if form == 1 else 'are'} read right: preparation did not help here."
    )
