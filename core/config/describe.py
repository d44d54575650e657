"""Recipes in words: the difference from the seed recipe, and the differences between several recipes."""

from collections.abc import Sequence
from typing import Any

from core.config.field_spec import format_number
from core.config.layer_specs import describe_layer
from core.config.train_config import FIELD_SPECS, TrainConfig

_NETWORK = ("architecture", "layers")


def summarize_recipe(config: TrainConfig) -> str:
    """Return in a few words what differs from the seed recipe, the network aside; 'seed recipe' where nothing does."""
    seed, values = _values(TrainConfig()), _values(config)
    changed = [name for name in values if name not in _NETWORK and values[name] != seed[name]]
    return ", ".join(_describe_setting(name, values[name]) for name in changed) or "seed recipe"


def _values(config: TrainConfig) -> dict[str, Any]:
    """Return the recipe's values by field; the architecture is the name of the network."""
    return {name: getattr(config, name) for name in FIELD_SPECS} | {"architecture": config.network}


def _describe_setting(name: str, value: object) -> str:
    label = FIELD_SPECS[name].label.lower()
    if isinstance(value, bool):
        return label if value else f"no {label}"
    return f"{label} {format_value(value)}"


def format_value(value: object) -> str:
    """Return a setting's value as a person reads it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return format_number(value)
    if isinstance(value, tuple):
        return "; ".join(describe_layer(layer) for layer in value) or "none"
    return str(value)


def recipe_differences(configs: Sequence[TrainConfig]) -> list[tuple[str, list[str]]]:
    """Return each setting in which the recipes differ: its label, and its value in each of them, in words."""
    recipes = [_values(config) for config in configs]
    differing = [name for name in FIELD_SPECS if any(recipe[name] != recipes[0][name] for recipe in recipes)]
    return [(FIELD_SPECS[name].label, [format_value(recipe[name]) for recipe in recipes]) for name in differing]
