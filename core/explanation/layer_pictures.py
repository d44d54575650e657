"""Activations as pictures: for each layer one of every unit, with a formula."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.config.dataset_spec import DIGITS
from core.config.percent import probability_percent
from core.explanation.activations import LayerActivations
from core.explanation.formulas import Place, formula, strongest_place
from core.explanation.number_text import number, size_text
from core.explanation.rendering import draw_values
from core.explanation.tiles import Tiles, as_pictures, to_unit_range, zoom_for
from core.explanation.unit_sums import activation_name

MAX_UNITS = 256  # of a layer that are shown
_UNIT_PX = 24  # the side of a unit that has one value
_MAP_PX = ((20, 48), (10, 36), (0, 24))  # about the side of a map that has at least so many values a side
_NAMES = {
    "Conv2D": "Convolution",
    "DepthwiseConv2D": "Depthwise convolution",
    "SeparableConv2D": "Separable convolution",
    "BatchNormalization": "Batch normalisation",
    "LayerNormalization": "Layer normalisation",
    "MaxPooling2D": "Max pooling",
    "AveragePooling2D": "Average pooling",
    "GlobalAveragePooling2D": "Global average pooling",
    "Add": "Sum with the shortcut",
}


@dataclass(frozen=True, eq=False)
class LayerPicture:
    """One layer at work: its title, its formula for one unit, and a picture of each unit that is shown.

    `tiles` is None of a layer that leaves every value as it is. `units` are the numbers, from 0, of those shown,
    `names` say what each of them is, and `values` are their largest ones.
    """

    title: str
    shown: str
    formula: str
    tiles: Tiles | None
    units: tuple[int, ...]
    names: tuple[str, ...]
    values: tuple[str, ...]


def layer_pictures(
    layers: Sequence[LayerActivations], kept: tuple[int, int] | None = None, names: Sequence[str] = DIGITS
) -> Iterator[LayerPicture]:
    """Yield a picture for each layer, in order; the units keep their order.

    kept: the numbers of a layer and of a unit in it that is shown in any case. names: those of the network's classes.
    """
    for index in range(len(layers)):
        yield _picture(layers, index, kept[1] if kept and kept[0] == index else None, names)


def layer_title(layers: Sequence[LayerActivations], index: int) -> str:
    """Return the number, from 1, and the name of a layer; those that change nothing are not counted."""
    layer = layers[index]
    name = _NAMES.get(layer.kind, layer.kind)
    block = f" · block {layer.block}" if layer.block else ""
    count = sum(not each.passes for each in layers[: index + 1])
    return name if layer.passes else f"{count}. {name}{block}"


def unit_name(layers: Sequence[LayerActivations], index: int, unit: int, names: Sequence[str] = DIGITS) -> str:
    """Return what one unit of a layer is: the answer for a class, a channel of a picture, or a unit."""
    layer = layers[index]
    if index == len(layers) - 1 and layer.units == len(names):
        return f"the {'digit' if tuple(names) == DIGITS else 'class'} {names[unit]}"
    return f"{'channel' if layer.values.ndim == 3 else 'unit'} {unit + 1} of {layer.units}"


def value_text(layer: LayerActivations, value: float) -> str:
    """Return a value of a layer as it is shown: a softmax's in percent."""
    is_probability = layer.kind == "Softmax" or activation_name(layer.layer) == "softmax"
    return probability_percent(value) if is_probability else number(value)


def strongest_unit(layer: LayerActivations) -> tuple[int, Place]:
    """Return the unit that has a layer's largest value, and the place of it."""
    values = np.nan_to_num(layer.values.reshape(-1, layer.units))
    unit = int(values.max(axis=0).argmax())
    return unit, strongest_place(layer, unit)


def _picture(layers: Sequence[LayerActivations], index: int, kept: int | None, names: Sequence[str]) -> LayerPicture:
    layer, title = layers[index], layer_title(layers, index)
    unit, place = strongest_unit(layer)
    text = formula(layer, unit, place)
    if layer.passes:
        return LayerPicture(title, "", text, None, (), (), ())
    maps = np.moveaxis(np.nan_to_num(layer.values.astype(np.float32)), -1, 0)  # (units, …)
    units = _shown_units(maps, kept)
    pictures = as_pictures(maps[units])
    tiles = Tiles(draw_values(to_unit_range(maps)[units].reshape(pictures.shape)), _zoom(pictures))
    name = unit_name(layers, index, unit, names)
    return LayerPicture(
        f"{title} → {size_text(layer.values.shape)} values",
        _shown_text(layers, index, len(units), names),
        f"{name[0].upper()}{name[1:]}, the strongest: {text}",
        tiles,
        tuple(units.tolist()),
        tuple(unit_name(layers, index, each, names) for each in units.tolist()),
        tuple(value_text(layer, float(each)) for each in maps[units].reshape(len(units), -1).max(axis=1)),
    )


def _shown_units(maps: np.ndarray, kept: int | None) -> np.ndarray:
    """Return the numbers of the units that are shown, in order: of too many, those that are most active."""
    if len(maps) <= MAX_UNITS:
        return np.arange(len(maps))
    activity = np.abs(maps).reshape(len(maps), -1).mean(axis=1)
    if kept is not None and kept < len(maps):
        activity[kept] = np.inf
    return np.sort(np.argsort(-activity, kind="stable")[:MAX_UNITS])


def _zoom(pictures: np.ndarray) -> int:
    side = max(pictures.shape[1:])
    return zoom_for(_UNIT_PX if side == 1 else next(px for least, px in _MAP_PX if side >= least), pictures.shape)


def _shown_text(layers: Sequence[LayerActivations], index: int, shown: int, names: Sequence[str]) -> str:
    layer = layers[index]
    if index == len(layers) - 1 and layer.units == len(names):
        return f"the {'digits' if tuple(names) == DIGITS else 'classes'} {names[0]} to {names[-1]}, from the left"
    active = int((np.abs(layer.values).reshape(-1, layer.units) > 0).any(axis=0).sum())
    which = f"{shown} of {layer.units:,}, the most active ones" if shown < layer.units else f"all {shown}"
    silent = f"; {layer.units - active:,} give 0 everywhere" if active < layer.units else ""
    return f"{which}, in their order{silent}"
