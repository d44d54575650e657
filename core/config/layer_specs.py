"""Layers as plain data: each a dict of its kind's name and its settings, checked in words."""

from collections.abc import Mapping
from typing import Any, NoReturn

from core.config.field_spec import ConfigError, check_value
from core.config.layer_kinds import LAYER_KINDS, kind_of

MAX_LAYERS = 40


def _refuse(*values: Any, **more: Any) -> NoReturn:
    raise TypeError("A layer stays as it is; make another with `{**layer, …}`.")


class LayerSpec(dict[str, Any]):
    """One layer as plain data that cannot be changed, so that a config which holds it can be a dict's key."""

    def __hash__(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride] - a dict has none
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[type["LayerSpec"], tuple[dict[str, Any]]]:
        return LayerSpec, (dict(self),)

    __setitem__ = __delitem__ = __ior__ = update = setdefault = pop = popitem = clear = _refuse


def default_layer(class_name: str) -> LayerSpec:
    """Return a layer of that kind with settings that are a good start."""
    kind = LAYER_KINDS[class_name]
    return LayerSpec({"class_name": class_name, **kind.defaults, **kind.start})


def parse_layers(values: object) -> tuple[LayerSpec, ...]:
    """Return the layers of a list of dicts, each with all its settings; raises `ConfigError` in words.

    A setting that is missing takes Keras's own value, and None is no layers. Whether the layers fit together is
    checked by `layer_math.check_layers_fit`.
    """
    if values is None:
        return ()
    if not isinstance(values, list | tuple):
        raise ConfigError(f"layers is {values!r}; it must be a list of layers.")
    if len(values) > MAX_LAYERS:
        raise ConfigError(f"The network has {len(values)} layers; at most {MAX_LAYERS} are trained.")
    return tuple(_parse_layer(place, each) for place, each in enumerate(values, 1))


def _parse_layer(place: int, values: object) -> LayerSpec:
    kinds = LAYER_KINDS.offered
    if not isinstance(values, dict) or not isinstance(values.get("class_name"), str):
        raise ConfigError(f"Layer {place} must be an object with a class_name: {', '.join(kinds)}.")
    kind = kinds.get(values["class_name"])
    if kind is None:
        raise ConfigError(f"Layer {place} is {values['class_name']!r}; it must be one of {', '.join(kinds)}.")
    unknown = sorted(str(name) for name in values.keys() - kind.settings.keys() - {"class_name"})
    if unknown:
        allowed = ", ".join(kind.settings) or "none"
        raise ConfigError(f"Layer {place}: {kind.label} has no setting {unknown[0]!r}; its settings are {allowed}.")
    settings = kind.complete(values)
    for name, spec in kind.settings.items():
        check_value(f"Layer {place}: {name}", settings[name], type(kind.defaults[name]), spec)
        if isinstance(kind.defaults[name], float):
            settings[name] = float(settings[name])  # which a link or a JSON file may hold as a whole number
    return LayerSpec({"class_name": kind.name, **settings})


def describe_layer(layer: Mapping[str, Any]) -> str:
    """Return a layer as a person says it: Convolution, 32 filters 3×3, relu."""
    return kind_of(layer).describe(layer)
