"""The forms in which digits are drawn: whole ones, and those that combine the parts of a family."""

from collections.abc import Sequence
from functools import cache
from itertools import product
from typing import NamedTuple

import numpy as np

from core.datasets.pen_paths import Stroke, parse_strokes
from core.datasets.written_forms import (
    hurried_forms_of_0_to_4,
    hurried_forms_of_5_to_9,
    parts_of_0_to_4,
    parts_of_5_to_9,
)
from core.datasets.written_forms.whole_forms import FORMS

FAMILIES = parts_of_0_to_4.FAMILIES | parts_of_5_to_9.FAMILIES
"""The families of each digit's forms."""

HURRIED = hurried_forms_of_0_to_4.HURRIED | hurried_forms_of_5_to_9.HURRIED
"""The families of the forms in which hurried hands write each digit."""


class Form(NamedTuple):
    """One way of writing a digit: its pen path, and whether it is kept aside from training."""

    path: str
    is_aside: bool


class _Part(NamedTuple):
    path: str
    is_aside: bool


class _Choice(NamedTuple):
    """The forms that are chosen from, with the running sums of their shares."""

    forms: tuple[Form, ...]
    sums: np.ndarray


def choose_form(label: int, aside: bool, rng: np.random.Generator, whole_share: float = 0.3) -> Form:
    """Return a form of the digit at random: one of those kept aside from training, or none of them.

    whole_share: how many of the forms for training are whole ones, in place of a family's.
    """
    if not aside and rng.random() < whole_share:
        return choose_whole_form(label, rng)
    return _choose(_combined_forms(label, aside), rng)


def choose_hurried_form(label: int, aside: bool, rng: np.random.Generator) -> Form:
    """Return a form of the digit as hurried hands write it, at random: kept aside from training, or for it."""
    return _choose(_hurried_forms(label, aside), rng)


def choose_whole_form(label: int, rng: np.random.Generator) -> Form:
    """Return one of the digit's whole forms at random, by their weights."""
    return _choose(_whole_forms(label), rng)


@cache
def strokes_of(form: Form) -> list[Stroke]:
    """Return the form's strokes, in a box of 100×100, y downward."""
    return parse_strokes(form.path)


def _choose(choice: _Choice, rng: np.random.Generator) -> Form:
    return choice.forms[int(np.searchsorted(choice.sums, rng.random()))]


@cache
def _whole_forms(label: int) -> _Choice:
    lines = [line.split(maxsplit=1) for line in FORMS[label].strip().splitlines()]
    return _choice([Form(path, False) for _, path in lines], [float(weight) for weight, _ in lines])


@cache
def _combined_forms(label: int, aside: bool) -> _Choice:
    return _combine_families(FAMILIES[label], aside)


@cache
def _hurried_forms(label: int, aside: bool) -> _Choice:
    return _combine_families(HURRIED[label], aside)


def _combine_families(families: Sequence[Sequence[str]], aside: bool) -> _Choice:
    """Return every form of the families that has a part kept aside, or every one that has none.

    Each family is as frequent as it has forms with none, by the square root, so that large ones do not hide the others.
    """
    forms, weights = [], []
    for family in families:
        combined = [_combine(parts) for parts in product(*map(_parse_place, family))]
        chosen = [(form, weight) for form, weight in combined if form.is_aside == aside]
        total = sum(weight for _, weight in chosen)
        forms += [form for form, _ in chosen]
        weights += [weight / total * len(chosen) ** 0.5 for _, weight in chosen]
    return _choice(forms, weights)


def _choice(forms: list[Form], weights: list[float]) -> _Choice:
    sums = np.cumsum(weights) / np.sum(weights)
    sums[-1] = 1
    return _Choice(tuple(forms), sums)


def _combine(parts: tuple[tuple[float, _Part], ...]) -> tuple[Form, float]:
    """Return the form that joins the parts, one of each place, and its weight."""
    path = " ".join(part.path for _, part in parts if part.path)
    return Form(path, any(part.is_aside for _, part in parts)), float(np.prod([weight for weight, _ in parts]))


def _parse_place(text: str) -> list[tuple[float, _Part]]:
    """Return the parts of a place with their weights."""
    parts = []
    for line in text.strip().splitlines():
        weight, path = line.split(maxsplit=1)
        parts.append((float(weight.rstrip("*")), _Part("" if path == "-" else path, weight.endswith("*"))))
    return parts
