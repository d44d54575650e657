"""Readings of numbers beside their labels: what is right, what is wrong though sure, and which labels are doubtful."""

import csv
import io
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from PIL import Image

from benchmarks.number_lines import compose_line
from benchmarks.number_readers import NumberReader
from core.evaluation.picture_scores import edit_distance
from core.pictures.decoding import open_picture
from core.pictures.errors import PictureError

_COLUMNS = ("file", "text", "source")
_LINE_BREAK = "|"
_WARM_UP = 3  # pictures that each reader reads before it is timed: the first calls load and trace


class NumbersError(ValueError):
    """A folder gives no numbers; the message says what is wrong with it and what is expected."""


@dataclass(frozen=True, eq=False)
class NumberPicture:
    """A picture of a number: what it is called, its degree or source, its label, and how its pixels are got."""

    name: str
    group: str
    label: str  # the digits of all lines in a row
    lines: int
    load: Callable[[], Image.Image]  # RGB; raises NumbersError


@dataclass(frozen=True)
class ReadNumber:
    """One reader's reading of a picture, beside its label."""

    label: str
    text: str
    is_sure: bool
    ms_a_line: float

    @property
    def is_right(self) -> bool:
        """Return whether the text is the label."""
        return self.text == self.label

    @property
    def is_sure_and_wrong(self) -> bool:
        """Return whether the reader is sure of every digit of a number that is not the label."""
        return self.is_sure and not self.is_right


@dataclass(frozen=True)
class ReaderScore:
    """The score of one reader over some pictures; shares from 0 to 1."""

    count: int
    numbers_right: float
    digits_right: float  # 1 less the edits that the texts still need, for each digit of the labels
    sure_and_wrong: float
    ms_a_line: float  # median

    @classmethod
    def of(cls, read: Sequence[ReadNumber]) -> "ReaderScore":
        """Return the score of at least one reading."""
        edits = sum(edit_distance(each.text, each.label) for each in read)
        return cls(
            len(read),
            sum(each.is_right for each in read) / len(read),
            1 - edits / sum(len(each.label) for each in read),
            sum(each.is_sure_and_wrong for each in read) / len(read),
            median(each.ms_a_line for each in read),
        )


@dataclass(frozen=True)
class MeasuredPicture:
    """A picture's name, group and label, and what each reader read, by the reader's name."""

    name: str
    group: str
    label: str
    read: dict[str, ReadNumber]

    @property
    def agreed_text(self) -> str:
        """Return the text that all of several readers read; '' where they differ, or where there is one reader."""
        texts = {each.text for each in self.read.values()}
        return texts.pop() if len(self.read) > 1 and len(texts) == 1 else ""

    @property
    def is_doubtful(self) -> bool:
        """Return whether the label is doubtful: all of several readers read one text, and it is another one."""
        return self.agreed_text not in ("", self.label)


def drawn_lines(degree: int, seed: int, count: int) -> list[NumberPicture]:
    """Return lines composed of MNIST's test digits, the first `count` of a degree and a seed."""
    return [_drawn_line(degree, seed, number) for number in range(count)]


def _drawn_line(degree: int, seed: int, number: int) -> NumberPicture:
    line = compose_line(degree, seed, number)
    name = f"degree {degree}"
    return NumberPicture(f"{name}, line {number}", name, line.text, 1, lambda: Image.fromarray(line.picture))


def find_numbers(folder: Path) -> list[NumberPicture]:
    """Return the pictures that a folder's numbers.csv lists; raises NumbersError.

    It has the columns file, text (the digits, with '|' between lines) and source.
    """
    path = folder / "numbers.csv"
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise NumbersError(f"{path} cannot be read as a CSV in UTF-8 ({error}).") from error
    rows = csv.DictReader(io.StringIO(text, newline=""))
    if missing := [column for column in _COLUMNS if column not in (rows.fieldnames or ())]:
        raise NumbersError(f"{path} needs the columns file, text and source; it lacks {', '.join(missing)}.")
    found = [_listed_picture(path, rows.line_num, row) for row in rows]
    if not found:
        raise NumbersError(f"{path} names no picture: it has only its header line.")
    return found


def _listed_picture(path: Path, line: int, row: dict[str, str | None]) -> NumberPicture:
    file, text, source = (row[column] or "" for column in _COLUMNS)
    label = text.replace(_LINE_BREAK, "")
    if not (label.isascii() and label.isdecimal()):
        raise NumbersError(f"{path}, line {line}: the text is {text!r}; it must be digits, with | between lines.")
    if not file:
        raise NumbersError(f"{path}, line {line}: no file is named.")
    return NumberPicture(file, source, label, text.count(_LINE_BREAK) + 1, lambda: _open(path.parent / file))


def _open(path: Path) -> Image.Image:
    """Return a picture file as RGB, on white where it is transparent."""
    try:
        picture = open_picture(path.read_bytes(), path.name)
    except OSError as error:
        raise NumbersError(f"{path} cannot be read ({error}).") from error
    except PictureError as error:
        raise NumbersError(str(error)) from error
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    paper = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(paper, picture.convert("RGBA")).convert("RGB")


def measure(pictures: Sequence[NumberPicture], readers: Sequence[NumberReader]) -> list[MeasuredPicture]:
    """Return what each reader reads in each picture; they take turns, so that what slows the machine slows all."""
    for picture in pictures[:_WARM_UP]:
        for reader in readers:
            reader.read(picture.load(), picture.lines)
    return [_measure_one(picture, readers) for picture in pictures]


def _measure_one(picture: NumberPicture, readers: Sequence[NumberReader]) -> MeasuredPicture:
    pixels, read = picture.load(), {}
    for reader in readers:
        start = time.perf_counter()
        reading = reader.read(pixels, picture.lines)
        ms = 1000 * (time.perf_counter() - start)
        read[reader.name] = ReadNumber(picture.label, reading.text, reading.is_sure, ms / picture.lines)
    return MeasuredPicture(picture.name, picture.group, picture.label, read)


def score_readers(measured: Sequence[MeasuredPicture]) -> dict[str, ReaderScore]:
    """Return each reader's score over at least one picture, by its name."""
    return {name: ReaderScore.of([each.read[name] for each in measured]) for name in measured[0].read}
