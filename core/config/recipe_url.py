"""A recipe as a link: what differs from a preset, as the query of an address that a person can read and send."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from core.config.dataset_spec import DatasetSpec, parse_dataset
from core.config.field_spec import ConfigError, format_number
from core.config.layer_kinds import LAYER_KINDS, kind_of
from core.config.layer_specs import LayerSpec
from core.config.presets import PRESETS
from core.config.train_config import TrainConfig, check_fields

_LAYER, _SETTING, _NONE = "~", "-", "none"  # an activation's name may hold an underscore
_SWITCH = {"true": True, "false": False}
_MAX_CHARACTERS = 4000


def to_query(config: TrainConfig) -> dict[str, str]:
    """Return the query of the recipe's link: the nearest preset and what differs from it; {} for the seed recipe."""
    return draft_to_query({each.name: getattr(config, each.name) for each in fields(config)})


def draft_to_query(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the query of the link of a draft: values of all fields, which may not go together."""
    differences = {name: _differences(values, preset) for name, preset in PRESETS.items()}
    nearest = min(differences, key=lambda name: len(differences[name]))
    start = {} if nearest == "recipe" else {"recipe": nearest}
    return start | {name: _written(value) for name, value in differences[nearest].items()}


FindDataset = Callable[[str], DatasetSpec]
"""Return the data set of a reference such as 'letters@2'; raises `ConfigError` where there is none."""


def _find_mnist(reference: str) -> DatasetSpec:
    return parse_dataset(reference)


def from_query(query: Mapping[str, str], find_dataset: FindDataset = _find_mnist) -> TrainConfig:
    """Return the recipe of a link that anybody may have written; raises `ConfigError` in words."""
    start, values = draft_from_query(query, find_dataset)
    return start.changed(values)


def draft_from_query(
    query: Mapping[str, str], find_dataset: FindDataset = _find_mnist
) -> tuple[TrainConfig, dict[str, Any]]:
    """Return the preset that a link starts from, and the values that it puts in place of the preset's, by field.

    `find_dataset` finds the data set that the link names; without it, that is MNIST alone. Each value is in its range;
    whether all go together is not checked. Raises `ConfigError` in words.
    """
    if sum(map(len, query.values())) > _MAX_CHARACTERS:
        raise ConfigError(f"The link is longer than {_MAX_CHARACTERS} characters.")
    texts = dict(query)
    name = texts.pop("recipe", "recipe")
    if name not in PRESETS:
        raise ConfigError(f"recipe is {name!r}; it must be one of {', '.join(PRESETS)}.")
    kinds = {each.name: each.type for each in fields(TrainConfig)}
    values = {name: _read(name, text, kinds.get(name)) for name, text in texts.items()}
    if "dataset" in texts:
        values["dataset"] = find_dataset(texts["dataset"])
    return PRESETS[name], check_fields(values)


def _differences(values: Mapping[str, Any], preset: TrainConfig) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value != getattr(preset, name)}


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return _LAYER.join(map(_layer_code, value)) or _NONE
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, DatasetSpec):
        return value.reference
    return format_number(value) if isinstance(value, float) else str(value)


def _read(name: str, text: str, kind: object) -> object:
    if name == "layers":
        return [] if text == _NONE else [_layer_of(code) for code in text.split(_LAYER)]
    if kind is bool:
        return _SWITCH.get(text, text)
    return _number(text) if kind in (int, float) else text


def _number(text: str) -> int | float | str:
    """Return the number that the text is, or the text: the config then says what is wrong with it."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _layer_code(layer: LayerSpec) -> str:
    """Return the kind and its settings in their order, without the last ones that are Keras's own: conv-32-5."""
    kind = kind_of(layer)
    values = [(layer[name], kind.defaults[name]) for name in kind.settings]
    while values and values[-1][0] == values[-1][1]:
        values.pop()
    return _SETTING.join([kind.code, *(_written(value) for value, _ in values)])


def _layer_of(code: str) -> LayerSpec:
    name, *texts = code.split(_SETTING)
    kinds = LAYER_KINDS.by_code
    if name not in kinds:
        raise ConfigError(f"The link has a layer {name!r}; it must be one of {', '.join(kinds)}.")
    kind = kinds[name]
    if len(texts) > len(kind.settings):
        raise ConfigError(f"The link's layer {code!r} has {len(texts)} settings; {name} has {len(kind.settings)}.")
    settings = {
        each: _read(each, text, type(kind.defaults[each])) for each, text in zip(kind.settings, texts, strict=False)
    }
    return LayerSpec({"class_name": kind.name, **settings})
