"""A measure of how well a reader learns a hand: five writers with forms that no training had, before and after.

A digit counts as read where the page shows it: its label is right and it is not refused. Of each writer 1, 5, 10, 20
and 50 digits are corrected (of which every fifth of a digit is kept out, as always), and others of the same forms read.

Usage: python -m benchmarks.teaching [--corrections N …] [--digits N] [--writers N …] [--other-writers]
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.limits import at_least, at_most, end
from benchmarks.teaching_writers import CANVAS_PX, OTHER_WRITERS, WRITERS
from core.corrections import CorrectionStore
from core.preprocessing.canvas_drawing import Drawing
from core.recognition.edits import EditHistory
from core.recognition.kept_corrections import ReadBy, correct_drawing
from core.recognition.reading_view import ReadingView
from core.recognition.recognizer import Recognizer
from core.recognition.results import read_drawing
from core.runs.store import RunStore
from core.runs.teaching import read_result
from core.training.teaching import teach
from core.training.teaching_filing import file_teaching

_JUDGED = 20  # the number of corrections after which the limits hold


def main():
    """Print a row for each writer and number of corrections, and how the limits are kept."""
    options = _options()
    shipped = Recognizer.load()
    found = []
    print(f"{'writer':52s}{'corrections':>11s}{'before':>8s}{'after':>7s}{'guess':>7s}  MNIST, refused, learning")
    for count in options.corrections:
        for writer in _writers(options):
            found.append(_measure(shipped, writer, count, options.digits))
            print(_row(writer, found[-1]), flush=True)
    judged = [each for each in found if each["count"] == _JUDGED]
    if judged:
        end(
            at_most("digits that were read before", max(each["before"] for each in judged), 0.8, "{:.1%}"),
            at_least("digits that are read after", min(each["after"] for each in judged), 0.95, "{:.1%}"),
            at_most("points lost on MNIST", 100 * max(each["lost"] for each in judged), 0.05),
            at_least("of what is no digit, refused", min(each["refused"] for each in judged), 0.9, "{:.1%}"),
            at_most("seconds of learning", max(each["learning_s"] for each in judged), 45.0, "{:.0f}"),
        )


def _options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corrections", type=int, nargs="+", default=[1, 5, 10, 20, 50])
    parser.add_argument("--digits", type=int, default=200, help="of each writer that are read (default 200)")
    parser.add_argument("--writers", type=int, nargs="+", metavar="N", help="only these, 1 to 5 (default all)")
    parser.add_argument("--other-writers", action="store_true", help="those with which the way to learn was chosen")
    return parser.parse_args()


def _writers(options):
    writers = OTHER_WRITERS if options.other_writers else WRITERS
    return [each for number, each in enumerate(writers, 1) if number in (options.writers or range(1, len(writers) + 1))]


def _measure(shipped, writer, count, digits):
    """Correct so many of a writer's digits, learn, and return what is read of others."""
    labels = list(writer.forms)
    rng, other_rng = np.random.default_rng(1), np.random.default_rng(2)
    others = [(label, writer.draw(label, other_rng)) for label in labels for _ in range(digits // len(labels))]
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(folder)
        for number in range(count):
            label = labels[number % len(labels)]
            CorrectionStore(Path(folder)).add(correct(shipped, writer.draw(label, rng), label))
        run = file_teaching(store)
        began_s = time.process_time()
        status = teach(run.config(), run)
        used_s = time.process_time() - began_s
        result, after = read_result(run), Recognizer.load(run.folder)
        assert result is not None, "a finished run has a result"
        shown, guessed = _read(after, others)
        return {
            "count": count,
            "before": _read(shipped, others)[0],
            "after": shown,
            "guess": guessed,
            "mnist": result.after.test_accuracy,
            "lost": result.before.test_accuracy - result.after.test_accuracy,
            "refused": result.after.refused,
            "share": result.share,
            "learning_s": status.train_s,
            "cpu_s": used_s,
        }


def correct(reader, strokes, label):
    """Return the correction of a drawing as a person makes it on the Recognize page."""
    path = [{"path": [["ML"[place > 0], *point] for place, point in enumerate(each.tolist())]} for each in strokes]
    drawing = Drawing({"objects": path}, CANVAS_PX, CANVAS_PX)
    view = ReadingView.of(read_drawing(reader, drawing, single=True), EditHistory(), "drawing")
    assert view.digit is not None, "every drawing has ink"
    return correct_drawing(drawing, view.digit, str(label), ReadBy("shipped", "Shipped with the app"))


def _read(reader, digits):
    """Return the share of digits (label, strokes) that is shown right, and that of those whose best guess is right."""
    found = [(label, reader.read_strokes(strokes).digits[0]) for label, strokes in digits]
    guessed = np.array([each.label == label for label, each in found])
    return float((guessed & ~np.array([each.refused for _, each in found])).mean()), float(guessed.mean())


def _row(writer, found):
    return (
        f"{writer.name:52s}{found['count']:11d}{found['before']:8.1%}{found['after']:7.1%}{found['guess']:7.1%}"
        f"{found['mnist']:8.2%} ({-100 * found['lost']:+.2f}){found['refused']:8.1%}{found['learning_s']:7.0f} s "
        f"(share {found['share']}, all of it {found['cpu_s']:.0f} s of CPU)"
    )


if __name__ == "__main__":
    main()
