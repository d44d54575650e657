"""All that a page shows of one reading, made once a drawing of the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from core.recognition.corrections import (
    CorrectedDigit,
    Corrections,
    DigitKind,
    apply_corrections,
    corrected_text,
    next_doubtful,
)
from core.recognition.csv_table import Columns, Row, to_columns
from core.recognition.downloads import Download
from core.recognition.picture_display import PictureDisplay
from core.recognition.reading import ReadingMode, lowest_confidence
from core.recognition.results import PictureResult
from core.recognition.table_rows import count_kinds, digit_row, number_row


@dataclass(frozen=True, eq=False)
class ReadingView:
    """One reading with what a person corrected; what is costly is computed when it is asked for, and kept."""

    result: PictureResult
    corrections: Corrections  # those of the person's session: they may change, the view then stays as it is
    digits: tuple[CorrectedDigit, ...]
    name: str  # identifies the reading on its page: another model or picture is another reading

    @classmethod
    def of(cls, result: PictureResult, corrections: Corrections, name: str) -> "ReadingView":
        """Return the view of a result as it is corrected now."""
        return cls(result, corrections, apply_corrections(result.digits, corrections), name)

    @property
    def file(self) -> str:
        """Return the name of the picture's file."""
        return self.result.name

    @property
    def mode(self) -> ReadingMode:
        """Return the mode in which the picture was read."""
        return self.result.mode

    @property
    def note(self) -> str:
        """Return a sentence on why nothing was read; '' where something was."""
        return self.result.note

    @property
    def remark(self) -> str:
        """Return a sentence on how the picture was read, where that was not as usual; else ''."""
        return self.result.remark

    @property
    def size(self) -> tuple[int, int]:
        """Return width and height of the picture, the pixels that the digits' boxes count in."""
        return self.result.size

    @property
    def display(self) -> PictureDisplay | None:
        """Return the picture and the steps of its reading, encoded; None where the file could not be opened."""
        return self.result.display

    @property
    def icon(self) -> str:
        """Return the picture, very small, as a data URL; '' where the file could not be opened."""
        return self.display.icon if self.display else ""

    @property
    def digit(self) -> CorrectedDigit | None:
        """Return the digit of a picture of one digit; the first of several."""
        return self.digits[0] if self.digits else None

    @property
    def several(self) -> str:
        """Return what a picture says as a number that was read as one digit and refused, but has several; else ''."""
        return self.result.several

    @cached_property
    def text(self) -> str:
        """Return the corrected text, a line break between lines; '' where no digit is."""
        return corrected_text(self.digits)

    @property
    def lowest_confidence(self) -> float:
        """Return the lowest confidence of the digits that count, as read; -1, below all others, without any."""
        return lowest_confidence(self.result.digits, default=-1.0)

    @property
    def kinds(self) -> dict[DigitKind, int]:
        """Return the number of digits of each kind."""
        return count_kinds(self.digits)

    @property
    def table_row(self) -> Row:
        """Return the row of a table of pictures that were read in the same mode."""
        single = self.mode is ReadingMode.SINGLE
        return digit_row(self.result, self.digit) if single else number_row(self.result, self.digits)

    def next_doubtful(self, picked: int) -> int | None:
        """Return the number of the next unsure or refused digit after `picked`, round the end; None without any."""
        return next_doubtful(self.digits, picked)

    def download_now(self, form: Download) -> str | bytes:
        """Return the content of a download with the corrections as they are now, which may be later than the view."""
        return form.content(self.file, apply_corrections(self.result.digits, self.corrections))


def views_table(views: Sequence[ReadingView]) -> Columns:
    """Return readings of the same mode as columns, a row a picture."""
    return to_columns([view.table_row for view in views])
