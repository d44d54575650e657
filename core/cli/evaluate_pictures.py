"""A model's score on labelled pictures: in words or as JSON, with the pictures that it misreads."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from core.cli.errors import UsageError
from core.cli.models import recognizer
from core.config.percent import percent, probability_percent
from core.evaluation.picture_scores import Mistake, NumberScore, PictureScore, ScoredPicture, SingleDigitScore, score
from core.pictures.labelled import LabelError, LabelledPicture, find_labelled
from core.pictures.prefetch import prefetch_batches
from core.storage.os_errors import os_reason
from core.storage.printable import to_printable

if TYPE_CHECKING:
    from core.recognition.recognizer import Recognizer

_MISTAKES_SHOWN = 20


def evaluate_pictures(options: argparse.Namespace) -> int:
    """Print the score; return 1 where pictures could not be opened, which then count neither way.

    Raises `UsageError` where the folder or CSV is not there, `ValueError` where there are no labelled pictures,
    `OSError` where misread ones cannot be copied, each with a sentence.
    """
    try:
        labelled, remarks = find_labelled(options.pictures)
    except LabelError as error:
        if options.pictures.exists():
            raise
        raise UsageError(str(error)) from error
    for remark in remarks:
        print(to_printable(remark), file=sys.stderr)
    if options.mistakes:
        _make_folder(options.mistakes)
    reader = recognizer(options.run)
    if not reader.dataset.is_digits:
        raise UsageError(
            f"--pictures measures how digits are read, and this model reads {reader.dataset.name}. Without it, the "
            "model is measured on the test images of its data set."
        )
    scored, notes = _read(reader, labelled)
    for name, note in notes:
        print(to_printable(f"{name}: {note}"), file=sys.stderr)
    if not scored:
        raise ValueError(f"None of the {len(labelled):,} labelled pictures could be opened.")
    result = score(scored)
    if options.mistakes:
        _copy(result.mistakes, labelled, options.mistakes)
    if options.json:
        unread = [{"file": name, "error": note} for name, note in notes]
        print(json.dumps({"run": options.run} | asdict(result) | {"unread": unread}))
    else:
        _print_score(result, len(notes), options.mistakes)
    return 1 if notes else 0


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OSError(f"The folder {folder} for misread pictures cannot be made: {os_reason(error)}.") from error


def _read(
    reader: "Recognizer", labelled: Sequence[LabelledPicture]
) -> tuple[list[ScoredPicture], list[tuple[str, str]]]:
    """Return what was read of all that can be opened, and (name, note) of the others: single digits first."""
    from tqdm import tqdm

    scored, notes = [], []
    with tqdm(total=len(labelled), unit="picture") as bar:
        for single in (True, False):
            chosen = [each for each in labelled if (len(each.label) == 1) == single]
            labels = iter([each.label for each in chosen])
            for batch in prefetch_batches(each.entry for each in chosen):
                readings = iter(reader.read_many([picture for _, picture, _ in batch if picture], single))
                count = len(batch)
                while batch:  # each picture is let go before the next ones come into memory
                    entry, picture, note = batch.pop(0)
                    label = next(labels)
                    if picture:
                        scored.append(ScoredPicture.from_reading(entry.name, label, next(readings)))
                    else:
                        notes.append((entry.name, note))
                    del picture
                bar.update(count)
    return scored, notes


def _copy(mistakes: Sequence[Mistake], labelled: Sequence[LabelledPicture], folder: Path) -> None:
    """Copy the misread pictures, pages of documents as PNG, named by what they are and what was read, surest first."""
    entries = {each.entry.name: each.entry for each in labelled}
    for place, each in enumerate(mistakes, 1):
        suffix, content = entries[each.file].to_file()
        path = folder / f"{place:04} {each.label[:40]} read as {each.text[:40] or 'nothing'}{suffix}"
        try:
            path.write_bytes(content)
        except OSError as error:
            raise OSError(f"A misread picture cannot be copied to {path}: {os_reason(error)}.") from error


def _print_score(result: PictureScore, unread: int, folder: Path | None) -> None:
    if result.digits:
        _print_digits(result.digits)
    if result.numbers:
        print(f"{_accuracy(result.numbers)} numbers; {percent(result.numbers.digits_right, 2)} of their digits right")
    if unread:
        print(f"Not opened, and counted neither way: {unread:,}")
    mistakes = result.mistakes
    for each in mistakes[:_MISTAKES_SHOWN]:
        sure = probability_percent(each.confidence)
        print(to_printable(f"  {each.file}: {each.label} read as {each.text or 'nothing'}  {sure}"))
    if len(mistakes) > _MISTAKES_SHOWN:
        print(f"  and {len(mistakes) - _MISTAKES_SHOWN:,} more; --json lists all, --mistakes DIR copies them")
    if folder:
        print(f"Copied the misread pictures to {to_printable(str(folder))}: {len(mistakes):,}")


def _print_digits(digits: SingleDigitScore) -> None:
    print(f"{_accuracy(digits)} digits")
    for row in digits.classes:
        print(f"  {row.digit}: {percent(row.accuracy, 2)} of {row.count:,}")
    if digits.calibration_error is not None:
        print(f"Expected calibration error {digits.calibration_error:.4f}")
    print(f"Refused, or without ink: {percent(digits.refused, 2)}")
    print("Confusion: a row a digit, a column what it was read as, the last one nothing")
    matrix = digits.confusion_matrix
    width = max(3, *(len(str(cell)) for row in matrix for cell in row)) + 1
    print("   " + "".join(f"{label:>{width}}" for label in [*range(10), "-"]))
    for row in digits.classes:
        cells = (f"{cell or '.':>{width}}" for cell in matrix[row.digit])
        print(f"  {row.digit}" + "".join(cells))


def _accuracy(part: SingleDigitScore | NumberScore) -> str:
    accuracy, low, high = (percent(share, 2) for share in (part.accuracy, *part.interval))
    return f"Accuracy {accuracy} ({low} to {high}), {part.correct:,} of {part.count:,}"
