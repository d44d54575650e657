"""Lesson 2: the first network, trained on every image once."""

from collections.abc import Mapping

from core.config.percent import percent
from core.datasets.split import count_training_images
from core.evaluation.outcome import NEAR_CHANCE
from core.evaluation.report import most_confused
from core.lessons.lesson import Guess, Lesson, NumberGuess, TeacherNotes
from core.lessons.wording import compare_shares
from core.runs.report_schema import Report
from core.runs.view import RunView

_FIRST_ROWS_SHARE = 0.5  # of the epoch

ARM = "first network"

LESSON = Lesson(
    name="first-network",
    title="Train your first network",
    short="First network",
    minutes=5,
    question="A new neural network knows nothing: its weights are random, and it reads 1 digit in 10 right, by luck. "
    "Show it 55,000 handwritten digits, each once (one epoch), with the right answer. Afterwards it is asked about "
    "10,000 test images that it has never seen.",
    guess=NumberGuess("How many percent of the test images does it read right?", 0, 100, "%"),
    action="Train it",
    look_for="The curve begins near 10 %, which is luck. Where does it rise most: at the beginning or at the end?",
    notes=TeacherNotes(
        "A network learns from examples, not from rules, and most of it at once.",
        "About 95 % after one epoch, in a second or two. Most of it is learned from the first third of the images.",
        (
            (
                "Did anyone tell it what a 7 looks like?",
                "No. It was shown 7s with the answer, and changed its weights.",
            ),
            (
                "Why test with images that it has not seen?",
                "Else it could have learned them by heart. We want to know how it reads new ones.",
            ),
        ),
        "The training curve is a mean over the last images, so it lags behind: validation can lie above it.",
    ),
    arms={ARM: {"epochs": 1}},
)


def outcome(views: Mapping[str, RunView], guess: Guess) -> tuple[str, ...]:
    """Return what came of the finished run, in sentences, the first on the guess; none where it has no report."""
    view = views[ARM]
    report = view.report
    if report is None:
        return ()
    return (
        compare_shares(float(guess), report.accuracy, "of the test images it reads"),
        _learned(view, report),
        *_speed(view, report),
        *_mistake(report),
    )


def _learned(view: RunView, report: Report) -> str:
    images = count_training_images(view.config)
    if report.accuracy < NEAR_CHANCE:
        return (
            f"That is hardly more than luck, 10 %. After {images:,} images this network has learned next to nothing: "
            "run the lesson again, with other first weights."
        )
    wrong = report.count - report.correct
    return (
        f"From {images:,} images, each seen once in {view.train_s:.1f} s, it learned to read {report.correct:,} of "
        f"{report.count:,} new ones; {wrong:,} are wrong."
    )


def _speed(view: RunView, report: Report) -> tuple[str, ...]:
    """Return where in the epoch it learned most; nothing where too little was measured."""
    early = [row for row in view.rows if row.epoch <= _FIRST_ROWS_SHARE * view.epochs]
    if report.accuracy < NEAR_CHANCE or len(early) < 2 or view.last_row is None:
        return ()
    first, half, last = view.rows[0].accuracy, early[-1].accuracy, view.last_row.accuracy
    if half - first > last - half:
        return (
            f"It learned fastest at the beginning: from {percent(first, 0)} to {percent(half, 0)} in the first half of "
            f"the training images, and only to {percent(last, 0)} in the second.",
        )
    return (f"It was still learning at the end: {percent(half, 0)} after half of the images, then {percent(last, 0)}.",)


def _mistake(report: Report) -> tuple[str, ...]:
    digit, answer = most_confused(report.confusion_matrix)
    times = report.confusion_matrix[digit][answer]
    if not times:
        return ()
    return (f"Its most frequent mistake: a {digit} read as a {answer}, {times} time{'s' * (times != 1)}.",)
