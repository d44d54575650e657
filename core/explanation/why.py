"""The reasons for one answer and against another: all that a page shows of them, as pictures and sentences."""

from dataclasses import dataclass

import numpy as np

from core.config.dataset_spec import DIGITS
from core.config.percent import probability_percent
from core.explanation.counterfactual import Change, smallest_change, strongest_stroke
from core.explanation.digits import ExplainedDigit
from core.explanation.evidence import integrated_gradients, occlusion
from core.explanation.network import ExplainedNetwork
from core.explanation.rendering import draw_change, draw_evidence
from core.explanation.wording import smallest_sentence, stroke_sentence


@dataclass(frozen=True, eq=False)
class Captioned:
    """A picture (336, 336, 3) uint8 in RGB with a title and a sentence."""

    title: str
    picture: np.ndarray
    sentence: str


@dataclass(frozen=True, eq=False)
class Answer:
    """The network's answer to the digit that is explained, seen once and as it is."""

    probabilities: np.ndarray  # (classes,) float32
    is_refused: bool
    names: tuple[str, ...] = DIGITS  # of the classes

    @classmethod
    def read(cls, network: ExplainedNetwork, digit: ExplainedDigit) -> "Answer":
        """Return the network's answer to a digit."""
        found = network.reader.predict_with_outlier_score(digit.image[None])
        return cls(found.probabilities[0], bool(found.refused[0]), network.reader.dataset.class_names)

    @property
    def order(self) -> list[int]:
        """Return the labels, the likeliest first."""
        return [int(label) for label in np.argsort(-self.probabilities, kind="stable")]

    @property
    def label(self) -> int:
        """Return the likeliest label."""
        return self.order[0]

    @property
    def name(self) -> str:
        """Return the name of the likeliest class."""
        return self.names[self.label]

    @property
    def confidence_text(self) -> str:
        """Return how sure the answer is, in words."""
        share = probability_percent(self.probabilities[self.label])
        what = "Not a digit" if self.names == DIGITS else "Like none of them"
        return f"{what}; the nearest is {self.name}, {share}" if self.is_refused else f"{share} sure"

    @property
    def note(self) -> str:
        """Return a sentence on an answer that was refused; '' of another one."""
        if not self.is_refused:
            return ""
        like = "a digit" if self.names == DIGITS else "any of them"
        return f"The network refuses this: it does not look like {like}. What follows is on its nearest, {self.name}."


def evidence_pictures(network: ExplainedNetwork, digit: ExplainedDigit, answer: int, other: int) -> list[Captioned]:
    """Return the evidence for `answer` against `other` by two methods, on the digit."""
    methods = (
        ("Integrated gradients", integrated_gradients, "What each bit of ink, or of open ground beside it, adds."),
        ("Occlusion", occlusion, "What is lost when a patch is erased, or filled with ink."),
    )
    return [
        Captioned(title, draw_evidence(find(network, digit.image, answer, other), digit.backdrop), sentence)
        for title, find, sentence in methods
    ]


def stroke_picture(network: ExplainedNetwork, digit: ExplainedDigit, answer: int, other: int) -> tuple[str, Captioned]:
    """Return the one stroke that matters most for `answer` against `other`: a sentence on it, and its picture."""
    change = strongest_stroke(network, digit.image, answer, other)
    caption = (
        f"The {'yellow ink added' if change.adds else 'red ink erased'}, and read again."
        if change
        else "None was found."
    )
    sentence = stroke_sentence(change, answer, other, network.reader.dataset.class_names)
    return sentence, _captioned("What matters most", digit, change, caption)


def smallest_picture(network: ExplainedNetwork, digit: ExplainedDigit, target: int) -> Captioned:
    """Return the smallest change that was found to have the digit read as `target`; raises `TimeoutError`."""
    change = smallest_change(network, digit.image, target)
    return _smallest_captioned(change, digit, target, network.reader.dataset.class_names)


def no_smallest_picture(digit: ExplainedDigit, target: int, names: tuple[str, ...] = DIGITS) -> Captioned:
    """Return what is shown in place of `smallest_picture` where its search took too long."""
    return _smallest_captioned(None, digit, target, names)


def _smallest_captioned(change: Change | None, digit: ExplainedDigit, target: int, names: tuple[str, ...]) -> Captioned:
    sentence = smallest_sentence(change, target, names)
    return _captioned(f"Smallest change to {names[target]}", digit, change, sentence)


def _captioned(title: str, digit: ExplainedDigit, change: Change | None, sentence: str) -> Captioned:
    picture = draw_change(change.difference if change else np.zeros((28, 28)), digit.backdrop)
    return Captioned(title, picture, sentence)
