"""A model's score on labelled pictures: in words or as JSON, with the pictures that it misreads."""

import json
import sys
from pathlib import Path

from core.cli.models import recognizer
from core.evaluation.picture_scores import ScoredPicture, score
from core.pictures.file_names import to_printable
from core.pictures.labelled import find_labelled
from core.pictures.prefetch import prefetch_batches

_MISTAKES_SHOWN = 20


def evaluate_pictures(options) -> int:
    """Print the score; return 1 where pictures could not be opened, which then count neither way."""
    labelled, told = find_labelled(options.pictures)
    for sentence in told:
        print(to_printable(sentence), file=sys.stderr)
    reader = recognizer(options.run)
    if options.mistakes:
        options.mistakes.mkdir(parents=True, exist_ok=True)
    answers, notes = _read(reader, labelled)
    for name, note in notes:
        print(to_printable(f"{name}: {note}"), file=sys.stderr)
    if not answers:
        raise ValueError(f"None of the {len(labelled):,} labelled pictures could be opened.")
    result = score(answers)
    if options.mistakes:
        _copy(result["mistakes"], {each.entry.name: each.entry for each in labelled}, options.mistakes)
    if options.json:
        unread = [{"file": name, "error": note} for name, note in notes]
        print(json.dumps({"run": options.run} | result | {"unread": unread}))
    else:
        _print_score(result, len(notes), options.mistakes)
    return 1 if notes else 0


def _read(reader, labelled):
    """The answers to all that can be opened, and (name, note) of the others: single digits first, then numbers."""
    from tqdm import tqdm

    answers, notes = [], []
    with tqdm(total=len(labelled), unit="picture") as bar:
        for single in (True, False):
            chosen = [each for each in labelled if (len(each.label) == 1) == single]
            labels = iter(each.label for each in chosen)
            for batch in prefetch_batches(each.entry for each in chosen):
                readings = iter(reader.read_many([picture for _, picture, _ in batch if picture], single))
                for (entry, picture, note), label in zip(batch, labels, strict=False):
                    if picture:
                        answers.append(ScoredPicture.from_reading(entry.name, label, next(readings)))
                    else:
                        notes.append((entry.name, note))
                bar.update(len(batch))
                del batch, picture  # before the next ones come into memory
    return answers, notes


def _copy(mistakes, entries, folder):
    """Copies of the misread pictures, named by what they are and what was read, the surest first."""
    for place, each in enumerate(mistakes, 1):
        suffix = Path(each["file"]).suffix
        name = f"{place:04} {each['label'][:40]} read as {each['text'][:40] or 'nothing'}{suffix}"
        (folder / name).write_bytes(entries[each["file"]].read())


def _print_score(result, unread, folder):
    if result["digits"]:
        _print_digits(result["digits"])
    if result["numbers"]:
        numbers = result["numbers"]
        print(f"{_accuracy(numbers)} numbers; {numbers['digits_right']:.2%} of their digits right")
    if unread:
        print(f"Not opened, and counted neither way: {unread:,}")
    mistakes = result["mistakes"]
    for each in mistakes[:_MISTAKES_SHOWN]:
        print(
            to_printable(
                f"  {each['file']}: {each['label']} read as {each['text'] or 'nothing'}  {each['confidence']:.1%}"
            )
        )
    if len(mistakes) > _MISTAKES_SHOWN:
        print(f"  and {len(mistakes) - _MISTAKES_SHOWN:,} more; --json lists all, --mistakes DIR copies them")
    if folder:
        print(f"Copied the misread pictures to {to_printable(str(folder))}: {len(mistakes):,}")


def _print_digits(digits):
    print(f"{_accuracy(digits)} digits")
    for row in digits["classes"]:
        print(f"  {row['digit']}: {row['accuracy']:.2%} of {row['count']:,}")
    if digits["calibration_error"] is not None:
        print(f"Expected calibration error {digits['calibration_error']:.4f}")
    print(f"Refused, or without ink: {digits['refused']:.2%}")
    print("Confusion: a row a digit, a column what it was read as, the last one nothing")
    matrix = digits["confusion_matrix"]
    width = max(3, *(len(str(cell)) for row in matrix for cell in row)) + 1
    print("   " + "".join(f"{label:>{width}}" for label in [*range(10), "-"]))
    for row in digits["classes"]:
        cells = (f"{cell or '.':>{width}}" for cell in matrix[row["digit"]])
        print(f"  {row['digit']}" + "".join(cells))


def _accuracy(part):
    low, high = part["interval"]
    return f"Accuracy {part['accuracy']:.2%} ({low:.2%} to {high:.2%}), {part['correct']:,} of {part['count']:,}"
