"""Runs side by side: in what their recipes differ, what each scored, and on which images they disagree."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core import layers
from core.config import SETTINGS, TrainConfig, in_full
from core.predictions import Predictions

_NETWORK = ("architecture", "layers")


def in_short(config: TrainConfig) -> str:
    """Return in a few words what differs from the seed recipe, the network apart; 'seed recipe' where nothing does."""
    seed, values = _values(TrainConfig()), _values(config)
    changed = [name for name in values if name not in _NETWORK and values[name] != seed[name]]
    return ", ".join(_setting_in_words(name, values[name]) for name in changed) or "seed recipe"


def _values(config):
    """The recipe's values by field; the network is the name that it goes by."""
    return {name: getattr(config, name) for name in SETTINGS} | {"architecture": config.network}


def _setting_in_words(name, value):
    label = SETTINGS[name].label.lower()
    if isinstance(value, bool):
        return label if value else f"no {label}"
    return f"{label} {value_in_words(value)}"


def value_in_words(value) -> str:
    """Return a setting's value as a person reads it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return in_full(value)
    if isinstance(value, tuple):
        return "; ".join(layers.in_words(layer) for layer in value) or "none"
    return str(value)


def differences(configs: Sequence[TrainConfig]) -> list[tuple[str, list[str]]]:
    """Return each setting in which the recipes differ: its label, and its value in each of them, in words."""
    recipes = [_values(config) for config in configs]
    differing = [name for name in SETTINGS if any(recipe[name] != recipes[0][name] for recipe in recipes)]
    return [(SETTINGS[name].label, [value_in_words(recipe[name]) for recipe in recipes]) for name in differing]


@dataclass(frozen=True)
class Disagreement:
    """A test image on which networks disagree: its index, its label, and each one's answer and confidence."""

    index: int
    label: int
    answers: tuple[int, ...]
    confidences: tuple[float, ...]


def disagreements(labels: np.ndarray, predictions: Sequence[Predictions]) -> list[Disagreement]:
    """Return the images that not all networks answer alike; those with the most certain wrong answer come first.

    `labels` (n,), 0 to 9, of the images that the predictions belong to.
    """
    answers = np.stack([each.answers for each in predictions])  # (networks, n)
    confidences = np.stack([each.confidences for each in predictions])
    wrong = np.where(answers != labels, confidences, 0).max(axis=0)  # (n,)
    split = np.flatnonzero((answers != answers[0]).any(axis=0))
    return [
        Disagreement(int(index), int(labels[index]), tuple(answers[:, index].tolist()),
                     tuple(confidences[:, index].tolist()))
        for index in split[np.argsort(-wrong[split], kind="stable")]
    ]  # fmt: skip


def only_right(labels: np.ndarray, predictions: Sequence[Predictions]) -> list[int]:
    """Return for each network how many images it alone reads right."""
    right = np.stack([each.answers == labels for each in predictions])  # (networks, n)
    alone = right & (right.sum(axis=0) == 1)
    return alone.sum(axis=1).tolist()
