"""Test images in rows, each with its label and what networks answered."""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

import streamlit as st

from core.config.dataset_spec import MNIST, DatasetSpec
from core.config.percent import probability_percent
from core.config.train_config import TrainConfig
from core.evaluation.comparison import Disagreement
from core.evaluation.confident_learning import DoubtfulLabel
from core.evaluation.label_errors import describe_known_error
from core.evaluation.misclassified import picture_url
from pages.widgets.components._assets import define_component
from pages.widgets.shared import workspace

_IMAGES_A_PAGE = 50
_MNIST = TrainConfig()

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


def show(found: Sequence[ReadImage], name: str, label: str, config: TrainConfig = _MNIST) -> None:
    """Show test images with the answers of one network, fifty at a time.

    name: identity of the gallery on its page.
    label: what the gallery shows, for screen readers.
    config: a recipe with their data set.
    """
    names = config.dataset.class_names
    images = [
        (
            each.index,
            [f"{names[each.label]} read as {names[each.answer]}", f"{probability_percent(each.confidence)} sure"],
        )
        for each in _page(found, name)
    ]
    _show(images, name, label, config)


def show_disagreements(found: Sequence[Disagreement], letters: str, name: str, config: TrainConfig) -> None:
    """Show test images on which networks disagree, fifty at a time.

    letters: one for each network, in the order of its answers.
    name: identity of the gallery on its page.
    config: a recipe with their data set.
    """
    names, article = config.dataset.class_names, "a " if config.dataset.is_digits else ""
    images = [
        (each.index, [f"is {article}{names[each.label]}", *_answers(each, letters, names)])
        for each in _page(found, name)
    ]
    _show(images, name, "Test images on which the networks disagree", config)


def show_doubtful(
    found: Sequence[DoubtfulLabel],
    name: str,
    label: str,
    of_training: bool = False,
    verb: str = "rather",
    config: TrainConfig = _MNIST,
) -> None:
    """Show test images whose label is doubted, or training images, fifty at a time; arguments as of `show`.

    verb: stands before the network's answer: "read" where that is what it reads, "rather" where it is only likelier
    than such labels usually are.
    """
    images = [(each.index, _doubt_lines(each, of_training, verb, config.dataset)) for each in _page(found, name)]
    _show(images, name, label, config, of_training)


def _doubt_lines(each: DoubtfulLabel, of_training: bool, verb: str, dataset: DatasetSpec) -> list[str]:
    label, answer = dataset.class_names[each.label], dataset.class_names[each.answer]
    said = [f"label {label}, {verb} {answer}", f"{answer}: {probability_percent(each.confidence)}"]
    people = "" if of_training or dataset != MNIST else describe_known_error(each.index)
    return [*said, people] if people else said


def _page(found: Sequence[_T], name: str) -> Sequence[_T]:
    """Show the control that pages through the images where they need several pages; return those of the chosen one."""
    pages = -(-len(found) // _IMAGES_A_PAGE)
    first = (st.pagination(pages, key=f"pages-{name}") - 1) * _IMAGES_A_PAGE if pages > 1 else 0
    return found[first : first + _IMAGES_A_PAGE]


def _answers(each: Disagreement, letters: str, names: Sequence[str]) -> list[str]:
    answered = zip(letters, each.answers, each.confidences, strict=True)
    return [f"{letter}: {names[answer]}, {probability_percent(confidence)}" for letter, answer, confidence in answered]


def _show(
    images: Iterable[tuple[int, list[str]]], name: str, label: str, config: TrainConfig, of_training: bool = False
) -> None:
    root = workspace.store().root
    shown = [{"url": picture_url(config, root, index, of_training), "lines": lines} for index, lines in images]
    data = {"images": shown, "label": label}
    _gallery(key=f"gallery-{name}", data=data)
