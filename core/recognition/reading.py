"""The reading of a picture: the digits that were read in it, and how sure they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from PIL import Image

from core.config.dataset_spec import DIGITS
from core.preprocessing.mnist_form import Step

Picture = Image.Image | np.ndarray
"""A PIL image, or a uint8 array (H, W), (H, W, 3) or (H, W, 4), of any polarity."""

Box = tuple[int, int, int, int]
"""Left, top, width and height, pixels of the picture."""


class ReadingMode(StrEnum):
    """The mode in which a picture is read: as one digit, or as lines of digits."""

    SINGLE = "single"  # all ink is one digit
    LINES = "lines"  # one or more lines of digits

    @classmethod
    def of(cls, single: bool) -> "ReadingMode":
        """Return SINGLE or LINES."""
        return cls.SINGLE if single else cls.LINES


@dataclass(frozen=True, eq=False)
class Digit:
    """One digit, or picture of another class, that was read, or one piece of ink that was refused."""

    label: int
    confidence: float
    refused: bool  # does not look like a digit
    probabilities: np.ndarray  # (classes,) float32, sums to 1
    box: Box
    image: np.ndarray  # (28, 28) uint8, what the network saw
    line: int = 0  # the line of writing it stands in, from the top
    class_names: tuple[str, ...] = DIGITS  # of the data set that the network learned

    @classmethod
    def from_probabilities(
        cls,
        probabilities: np.ndarray,
        refused: bool,
        image: np.ndarray,
        box: Box,
        line: int = 0,
        class_names: tuple[str, ...] = DIGITS,
    ) -> "Digit":
        """Return the digit of (classes,) float32 probabilities: the likeliest label and its confidence."""
        label, confidence = int(probabilities.argmax()), float(probabilities.max())
        return cls(label, confidence, bool(refused), probabilities, box, image, line, class_names)

    @property
    def name(self) -> str:
        """Return what its label stands for: the name of its class."""
        return self.class_names[self.label]

    @property
    def second_label(self) -> int:
        """Return the second likeliest label."""
        return int(np.argsort(self.probabilities)[-2])


@dataclass(frozen=True, eq=False)
class Reading:
    """The digits that were read in a picture."""

    text: str  # in reading order, a line break between lines; '' where no digit is
    digits: tuple[Digit, ...]
    steps: tuple[Step, ...]
    is_simplified: bool = False  # there was too much for a thorough reading: see `core.recognition.line_reader`
    left_out: str = ""  # a sentence on the ink that was left out and may be what was meant; '' where there is none
    pieces: int = 0  # connected pieces of ink that were found in lines; 0 where they are one digit or in boxes
    line_log_probability: float | None = None  # of its text as the line reader sees it, where the picture is one line
    turn: int = 0  # degrees by which the picture was turned clockwise to be read; the boxes are those of it as given

    @property
    def has_ink(self) -> bool:
        """Return whether ink was found in the picture, be it of a digit or not."""
        return any(step.name == "ink" and step.picture.any() for step in self.steps)

    @property
    def confidence(self) -> float:
        """Return the lowest confidence of the digits that count, 0 to 1; 0 where nothing was read."""
        return lowest_confidence(self.digits, default=0.0)


def reading_text(digits: Sequence[Digit]) -> str:
    """Return the digits that are not refused, a line break between lines."""
    rows: dict[int, str] = {}
    for digit in digits:
        if not digit.refused:
            rows[digit.line] = rows.get(digit.line, "") + digit.name
    return "\n".join(rows.values())


def counted_digits(digits: Sequence[Digit]) -> list[Digit]:
    """Return the digits that decide how sure a reading is: those that are not refused, or all where all are."""
    return [digit for digit in digits if not digit.refused] or list(digits)


def lowest_confidence(digits: Sequence[Digit], default: float) -> float:
    """Return the lowest confidence of the digits that count, 0 to 1; `default` where there are none."""
    return min((digit.confidence for digit in counted_digits(digits)), default=default)
