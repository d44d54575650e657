"""Reading numbers beside RapidOCR and Tesseract: lines of MNIST's test digits, and any folder with a numbers.csv.

The lines are composed at five degrees of hardness, from digits apart on clean paper to small ones that touch, slanted,
on squared paper in bad light. A folder's numbers.csv has the columns file, text (the digits, with '|' between lines)
and source. Numbers right: the share of which every digit is right. Digits right: 1 less the edits (insertions,
deletions, changes) that are still needed, for each digit. Sure and wrong: the share of numbers that are wrong although
the reader is sure of them (ours: no digit is refused or has a confidence below 80 %; another one: each line's score is
at least 0.8). The readers take turns at each picture; the time is the median.

RapidOCR and Tesseract: pip install -r requirements-ocr.txt, which also says where Tesseract's data come from. Without
them, ours is measured alone.

Usage: python -m benchmarks.number_reading [FOLDER] [--lines N] [--seed N] [--model PATH] [--readers NAME …]
       python -m benchmarks.number_reading --doubtful FOLDER    (lists the labels that all readers contradict alike)
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.limits import at_least, at_most, end
from benchmarks.number_lines import HARDNESS
from benchmarks.number_readers import OURS, RAPIDOCR, TESSERACT, NumberReader, find_readers
from benchmarks.number_scores import (
    MeasuredPicture,
    NumberPicture,
    NumbersError,
    ReaderScore,
    drawn_lines,
    find_numbers,
    measure,
    score_readers,
)

MAX_SURE_AND_WRONG = 0.02
MAX_MS_A_LINE = 40

_READER_WIDTH = max(map(len, (OURS, RAPIDOCR, TESSERACT)))
_MAX_GROUP_WIDTH = 40


def main() -> None:
    """Print the table and the limits, or the doubtful labels of a folder."""
    options = _options()
    try:
        listed = find_numbers(options.folder) if options.folder else []
        readers, notes = find_readers(options.model, options.readers)
        for note in notes:
            print(note)
        if options.doubtful:
            print_doubtful(listed, readers)
            return
        parts = {}
        if options.lines > 0:
            drawn = [line for degree in HARDNESS for line in drawn_lines(degree, options.seed, options.lines)]
            parts["drawn lines"] = drawn
        if listed:
            parts[str(options.folder)] = listed
        end(*print_parts(parts, readers))
    except NumbersError as error:
        sys.exit(str(error))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help="a folder with a numbers.csv")
    parser.add_argument("--doubtful", action="store_true", help="list the folder's doubtful labels, and nothing else")
    parser.add_argument("--lines", type=int, default=100, help="lines of each degree, 0 for none (default 100)")
    parser.add_argument("--seed", type=int, default=0, help="of the lines (default 0)")
    parser.add_argument("--model", type=Path, help="a .keras file or a run folder (default: the model that ships)")
    others = RAPIDOCR, TESSERACT
    words = "the others that are measured (default: both)"
    parser.add_argument("--readers", nargs="*", choices=others, default=others, metavar="NAME", help=words)
    options = parser.parse_args()
    if options.doubtful and not options.folder:
        parser.error("--doubtful needs a FOLDER with a numbers.csv")
    if options.lines <= 0 and not options.folder:
        parser.error("there is nothing to measure: name a FOLDER, or more than 0 lines")
    return options


def print_parts(parts: dict[str, list[NumberPicture]], readers: Sequence[NumberReader]) -> list[tuple[str, bool]]:
    """Print the table of the parts, each with its groups and, of several, with all of them; return its limits."""
    limits = []
    for name, pictures in parts.items():
        measured = measure(pictures, readers)
        groups = _by_group(measured)
        scores = score_readers(measured)
        rows = {group: score_readers(each) for group, each in groups.items()}
        if len(rows) > 1:
            rows[f"all of {name}"] = scores
        print("\n".join(table(rows)))
        limits += part_limits(name, scores)
    return limits


def _by_group(measured: Sequence[MeasuredPicture]) -> dict[str, list[MeasuredPicture]]:
    groups: dict[str, list[MeasuredPicture]] = {}
    for each in measured:
        groups.setdefault(each.group, []).append(each)
    return groups


def table(rows: dict[str, dict[str, ReaderScore]]) -> list[str]:
    """Return the lines of a table: for each group of pictures, a line for each reader, by the readers' names."""
    width = min(_MAX_GROUP_WIDTH, max(map(len, rows)))
    lines = [f"{'':{width}}  {'n':>5}  {'':{_READER_WIDTH}}  numbers right  digits right  sure and wrong  ms a line"]
    for group, scores in rows.items():
        for reader, score in scores.items():
            shares = f"{score.numbers_right:>13.1%}  {score.digits_right:>12.1%}  {score.sure_and_wrong:>14.1%}"
            what = f"{group[:width]:{width}}  {score.count:>5}  {reader:{_READER_WIDTH}}"
            lines.append(f"{what}  {shares}  {score.ms_a_line:>9.1f}")
    return lines


def part_limits(name: str, scores: dict[str, ReaderScore]) -> list[tuple[str, bool]]:
    """Return the limits of our score over a part of the pictures; that of whole numbers is RapidOCR's score."""
    ours = scores[OURS]
    limits = [at_most(f"{name}, sure and wrong", ours.sure_and_wrong, MAX_SURE_AND_WRONG, "{:.1%}")]
    if RAPIDOCR in scores:
        rival = scores[RAPIDOCR].numbers_right
        limits.append(at_least(f"{name}, numbers right (RapidOCR's share)", ours.numbers_right, rival, "{:.1%}"))
    return [*limits, at_most(f"{name}, a line", ours.ms_a_line, MAX_MS_A_LINE, "{:.1f} ms")]


def print_doubtful(pictures: Sequence[NumberPicture], readers: Sequence[NumberReader]) -> None:
    """Print the pictures whose label every reader contradicts with the same text, and the scores without them.

    Raises NumbersError where there is one reader only.
    """
    if len(readers) < 2:
        raise NumbersError(
            "A label is doubtful where several readers agree on another text, and ours is the only one here: "
            "pip install -r requirements-ocr.txt."
        )
    measured = measure(pictures, readers)
    doubtful = [each for each in measured if each.is_doubtful]
    for each in doubtful:
        print(f"{each.name}: the label is {each.label}, all read {each.agreed_text}")
    names = " and ".join(reader.name for reader in readers)
    print(f"{len(doubtful)} of {len(measured)} labels are doubtful: {names} agree on another text.")
    rows = {"with them": score_readers(measured)}
    if rest := [each for each in measured if not each.is_doubtful]:
        rows["without them"] = score_readers(rest)
    print("\n".join(table(rows)))


if __name__ == "__main__":
    main()
