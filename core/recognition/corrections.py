"""A reading as a person has corrected it: its marks, its text, and what is taken away of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.recognition.recognizer import Digit, counted_digits
from core.recognition.results import UNSURE_BELOW, PictureResult, second_label, to_csv

SURE, UNSURE, REFUSED, CORRECTED = KINDS = ("sure", "unsure", "no digit", "by hand")

Corrections = Mapping[int, int | None]
"""The label that a person gave to the mark of that number; None: it is no digit."""


@dataclass(frozen=True, eq=False)
class CorrectedDigit:
    """One mark of a reading, corrected or not."""

    digit: Digit
    kind: str  # one of KINDS
    label: int | None  # None: it is not in the text
    line: int | None  # of the text, from 1; None where none of its line is in the text
    position: int | None  # in its line of the text, from 1


def apply_corrections(digits: Sequence[Digit], corrections: Corrections) -> list[CorrectedDigit]:
    """Return a reading's digits as marks, in the same order."""
    labels = [corrections.get(number, None if digit.refused else digit.label) for number, digit in enumerate(digits)]
    marks, line, position, before = [], 0, 0, None
    kept = {digit.line for digit, label in zip(digits, labels, strict=True) if label is not None}
    for number, (digit, label) in enumerate(zip(digits, labels, strict=True)):
        if digit.line != before:
            before, position, line = digit.line, 0, line + (digit.line in kept)
        position += label is not None
        kind = CORRECTED if number in corrections else digit_kind(digit)
        place = line if digit.line in kept else None
        marks.append(CorrectedDigit(digit, kind, label, place, position if label is not None else None))
    return marks


def digit_kind(digit: Digit) -> str:
    """Return which of KINDS a digit is, as the network left it."""
    if digit.refused:
        return REFUSED
    return UNSURE if digit.confidence < UNSURE_BELOW else SURE


def second_guess(digit: Digit) -> int | None:
    """Return what else the network would say, where it is not sure; None where it is, and of what is no digit."""
    return second_label(digit) if digit_kind(digit) == UNSURE else None


def describe_digit(mark: CorrectedDigit) -> str:
    """Return what a mark is, how sure that is and where it stands, in a few words."""
    what = "no digit" if mark.label is None else str(mark.label)
    kind = f", {mark.kind}" if mark.kind != what else ""
    doubt = f", perhaps {second_guess(mark.digit)}" if mark.kind == UNSURE else ""
    place = f", line {mark.line}, place {mark.position}" if mark.position else ""
    return f"{what}{kind}, {mark.digit.confidence:.0%}{doubt}{place}"


def corrected_text(marks: Sequence[CorrectedDigit]) -> str:
    """Return the corrected text, a line break between lines."""
    lines = {}
    for mark in marks:
        if mark.label is not None:
            lines[mark.line] = lines.get(mark.line, "") + str(mark.label)
    return "\n".join(lines.values())


def next_doubtful(marks: Sequence[CorrectedDigit], picked: int) -> int | None:
    """Return the number of the next unsure mark or mark of no digit after `picked`, round the end; None without any."""
    order = [*range(picked + 1, len(marks)), *range(min(picked + 1, len(marks)))]
    return next((number for number in order if marks[number].kind in (UNSURE, REFUSED)), None)


def digit_columns(marks: Sequence[CorrectedDigit]) -> dict[str, list]:
    """Return the marks as columns; a mark that is not in the text has no position and no digit."""
    boxes = [mark.digit.box for mark in marks]
    return {
        "line": [mark.line for mark in marks],
        "position": [mark.position for mark in marks],
        "digit": [mark.label for mark in marks],
        "read": [mark.digit.label for mark in marks],
        "confidence": [round(float(mark.digit.confidence), 4) for mark in marks],
        "mark": [mark.kind for mark in marks],
        **{name: [box[side] for box in boxes] for side, name in enumerate(("left", "top", "width", "height"))},
        "second guess": [second_guess(mark.digit) for mark in marks],
    }


def to_csv_file(marks: Sequence[CorrectedDigit]) -> bytes:
    """Return the marks as the bytes of a CSV."""
    return to_csv(digit_columns(marks))


def to_json_file(name: str, marks: Sequence[CorrectedDigit]) -> str:
    """Return the corrected reading of the picture `name` as JSON: its text and its marks."""
    rows = digit_columns(marks)
    sides = ("left", "top", "width", "height")
    boxes = zip(*(rows.pop(side) for side in sides), strict=True)
    digits = [
        dict(zip(rows, row, strict=True)) | {"box": list(box)}
        for row, box in zip(zip(*rows.values(), strict=True), boxes, strict=True)
    ]
    return json.dumps({"file": name, "text": corrected_text(marks), "digits": digits}, indent=2, ensure_ascii=False)


def pages_table(answers: Sequence[PictureResult], corrections: Sequence[Corrections]) -> dict[str, list]:
    """Return answers of numbers and pages as columns, a row a file: text, least confidence, counts, note."""
    read = [apply_corrections(answer.digits, own) for answer, own in zip(answers, corrections, strict=True)]
    counted = [counted_digits(answer.digits) for answer in answers]
    least = [
        [float(mark.digit.confidence) for mark in marks if mark.kind != CORRECTED and mark.digit in own]
        for marks, own in zip(read, counted, strict=True)
    ]
    return {
        "file": [answer.name for answer in answers],
        "text": [corrected_text(marks) for marks in read],
        "least confidence": [round(min(each), 4) if each else None for each in least],
        **{kind: [sum(mark.kind == kind for mark in marks) for marks in read] for kind in KINDS},
        "note": ["" if corrected_text(marks) else answer.note for answer, marks in zip(answers, read, strict=True)],
    }
