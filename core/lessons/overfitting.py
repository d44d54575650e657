"""Lesson 3: overfitting on purpose, with few images, many epochs and no dropout."""

from collections.abc import Mapping

from core.config.named_stacks import OVERFITTING
from core.config.percent import percent
from core.datasets.split import count_training_images
from core.lessons.lesson import Guess, Lesson, NumberGuess, TeacherNotes
from core.lessons.wording import compare_shares, points
from core.runs.metrics_schema import MetricRow
from core.runs.view import RunView

_OVERFITTED = 0.05
_A_LITTLE = 0.01
_BY_HEART = 0.995
_RISEN = 1.05  # of the smallest validation loss

ARM = "few images"

LESSON = Lesson(
    name="overfitting",
    title="Overfitting on purpose",
    short="Overfitting",
    minutes=7,
    question="A large neural network with 670,000 weights gets only 275 training images, and sees them 30 times, "
    "without dropout. It will learn them by heart: 100 % of them right. How does it do on 5,000 images of the "
    "validation part, which it never trains on?",
    guess=NumberGuess("How many percent of the validation images does it read right in the end?", 0, 100, "%"),
    action="Train it on 275 images",
    look_for="Two things part: the line is how it reads the images it trains on, the diamonds are the images it does "
    "not train on. In the chart of the loss, do the diamonds turn up again?",
    notes=TeacherNotes(
        "Learning by heart is not understanding. Only images kept out of training show the difference.",
        "Training reaches 100 % within ten epochs; validation stays near 88 %. The gap is overfitting.",
        (
            (
                "What would help?",
                "More images first of all; then dropout, augmentation, a smaller network, fewer epochs.",
            ),
            (
                "Who overfits in everyday life?",
                "Whoever learns the answers of last year's test, and cannot solve this year's.",
            ),
        ),
        "A high training accuracy says nothing about new images. Do not call the gap 'mistakes of the test'.",
    ),
    arms={ARM: {"layers": OVERFITTING, "epochs": 30, "training_share": 0.005}},
)


def outcome(views: Mapping[str, RunView], guess: Guess) -> tuple[str, ...]:
    """Return what came of the run, in sentences, the first on the guess; none where nothing was validated."""
    view = views[ARM]
    validated = [row for row in view.rows if row.val_accuracy is not None and row.val_loss is not None]
    if not validated:
        return ()
    last = validated[-1]
    accuracy = last.val_accuracy or 0.0
    return (
        compare_shares(float(guess), accuracy, "of the validation images it reads"),
        _gap(count_training_images(view.config), last.accuracy, accuracy),
        _loss(validated),
    )


def _gap(images: int, training: float, validation: float) -> str:
    gap = training - validation
    heart = "all" if training >= _BY_HEART else percent(training)
    start = f"Of its own {images:,} training images it reads {heart} right"
    if gap >= _OVERFITTED:
        return (
            f"{start}: {points(gap)} more than of new ones. This gap is overfitting: it has learned its images by "
            "heart, and not all of that holds for others."
        )
    if gap >= _A_LITTLE:
        return f"{start}: {points(gap)} more than of new ones. It overfits, but less than is usual with so few images."
    return (
        f"{start}, and new ones as well. There is no overfitting here, which is not what usually happens: with more "
        "epochs, or fewer images, it would come."
    )


def _loss(validated: list[MetricRow]) -> str:
    losses = [row.val_loss or 0.0 for row in validated]
    best = min(range(len(losses)), key=losses.__getitem__)
    epoch = round(validated[best].epoch)
    if losses[-1] > _RISEN * losses[best]:
        return (
            f"Its validation loss was smallest after epoch {epoch} ({losses[best]:.2f}) and has risen to "
            f"{losses[-1]:.2f} since: it grows surer of its mistakes. Early stopping would have ended the training "
            "there."
        )
    if best < len(losses) - 1:
        return (
            f"Its validation loss hardly changed after epoch {epoch} ({losses[best]:.2f}): the other epochs brought "
            "nothing for new images."
        )
    return (
        f"Its validation loss still fell in the last epoch, to {losses[-1]:.2f}: it went on learning what holds for "
        "all."
    )
