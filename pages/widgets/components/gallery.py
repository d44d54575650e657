"""Test images in rows, each with its label and what networks answered."""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

import streamlit as st

from core.config.percent import probability_percent
from core.evaluation.comparison import Disagreement
from core.evaluation.confident_learning import DoubtfulLabel
from core.evaluation.label_errors import describe_known_error
from core.evaluation.misclassified import picture_url
from pages.widgets.components._assets import define_component

_IMAGES_A_PAGE = 50

_T = TypeVar("_T")
_gallery = define_component("gallery", "html", "css", "js")


class ReadImage(Protocol):
    """A test image with what a network read in it."""

    @property
    def index(self) -> int:
        """Return its index among the test images."""
        ...

    @property
    def label(self) -> int:
        """Return its label."""
        ...

    @property
    def answer(self) -> int:
        """Return what was read."""
        ...

    @property
    def confidence(self) -> float:
        """Return how sure the network was, 0 to 1."""
        ...


def show(found: Sequence[ReadImage], name: str, label: str) -> None:
    """Show test images with the answers of one network, fifty at a time.

    name: identity of the gallery on its page.
    label: what the gallery shows, for screen readers.
    """
    images = [
        (each.index, [f"{each.label} read as {each.answer}", f"{probability_percent(each.confidence)} sure"])
        for each in _page(found, name)
    ]
    _show(images, name, label)


def show_disagreements(found: Sequence[Disagreement], letters: str, name: str) -> None:
    """Show test images on which networks disagree, fifty at a time.

    letters: one for each network, in the order of its answers.
    name: identity of the gallery on its page.
    """
    images = [(each.index, [f"is a {each.label}", *_answers(each, letters)]) for each in _page(found, name)]
    _show(images, name, "Test images on which the networks disagree")


def show_doubtful(
    found: Sequence[DoubtfulLabel], name: str, label: str, of_training: bool = False, verb: str = "rather"
) -> None:
    """Show test images whose label is doubted, or training images, fifty at a time; arguments as of `show`.

    verb: stands before the network's answer: "read" where that is what it reads, "rather" where it is only likelier
    than such labels usually are.
    """
    images = [(each.index, _doubt_lines(each, of_training, verb)) for each in _page(found, name)]
    _show(images, name, label, of_training)


def _doubt_lines(each: DoubtfulLabel, of_training: bool, verb: str) -> list[str]:
    said = [f"label {each.label}, {verb} {each.answer}", f"{each.answer}: {probability_percent(each.confidence)}"]
    people = "" if of_training else describe_known_error(each.index)
    return [*said, people] if people else said


def _page(found: Sequence[_T], name: str) -> Sequence[_T]:
    """Show the control that pages through the images where they need several pages; return those of the chosen one."""
    pages = -(-len(found) // _IMAGES_A_PAGE)
    first = (st.pagination(pages, key=f"pages-{name}") - 1) * _IMAGES_A_PAGE if pages > 1 else 0
    return found[first : first + _IMAGES_A_PAGE]


def _answers(each: Disagreement, letters: str) -> list[str]:
    answered = zip(letters, each.answers, each.confidences, strict=True)
    return [f"{letter}: {answer}, {probability_percent(confidence)}" for letter, answer, confidence in answered]


def _show(images: Iterable[tuple[int, list[str]]], name: str, label: str, of_training: bool = False) -> None:
    shown = [{"url": picture_url(index, of_training), "lines": lines} for index, lines in images]
    data = {"images": shown, "label": label}
    _gallery(key=f"gallery-{name}", data=data)
