"""Lesson 6: a network of convolutions beside a dense one, on digits that are not in the middle."""

from collections.abc import Mapping, Sequence

from core.config.percent import percent
from core.datasets.mnist import load_mnist
from core.explanation.breakable_network import TEST_IMAGES
from core.explanation.damage import Damage, damage_images
from core.lessons.lesson import Guess, Lesson, NumberGuess, TeacherNotes
from core.lessons.wording import compare_shares, points
from core.recognition.recognizer import Recognizer

SHIFTS_PX = tuple(range(7))
"""The shifts to the right that are read, in pixels."""

ASKED_PX = 4
"""The shift that the guess is about."""

_RECIPE = {"epochs": 2, "training_share": 0.4}
_EQUAL = 0.03
_SAFE = 0.9  # of the accuracy in the middle
DENSE, CONVOLUTIONS = "dense layers", "convolutions"

LESSON = Lesson(
    name="shifts",
    title="Convolutions against dense layers",
    short="Convolutions",
    minutes=10,
    question="In MNIST every digit stands in the middle. Two networks learn from the same 22,000 images: one of dense "
    "layers, which has a weight for every pixel, and one of convolutions, which look for the same small strokes "
    f"everywhere. Then each digit is moved {ASKED_PX} pixels to the right, a seventh of the picture.",
    guess=NumberGuess("How many percent of the moved digits does the dense one still read right?", 0, 100, "%"),
    action="Train both, then move the digits",
    look_for="In the middle both are about equal. Which line falls first, and does the other one stay up for good?",
    notes=TeacherNotes(
        "What a network is made of decides what it takes for the same: convolutions know that strokes can be anywhere.",
        "Dense layers fall to about 35 % at 4 pixels, convolutions to about 60 %. Both fall: above the convolutions "
        "stands a dense layer, too.",
        (
            (
                "Why does one pixel more matter so much to dense layers?",
                "Each weight belongs to one pixel. Ink on another pixel meets weights made for something else.",
            ),
            (
                "How else could one make a network stand shifts?",
                "Train with moved images (augmentation), or centre first.",
            ),
        ),
        "'Convolutions do not mind shifts' is too strong: they mind them less.",
    ),
    arms={
        DENSE: _RECIPE,
        CONVOLUTIONS: {
            "layers": (
                {"class_name": "Conv2D", "filters": 8, "kernel_size": 5, "activation": "relu"},
                {"class_name": "MaxPooling2D"},
                {"class_name": "Conv2D", "filters": 16, "kernel_size": 5, "activation": "relu"},
                {"class_name": "MaxPooling2D"},
                {"class_name": "Flatten"},
            ),
            **_RECIPE,
        },
    },
)


def shifted_accuracies(reader: Recognizer) -> tuple[float, ...]:
    """Return the share, 0 to 1, of `TEST_IMAGES` test images that are read right at each of `SHIFTS_PX`."""
    test = load_mnist().test
    images, labels = test.images[:TEST_IMAGES], test.labels[:TEST_IMAGES]
    answers = (reader.classify(damage_images(images, Damage(shift_px=px))).argmax(axis=1) for px in SHIFTS_PX)
    return tuple(float((each == labels).mean()) for each in answers)


def outcome(accuracies: Mapping[str, Sequence[float]], guess: Guess) -> tuple[str, ...]:
    """Return what came of moving the digits, in sentences, the first on the guess.

    accuracies: `shifted_accuracies` of both arms.
    """
    dense, convolutions = accuracies[DENSE], accuracies[CONVOLUTIONS]
    return (
        compare_shares(float(guess), dense[ASKED_PX], f"moved by {ASKED_PX} pixels, dense layers read"),
        _in_the_middle(dense[0], convolutions[0]),
        _moved(dense[ASKED_PX], convolutions[ASKED_PX]),
        _limit(convolutions),
    )


def _in_the_middle(dense: float, convolutions: float) -> str:
    if abs(dense - convolutions) <= _EQUAL:
        return (
            f"In the middle both read about alike: {percent(dense)} with dense layers, {percent(convolutions)} with "
            "the other."
        )
    ahead, share, other = (DENSE, dense, convolutions) if dense > convolutions else (CONVOLUTIONS, convolutions, dense)
    return f"Already in the middle they differ: {ahead} read {percent(share)}, the other network {percent(other)}."


def _moved(dense: float, convolutions: float) -> str:
    lead = convolutions - dense
    if lead > _EQUAL:
        return (
            f"Moved by {ASKED_PX} pixels, convolutions still read {percent(convolutions)}, {points(lead)} more: a "
            "stroke is the same to them wherever it stands."
        )
    if lead < -_EQUAL:
        return (
            f"Moved by {ASKED_PX} pixels, convolutions read only {percent(convolutions)}, {points(lead)} less than "
            "dense layers. That is not what usually happens: run it again, with other first weights."
        )
    return f"Moved by {ASKED_PX} pixels, both are about alike, which is not usual: convolutions mostly keep more."


def _limit(convolutions: Sequence[float]) -> str:
    fallen = next(
        (px for px, share in zip(SHIFTS_PX, convolutions, strict=True) if share < _SAFE * convolutions[0]), None
    )
    if fallen is None:
        return f"Up to {SHIFTS_PX[-1]} pixels convolutions lose less than a tenth."
    return (
        f"But from {fallen} pixels on convolutions lose more than a tenth, too: what follows them is a dense layer, "
        "which does mind where a stroke was found."
    )
