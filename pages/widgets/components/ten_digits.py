"""The ten probe digits, each with what a network reads in it, updated in place."""

from collections.abc import Sequence

from core.config.percent import probability_percent
from core.datasets.probe_digits import ProbeDigits
from core.pictures.display import data_url, encode
from pages.widgets.components._assets import define_component

_ten_digits = define_component("ten_digits", "html", "css", "js")


def ten_digits(ten: ProbeDigits, answers: Sequence[int], confidences: Sequence[float], name: str) -> None:
    """Show the ten images with their answers; without answers their places are empty, so that nothing moves later.

    name: identity of the row on its page, for instance the run's id.
    """
    known = zip(answers, confidences, strict=True) if answers else [(None, 0.0)] * 10
    digits = [_digit(label, answer, confidence, ten) for label, (answer, confidence) in enumerate(known)]
    _ten_digits(key=f"ten-{name}", data={"digits": digits})


def _digit(label: int, answer: int | None, confidence: float, ten: ProbeDigits) -> dict[str, str]:
    owner = "Your own" if ten.own[label] else "MNIST's"
    digit = {
        "image": data_url(encode(ten.images[label])),
        "alt": f"{owner} {label}",
        "answer": "–",
        "confidence": " ",
        "state": "",
    }
    if answer is None:
        return digit
    return digit | {
        "alt": f"{owner} {label}, read as {answer} with {probability_percent(confidence, 0)}",
        "answer": str(answer),
        "confidence": probability_percent(confidence, 0),
        "state": "right" if answer == label else "wrong",
    }
