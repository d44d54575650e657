"""All that a page shows of one reading, made once a drawing of the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from core.recognition.corrections import (
    DOUBTFUL,
    CorrectedDigit,
    DigitKind,
    apply_corrections,
    corrected_text,
    next_doubtful,
)
from core.recognition.csv_table import Columns, Row, to_columns
from core.recognition.downloads import Download
from core.recognition.edits import EditHistory
from core.recognition.picture_display import PictureDisplay
from core.recognition.reading import Box, ReadingMode, lowest_confidence
from core.recognition.results import PictureResult
from core.recognition.table_rows import count_kinds, digit_row, number_row


@dataclass(frozen=True, eq=False)
class ReadingView:
    """One reading with what a person changed; what is costly is computed when it is asked for, and kept."""

    result: PictureResult
    edits: EditHistory  # the person's: they may change, the view then stays as it is
    digits: tuple[CorrectedDigit, ...]
    name: str  # identifies the reading on its page: another model or picture is another reading
    first: PictureResult  # of the picture as it was sent

    @classmethod
    def of(
        cls, result: PictureResult, edits: EditHistory, name: str, first: PictureResult | None = None
    ) -> "ReadingView":
        """Return the view of a result as it is corrected now.

        edits: those that led to it.
        first: the result of the same picture as it was sent, where that is another one.
        """
        return cls(result, edits, _corrected(result, edits), name, first or result)

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
    def turn(self) -> int:
        """Return the degrees by which the picture was turned clockwise, and is shown turned."""
        return self.result.turn

    @property
    def remark(self) -> str:
        """Return a sentence on how the picture was read, where that was not as usual; else ''."""
        return self.result.remark

    @property
    def left_out(self) -> str:
        """Return a sentence on the ink for want of which nothing was read; '' where there is none."""
        return self.result.left_out

    @property
    def advice(self) -> tuple[str, ...]:
        """Return sentences on what would help, where most of the reading is doubtful."""
        return self.result.advice

    @property
    def reads_all_ink(self) -> bool:
        """Return whether the person wants all ink to be read, also what would be left out."""
        return self.edits.now.area.all_ink

    @property
    def crop(self) -> Box | None:
        """Return the part of the picture that was read; None where that is all of it."""
        return self.edits.now.area.crop

    @property
    def limits(self) -> Box:
        """Return the part of the picture in which boxes may lie."""
        return self.crop or (0, 0, *self.size)

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
        """Return the lowest confidence of the digits that count, as first read; -1, below all others, without any.

        Readings that are sorted by it stay in their order whatever a person changes.
        """
        return lowest_confidence(self.first.digits, default=-1.0)

    @property
    def kinds(self) -> dict[DigitKind, int]:
        """Return the number of digits of each kind."""
        return count_kinds(self.digits)

    @property
    def table_row(self) -> Row:
        """Return the row of a table of pictures that were read in the same mode."""
        single = self.mode is ReadingMode.SINGLE
        return digit_row(self.result, self.digit) if single else number_row(self.result, self.digits)

    @property
    def doubt_text(self) -> str:
        """Return a sentence on how many of the digits are doubtful; '' where there are no digits."""
        total, doubtful = len(self.digits), sum(self.kinds[kind] for kind in DOUBTFUL)
        if not total:
            return ""
        if not doubtful:
            return "Sure." if total == 1 else f"Sure of all {total} digits."
        which = "it is" if doubtful == 1 else "they are"
        return (
            f"{doubtful} of {total} {'is' if doubtful == 1 else 'are'} doubtful: {which} marked ? or × in the picture."
        )

    def number_of(self, box: Box | None) -> int | None:
        """Return the number of the digit that has this box; None where none has."""
        return next((number for number, digit in enumerate(self.digits) if digit.box == box), None)

    def next_doubtful(self, picked: int) -> int | None:
        """Return the number of the next unsure or refused digit after `picked`, round the end; None without any."""
        return next_doubtful(self.digits, picked)

    def download_now(self, form: Download) -> str | bytes:
        """Return the content of a download with the corrections as they are now, which may be later than the view."""
        return form.content(self.file, _corrected(self.result, self.edits))


def _corrected(result: PictureResult, edits: EditHistory) -> tuple[CorrectedDigit, ...]:
    """Return the digits with the labels that a person gave to their boxes; those of one picture of one digit stay."""
    labels = edits.now.labels if result.mode is ReadingMode.LINES else {}
    numbers = {number: labels[digit.box] for number, digit in enumerate(result.digits) if digit.box in labels}
    return apply_corrections(result.digits, numbers)


def views_table(views: Sequence[ReadingView]) -> Columns:
    """Return readings of the same mode as columns, a row a picture."""
    return to_columns([view.table_row for view in views])
