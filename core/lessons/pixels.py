"""Lesson 1: a digit is 784 numbers, and the network is given nothing else."""

from dataclasses import dataclass

import numpy as np

from core.config.percent import probability_percent
from core.explanation.damage import Damage, damage_images
from core.lessons.lesson import Guess, Lesson, NumberGuess, TeacherNotes
from core.lessons.wording import compare_counts
from core.preprocessing.mnist_form import SIDE
from core.recognition.recognizer import Recognizer

_INK = 255
_SAME_SURE = 0.02  # a smaller change of confidence is not worth a word

LESSON = Lesson(
    name="pixels",
    title="What a pixel is",
    short="Pixels",
    minutes=5,
    question="A picture of a digit is 28 rows of 28 pixels: 784 numbers, from 0 (black) to 255 (white). A neural "
    "network is given these numbers and nothing else. Move the digit one pixel to the right: for you it is the same "
    "digit. And for the network?",
    guess=NumberGuess("How many of the 784 numbers change?", 0, SIDE * SIDE),
    action="Move it by one pixel",
    look_for="Most of the numbers are 0: paper. Ink is bright, and its edge is grey. Afterwards change pixels "
    "yourself, and see when the network's answer changes.",
    notes=TeacherNotes(
        "A picture is a table of numbers. What looks alike to us can be very different numbers.",
        "150 to 200 of the 784 numbers change. The shipped network's answer stays, for it has seen moved digits.",
        (
            (
                "Why are so few numbers between 0 and 255?",
                "Ink is white and paper black; only the edge of a stroke is grey.",
            ),
            (
                "Could you read a digit from the list of numbers alone?",
                "Hardly: we need to see which numbers are neighbours. A dense layer never knows.",
            ),
        ),
        "In MNIST ink is white, so brighter means more ink, the opposite of paper.",
    ),
)


@dataclass(frozen=True)
class PixelChange:
    """A change of a digit: moved to the right, its brightness times a share, single pixels (row, column) inverted."""

    shift_px: int = 0
    brightness: float = 1.0
    inverted: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, eq=False)
class PixelView:
    """A changed digit: `image` (28, 28) uint8, and sentences on what changed and how it is read."""

    image: np.ndarray
    numbers: str  # on the digit before the change
    change: str
    reading: str


def change_pixels(image: np.ndarray, change: PixelChange) -> np.ndarray:
    """Return a (28, 28) uint8 image changed: first moved, then darkened, then with the single pixels inverted."""
    moved = damage_images(image[None], Damage(shift_px=change.shift_px))[0]
    changed = np.round(moved * change.brightness).astype(np.uint8)
    for row, column in change.inverted:
        changed[row, column] = _INK - changed[row, column]
    return changed


def pixel_view(reader: Recognizer, image: np.ndarray, change: PixelChange) -> PixelView:
    """Return the view of a digit, (28, 28) uint8 in MNIST form, with a change."""
    changed = change_pixels(image, change)
    before, after = reader.classify(np.stack([image, changed]))
    different = int((image != changed).sum())
    paper, grey = int((image == 0).sum()), int(((image > 0) & (image < _INK)).sum())
    return PixelView(
        image=changed,
        numbers=f"Of the {image.size} numbers {paper} are 0 (paper), and {grey} are grey: neither black nor white.",
        change=f"{different} of the {image.size} numbers differ{'s' * (different == 1)} from before."
        if different
        else "",
        reading=_reading(before, after) if different else f"The network reads {_answer(before)}.",
    )


def outcome(reader: Recognizer, image: np.ndarray, guess: Guess) -> tuple[str, ...]:
    """Return what moving the digit, (28, 28) uint8, by one pixel does, in sentences, the first on the guess."""
    moved = change_pixels(image, PixelChange(shift_px=1))
    different = int((image != moved).sum())
    before, after = reader.classify(np.stack([image, moved]))
    subject = f"{different} of the {image.size} numbers changed"
    ink = int((image > 0).sum())
    return (
        compare_counts(int(guess), different, image.size, subject),
        f"The digit has {ink} pixels with ink: a number changes wherever the edge of a stroke was, or is now.",
        _reading(before, after),
    )


def _answer(probabilities: np.ndarray) -> str:
    return f"{int(probabilities.argmax())}, {probability_percent(float(probabilities.max()))} sure"


def _reading(before: np.ndarray, after: np.ndarray) -> str:
    """Return how the network's answer changed, from (10,) probabilities before and after."""
    if before.argmax() != after.argmax():
        return (
            f"The network changes its answer: it was {_answer(before)}, and is {_answer(after)} now. For a network "
            "that knows only numbers, this is another picture."
        )
    gap = float(after.max() - before.max())
    if abs(gap) < _SAME_SURE:
        return f"The network's answer stays {_answer(after)}: it has learned that these numbers mean the same digit."
    how = "surer" if gap > 0 else "less sure"
    sure = probability_percent(float(before.max()))
    return f"The answer stays, but the network is {how}: {_answer(after)}, where it was {sure} before."
