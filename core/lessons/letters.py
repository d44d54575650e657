"""Lesson 8: what a network that knows ten digits says to a letter."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.config.percent import probability_percent
from core.datasets.example_drawings import example_drawings
from core.lessons.drawings import draw_example, draw_path
from core.lessons.lesson import Guess, Lesson, NumberGuess, TeacherNotes
from core.lessons.wording import compare_shares, join
from core.preprocessing.canvas_drawing import Drawing
from core.recognition.recognizer import Recognizer

ASKED = "the letter A"

_SURE = 0.8
_EXAMPLES = {"The letter A": ASKED, "A scribble": "a scribble", "A three": "a 3"}
_PATHS = {
    "the letter E": "84,4! 20,4! 18,50! 20,96! 86,96! | 20,50! 70,50!",
    "a heart": "50,94 8,44 20,8 50,28 80,8 92,44 50,94",
}
_DIGITS = ("a 3",)

LESSON = Lesson(
    name="letters",
    title="What it says to a letter",
    short="Letters",
    minutes=7,
    question="The network has ten answers, 0 to 9. Its last layer, softmax, shares out 100 % among these ten. 'That "
    "is no digit' is not among them. Now it is shown the letter A.",
    guess=NumberGuess("How many percent does it give to its favourite digit for the A?", 0, 100, "%"),
    action="Show it the A",
    look_for="The percentages always add up to 100 %, whatever the picture is. Whether it is a digit at all is decided "
    "by a second measure, the refusal.",
    notes=TeacherNotes(
        "A network answers only what it was asked to answer. To be able to say 'I do not know' must be built.",
        "A first network calls the A a digit and is often more than half sure. The shipped one refuses it: it was "
        "shown drawings that are no digits.",
        (
            ("What else can be mistaken with high confidence?", "Whatever was not in training: a cat, a logo, noise."),
            ("Where would that be dangerous?", "Where nobody looks again: post, cheques, medical pictures, cars."),
        ),
        "A low confidence is not a refusal, and a high one is no proof that it is a digit.",
    ),
)


@dataclass(frozen=True, eq=False)
class MarkReading:
    """The reading of one mark: `image` (28, 28) uint8, the likeliest digit and its probability, 0 to 1."""

    name: str
    image: np.ndarray
    label: int
    confidence: float
    is_refused: bool
    is_digit: bool | None  # None: nobody has said

    @property
    def answer(self) -> str:
        """Return what softmax says, and whether it is refused, in words."""
        said = f"{self.label}, {probability_percent(self.confidence, 0)}"
        return f"{said}: refused" if self.is_refused else said


def read_marks(reader: Recognizer, own: Drawing | None) -> list[MarkReading]:
    """Return the readings of the marks of this lesson, and of a person's own drawing where there is one."""
    examples = {_EXAMPLES[each.name]: draw_example(each) for each in example_drawings() if each.name in _EXAMPLES}
    marks = examples | {name: draw_path(path) for name, path in _PATHS.items()}
    order = [ASKED, *(name for name in marks if name not in (ASKED, *_DIGITS)), *_DIGITS]
    readings = [_read(reader, name, marks[name], name in _DIGITS) for name in order]
    return [*readings, *([_read(reader, "your drawing", own, None)] if own and own.strokes else [])]


def _read(reader: Recognizer, name: str, drawing: Drawing, is_digit: bool | None) -> MarkReading:
    digit = reader.read_strokes(drawing.strokes).digits[0]
    return MarkReading(name, digit.image, digit.label, digit.confidence, digit.refused, is_digit)


def read_asked(reader: Recognizer) -> MarkReading:
    """Return the reading of the letter that the guess is about."""
    example = next(each for each in example_drawings() if _EXAMPLES.get(each.name) == ASKED)
    return _read(reader, ASKED, draw_example(example), False)


def outcome(readings: Sequence[MarkReading], guess: Guess, first: MarkReading | None = None) -> tuple[str, ...]:
    """Return what came of the marks, in sentences, the first on the guess.

    first: how the visitor's network of lesson 2 reads the letter, None where there is none.
    """
    asked = next(each for each in readings if each.name == ASKED)
    return (
        compare_shares(float(guess), asked.confidence, f"it takes the A for a {asked.label} with"),
        _softmax(asked),
        _refusal([each for each in readings if each.is_digit is False]),
        *_first([first] if first else []),
        *_digits([each for each in readings if each.is_digit]),
        *_own([each for each in readings if each.is_digit is None]),
    )


def _softmax(asked: MarkReading) -> str:
    if asked.confidence >= _SURE:
        return (
            f"Softmax is sure that the A is a {asked.label}: it must choose among ten digits, and nothing else is near."
        )
    return (
        f"Softmax had to choose: a {asked.label} is only the least bad of ten wrong answers, and it shares out the "
        f"other {probability_percent(1 - asked.confidence, 0)} among the rest."
    )


def _refusal(others: Sequence[MarkReading]) -> str:
    refused = [each.name for each in others if each.is_refused]
    passed = [f"{each.name} as a {each.label}" for each in others if not each.is_refused]
    if not passed:
        return f"Its refusal works: it refuses {join(refused)}."
    if not refused:
        return f"Its refusal does not help: it lets pass {join(passed)}. It was never shown anything but digits."
    return f"Its refusal helps in part: it refuses {join(refused)}, but lets pass {join(passed)}."


def _first(first: Sequence[MarkReading]) -> tuple[str, ...]:
    start = "Your own network of lesson 2 takes the A for a"
    return tuple(
        f"{start} {each.label}, {probability_percent(each.confidence, 0)} sure, "
        + ("and refuses it: it is not sure enough." if each.is_refused else "and does not refuse it.")
        for each in first
    )


def _digits(digits: Sequence[MarkReading]) -> tuple[str, ...]:
    wrongly = [each.name for each in digits if each.is_refused]
    return (
        (f"It also refuses {join(wrongly)}, which is a digit: whoever refuses much refuses too much.",)
        if wrongly
        else ()
    )


def _own(own: Sequence[MarkReading]) -> tuple[str, ...]:
    return tuple(f"To your drawing it says: {each.answer}." for each in own)
