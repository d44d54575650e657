"""Lesson 7: how often a network is right when it says that it is 90 % sure."""

import numpy as np

from core.config.percent import percent
from core.evaluation.calibration import expected_calibration_error
from core.evaluation.report import wilson_interval
from core.lessons.lesson import Guess, Lesson, NumberGuess, TeacherNotes
from core.lessons.wording import compare_shares, points

LOW, HIGH = 0.85, 0.95
"""The confidence of the answers that are looked at: about 90 %."""

_FEW = 20

LESSON = Lesson(
    name="honesty",
    title="Is its confidence honest?",
    short="Honesty",
    minutes=7,
    question="Beside its answer the network says how sure it is: its confidence. Take the test images where it says "
    "85 to 95 %, so about 90 %. If it is honest, it is right in 9 of 10 of them. What do you think?",
    guess=NumberGuess("In how many percent of those images is it right?", 0, 100, "%"),
    action="Count it",
    look_for="Each point is a group of images. On the dashed line a network is as often right as it says; below it, "
    "it is too sure of itself. Try the network of lesson 3 as well.",
    notes=TeacherNotes(
        "A confidence is a promise that can be checked: by counting how often it holds.",
        "The shipped network was calibrated and is honest within chance. A network that overfits is too sure.",
        (
            ("A forecast says 30 % rain, and it rains. Was it wrong?", "Not by one day. Count all days with 30 %."),
            (
                "How can one make a network more honest?",
                "Divide what goes into softmax by a number, the temperature, that fits other images best.",
            ),
        ),
        "Good networks are seldom 90 % sure: there are few such images, and their share varies by chance.",
    ),
)


def outcome(probabilities: np.ndarray, labels: np.ndarray, guess: Guess) -> tuple[str, ...]:
    """Return how honest (n, 10) probabilities of images with (n,) labels are, in sentences, the first on the guess."""
    confidences, right = probabilities.max(axis=1).astype(np.float64), probabilities.argmax(axis=1) == labels
    chosen = (confidences >= LOW) & (confidences <= HIGH)
    count, correct = int(chosen.sum()), int(right[chosen].sum())
    error = expected_calibration_error(probabilities, labels)
    overall = (
        f"Over all {len(labels):,} images its confidence lies {points(error)} from how often it is right, on average "
        f"(the calibration error). It is right in {percent(float(right.mean()))} of them, and says "
        f"{percent(float(confidences.mean()))}."
    )
    if not count:
        none = (
            f"It was never 85 to 95 % sure in {len(labels):,} images, so your guess of {guess:g} % cannot be counted."
        )
        return none, overall
    said = float(confidences[chosen].mean())
    return compare_shares(float(guess), correct / count, "it is right in"), _promise(correct, count, said), overall


def _promise(correct: int, count: int, said: float) -> str:
    """Return whether `said`, the mean confidence of so many answers, is what chance allows."""
    low, high = wilson_interval(correct, count)
    start = f"In {count:,} of the images it said about {percent(said, 0)}, and was right in {correct:,}"
    chance = f"with so many images, chance allows {percent(low, 0)} to {percent(high, 0)}"
    if low <= said <= high:
        few = " There are few such images, so this is not certain." if count < _FEW else ""
        return f"{start}. That is honest: {chance}.{few}"
    if said > high:
        return f"{start}. It is too sure of itself: {chance}, and {percent(said, 0)} is above that."
    return f"{start}. It is better than it says: {chance}, and {percent(said, 0)} is below that."
