"""A picture's row in a table of many pictures."""

from collections.abc import Sequence

from core.config.dataset_spec import DIGITS
from core.recognition.corrections import CorrectedDigit, DigitKind, corrected_text
from core.recognition.csv_table import Row
from core.recognition.reading import counted_digits
from core.recognition.results import PictureResult


def digit_row(result: PictureResult, digit: CorrectedDigit | None) -> Row:
    """Return file, digit, confidence (0 to 1), note and the probability of each class of a picture of one digit."""
    shares = [round(float(share), 4) for share in digit.probabilities] if digit else [None] * len(DIGITS)
    names = digit.digit.class_names if digit else DIGITS
    return {
        "file": result.name,
        "digit": digit.digit.name if digit else "",
        "confidence": round(float(digit.digit.confidence), 4) if digit else None,
        "note": _doubt(digit) or result.note or _remarks(result),
        **{f"p({name})": share for name, share in zip(names, shares, strict=True)},
    }


def _doubt(digit: CorrectedDigit | None) -> str:
    """Return what is unsure of a digit in a sentence; '' where nothing is."""
    if not digit or not digit.doubt_text():
        return ""
    return f"{'This' if digit.is_refused else 'Unsure;'} {digit.doubt_text()}."


def number_row(result: PictureResult, digits: Sequence[CorrectedDigit]) -> Row:
    """Return file, text, least confidence, how many digits there are of each kind, and note of a number or page."""
    text, counted = corrected_text(digits), counted_digits(result.digits)
    confidences = [float(each.digit.confidence) for each in digits if not each.is_corrected and each.digit in counted]
    return {
        "file": result.name,
        "text": text,
        "least confidence": round(min(confidences), 4) if confidences else None,
        **{str(kind): count for kind, count in count_kinds(digits).items()},
        "note": _remarks(result) if text else result.note,
    }


def _remarks(result: PictureResult) -> str:
    """Return what is said of a picture in which something was read."""
    return " ".join(filter(None, (result.remark, result.left_out)))


def count_kinds(digits: Sequence[CorrectedDigit]) -> dict[DigitKind, int]:
    """Return how many digits there are of each kind."""
    return {kind: sum(digit.kind is kind for digit in digits) for kind in DigitKind}
