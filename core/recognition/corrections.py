"""The digits of a reading with a person's corrections, and the texts on each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from core.config.dataset_spec import DIGITS
from core.config.percent import probability_percent
from core.recognition.reading import Digit

UNSURE_BELOW = 0.8
"""A digit of less confidence is unsure, and its second guess is shown beside it."""

Corrections = Mapping[int, int | None]
"""The label that a person gave to the digit of that number; None: it is no digit."""


class DigitKind(StrEnum):
    """The kind of a digit in a reading, by how far it can be trusted; the values stand on pages and in files."""

    SURE = "sure"
    UNSURE = "unsure"
    NO_DIGIT = "no digit"  # refused
    BY_HAND = "by hand"  # set by a person


DOUBTFUL = (DigitKind.UNSURE, DigitKind.NO_DIGIT)


@dataclass(frozen=True, eq=False)
class CorrectedDigit:
    """One digit of a reading, corrected or not."""

    digit: Digit  # as the network read it
    kind: DigitKind
    label: int | None  # None: it is not in the text
    line: int | None  # of the text, from 1; None where no digit of its line is in the text
    position: int | None  # in its line of the text, from 1

    def name_of(self, label: int | None) -> str:
        """Return the name of the class that a label stands for, '' for none."""
        return "" if label is None else self.digit.class_names[label]

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Return left, top, width, height in pixels of the picture."""
        return self.digit.box

    @property
    def image(self) -> np.ndarray:
        """Return the image that the network saw, (28, 28) uint8."""
        return self.digit.image

    @property
    def probabilities(self) -> np.ndarray:
        """Return the probability of each label, (classes,) float32."""
        return self.digit.probabilities

    @property
    def read_label(self) -> int:
        """Return the network's best guess, whatever a person corrected, even where it was refused."""
        return self.digit.label

    @property
    def is_refused(self) -> bool:
        """Return whether the network's answer was that it does not look like a digit."""
        return self.digit.refused

    @property
    def is_decided(self) -> bool:
        """Return whether nothing is left to be confirmed: the network is sure, or a person has set it."""
        return self.kind not in DOUBTFUL

    @property
    def is_corrected(self) -> bool:
        """Return whether a person has set it."""
        return self.kind is DigitKind.BY_HAND

    @property
    def second_guess(self) -> int | None:
        """Return the second likeliest label where the network is unsure, else None."""
        return self.digit.second_label if kind_as_read(self.digit) is DigitKind.UNSURE else None

    @property
    def description(self) -> str:
        """Describe the digit in a few words: its label, how sure that is, and its place."""
        what = "no digit" if self.label is None else self.name_of(self.label)
        kind = f", {self.kind}" if self.kind != what else ""
        doubt = f", perhaps {self.name_of(self.second_guess)}" if self.kind is DigitKind.UNSURE else ""
        place = f", line {self.line}, place {self.position}" if self.position else ""
        return f"{what}{kind}, {probability_percent(self.digit.confidence, 0)}{doubt}{place}"

    @property
    def answer(self) -> str:
        """Return the network's answer as a headline: the label, '?' where it was refused."""
        return "?" if self.is_refused else self.digit.name

    @property
    def confidence_text(self) -> str:
        """Return a sentence on how sure the network's answer is; of an unsure one it names the second guess."""
        if self.is_refused:
            return "Not a digit" if self.digit.class_names == DIGITS else "Like none of them"
        confidence, doubt = probability_percent(self.digit.confidence), self.doubt_text(decimals=1)
        return f"Only {confidence} sure; {doubt}." if doubt else f"{confidence} sure"

    @property
    def nearest_text(self) -> str:
        """Return the nearest guess of a refused answer in a few words, '' of another one."""
        if not self.is_refused:
            return ""
        return f"The nearest is {self.digit.name}, {probability_percent(self.digit.confidence)}."

    def doubt_text(self, decimals: int = 0) -> str:
        """Return what is unsure of it as a clause, shares in percent with that many decimals; '' where nothing is."""
        if self.is_refused:
            like = "a digit" if self.digit.class_names == DIGITS else "any of them"
            return f"does not look like {like}; the nearest is {self.digit.name}"
        if self.second_guess is None:
            return ""
        second = probability_percent(self.probabilities[self.second_guess], decimals)
        article = "a " if self.digit.class_names == DIGITS else ""
        return f"perhaps {article}{self.name_of(self.second_guess)} ({second})"

    @property
    def probabilities_text(self) -> str:
        """Return the three likeliest labels with their probabilities."""
        order = sorted(range(len(self.probabilities)), key=lambda label: -self.probabilities[label])[:3]
        shares = ((self.name_of(label), probability_percent(self.probabilities[label])) for label in order)
        return ", ".join(f"{name} at {share}" for name, share in shares) + "."


def apply_corrections(digits: Sequence[Digit], corrections: Corrections) -> tuple[CorrectedDigit, ...]:
    """Return a reading's digits as corrected, in the same order."""
    labels = [corrections.get(number, None if digit.refused else digit.label) for number, digit in enumerate(digits)]
    kept = {digit.line for digit, label in zip(digits, labels, strict=True) if label is not None}
    corrected, line, position, before = [], 0, 0, None
    for number, (digit, label) in enumerate(zip(digits, labels, strict=True)):
        if digit.line != before:
            before, position, line = digit.line, 0, line + (digit.line in kept)
        position += label is not None
        kind = DigitKind.BY_HAND if number in corrections else kind_as_read(digit)
        place = line if digit.line in kept else None
        corrected.append(CorrectedDigit(digit, kind, label, place, position if label is not None else None))
    return tuple(corrected)


def kind_as_read(digit: Digit) -> DigitKind:
    """Return the kind of a digit as the network read it."""
    if digit.refused:
        return DigitKind.NO_DIGIT
    return DigitKind.UNSURE if digit.confidence < UNSURE_BELOW else DigitKind.SURE


def corrected_text(digits: Sequence[CorrectedDigit]) -> str:
    """Return the corrected text, a line break between lines."""
    lines: dict[int | None, str] = {}
    for digit in digits:
        if digit.label is not None:
            lines[digit.line] = lines.get(digit.line, "") + digit.name_of(digit.label)
    return "\n".join(lines.values())


def next_doubtful(digits: Sequence[CorrectedDigit], picked: int) -> int | None:
    """Return the number of the next unsure or refused digit after `picked`, round the end; None without any."""
    order = [*range(picked + 1, len(digits)), *range(min(picked + 1, len(digits)))]
    return next((number for number in order if digits[number].kind in DOUBTFUL), None)
