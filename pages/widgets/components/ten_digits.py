"""The probe images, one of each class, each with what a network reads in it, updated in place."""

from collections.abc import Sequence

from core.config.percent import probability_percent
from core.datasets.probe_digits import ProbeDigits
from core.evaluation.predictions import Array
from core.pictures.display import data_url, encode
from pages.widgets.components._assets import define_component

_MNISTS = "MNIST's"
_ten_digits = define_component("ten_digits", "html", "css", "js")


def ten_digits(ten: ProbeDigits, answers: Sequence[int], confidences: Sequence[float], name: str) -> None:
    """Show the ten images with their answers; without answers their places are empty, so that nothing moves later.

    name: identity of the row on its page, for instance the run's id.
    """
    owned = [f"{'Your own' if own else _MNISTS} {label}" for label, own in enumerate(ten.own)]
    digits = [str(label) for label in range(len(owned))]
    _show("Ten digits, read while it learns", ten.images, owned, digits, answers, confidences, name)


def class_images(
    images: Array, names: Sequence[str], answers: Sequence[int], confidences: Sequence[float], name: str
) -> None:
    """Show one image of each class with its answer; `names` are those of the classes, the rest as of `ten_digits`."""
    title = f"One of each of {len(names)} classes, read while it learns"
    _show(title, images, list(names), names, answers, confidences, name)


def _show(
    title: str,
    images: Array,
    alts: Sequence[str],
    names: Sequence[str],
    answers: Sequence[int],
    confidences: Sequence[float],
    name: str,
) -> None:
    known = zip(answers, confidences, strict=True) if answers else [(None, 0.0)] * len(names)
    entries = [
        _entry(label, answer, confidence, images[label], alts[label], names)
        for label, (answer, confidence) in enumerate(known)
    ]
    _ten_digits(key=f"ten-{name}", data={"title": title, "digits": entries})


def _entry(
    label: int, answer: int | None, confidence: float, image: Array, alt: str, names: Sequence[str]
) -> dict[str, str]:
    entry = {"image": data_url(encode(image)), "alt": alt, "answer": "–", "confidence": " ", "state": ""}
    if answer is None:
        return entry
    return entry | {
        "alt": f"{alt}, read as {names[answer]} with {probability_percent(confidence, 0)}",
        "answer": names[answer],
        "confidence": probability_percent(confidence, 0),
        "state": "right" if answer == label else "wrong",
    }
