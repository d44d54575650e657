"""One unit at work, as a page shows it: its sum, its weights as pictures, and the test images that excite it most."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.config.dataset_spec import DIGITS
from core.explanation.activations import LayerActivations
from core.explanation.exciting_images import ExcitingImage, ExcitingImages
from core.explanation.formulas import Place, formula, strongest_place
from core.explanation.layer_pictures import layer_title, unit_name, value_text
from core.explanation.number_text import number
from core.explanation.rendering import draw_weights
from core.explanation.tiles import Tiles, to_unit_range, zoom_for
from core.explanation.unit_sums import UnitSum, sum_of

MAX_TERMS = 8
MAX_CHANNELS = 16  # whose weights are shown as pictures
_WHOLE_PX, _KERNEL_PX, _CHANNEL_PX, _IMAGE_PX = 140, 84, 36, 56  # about the sides of pictures
_DECIMALS = 3
_LEGEND = "Ink on light areas switches the unit on; on dark areas, off."
_CHANNEL_LEGEND = "What it reads switches the unit on where the weights are light, and off where they are dark."


@dataclass(frozen=True)
class Pick:
    """A unit that was picked in a network: the numbers, from 0, of its layer and of itself, and a place in the layer.

    place: counted along all of the layer's places; None is where the unit's value is largest.
    """

    layer: int
    unit: int
    place: int | None = None


@dataclass(frozen=True)
class Term:
    """One row of a sum: what is read, its value, its weight and the product, and the product's share of the largest."""

    name: str
    value: str
    weight: str
    product: str
    share: float  # -1 to 1


@dataclass(frozen=True, eq=False)
class UnitPicture:
    """Pictures of one kind: their title, a sentence on them, and a few words on each."""

    title: str
    sentence: str
    tiles: Tiles
    labels: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class UnitView:
    """All that is shown of one unit; `terms` is empty of a layer without weights, or of a kind not taken apart.

    `place` is (row, column) on the unit's picture in the layer.
    """

    pick: Pick
    title: str
    formula: str
    terms: tuple[Term, ...]
    pictures: tuple[UnitPicture, ...]
    place: tuple[int, int]
    images: UnitPicture | None
    images_text: str
    is_complete: bool  # all test images have been read


def unit_view(layers: Sequence[LayerActivations], pick: Pick, exciting: ExcitingImages) -> UnitView | None:
    """Return the view of what was picked; None where the network has no such unit."""
    if not (0 <= pick.layer < len(layers) and 0 <= pick.unit < layers[pick.layer].units):
        return None
    layer = layers[pick.layer]
    place = _place(layer, pick)
    found = sum_of(layer, pick.unit, place)
    name = unit_name(layers, pick.layer, pick.unit, exciting.class_names)
    return UnitView(
        pick,
        f"{name[0].upper()}{name[1:]} · {layer_title(layers, pick.layer)}{_place_text(layer, pick, place)}",
        formula(layer, pick.unit, place),
        _terms(found) if found else (),
        _pictures(found) if found else (),
        _on_picture(layer, place),
        _exciting_pictures(layer, exciting.of(pick.layer, pick.unit), exciting.class_names),
        _exciting_text(exciting),
        exciting.images_read == exciting.images,
    )


def _place(layer: LayerActivations, pick: Pick) -> Place:
    shape = layer.values.shape[:-1]
    if pick.place is None or not 0 <= pick.place < np.prod(shape, dtype=int):
        return strongest_place(layer, pick.unit)
    return tuple(map(int, np.unravel_index(pick.place, shape)))


def _place_text(layer: LayerActivations, pick: Pick, place: Place) -> str:
    if not place:
        return ""
    numbers = [each + 1 for each in place]
    where = f"row {numbers[0]}, column {numbers[1]}" if len(place) == 2 else f"step {', '.join(map(str, numbers))}"
    is_strongest = place == strongest_place(layer, pick.unit) and layer.values[..., pick.unit].any()
    return f" · {where}{', its strongest response' if is_strongest else ''}"


def _on_picture(layer: LayerActivations, place: Place) -> tuple[int, int]:
    """Return the row and the column of a place on the picture of its unit: axes after the first lie side by side."""
    if len(place) < 2:
        return 0, place[0] if place else 0
    return place[0], int(np.ravel_multi_index(place[1:], layer.values.shape[1:-1]))


def _terms(found: UnitSum) -> tuple[Term, ...]:
    """Return the largest terms of a sum, the rest of them in one, the bias, and the sum."""
    products, inputs, weights = found.products.ravel(), found.inputs.ravel(), found.weights.ravel()
    order = np.argsort(-np.abs(products), kind="stable")
    kept = [int(each) for each in order[:MAX_TERMS] if products[each]]
    others, bias = float(products.sum() - products[kept].sum()), found.bias or 0.0
    largest = max(float(np.abs(products).max()), abs(others), abs(bias), np.finfo(float).tiny)

    def term(name: str, product: float, value: str = "", weight: str = "") -> Term:
        return Term(name, value, weight, _text(product), product / largest)

    rows = [term(found.name_of(i), float(products[i]), _text(inputs[i]), _text(weights[i])) for i in kept]
    count = len(products) - len(kept)
    if count:
        is_silent = not np.delete(products, kept).any()
        rows.append(term(f"the other {count:,}{', which add nothing' if is_silent else ''}", others))
    if found.bias is not None:
        rows.append(term("bias", bias))
    return (*rows, Term("sum", "", "", _text(found.total), 0.0))


def _text(value: float) -> str:
    return number(value, _DECIMALS)


def _pictures(found: UnitSum) -> tuple[UnitPicture, ...]:
    """Return a unit's weights and its terms as pictures; none of a unit that reads a row of others."""
    if found.inputs.ndim == 1:
        return ()
    weights, products = (_channels_first(each) for each in (found.weights, found.products))
    kept = np.sort(np.argsort(-np.abs(products).sum(axis=(1, 2)), kind="stable")[:MAX_CHANNELS])
    size_px = _CHANNEL_PX if len(weights) > 1 else _WHOLE_PX if weights[0].size > 99 else _KERNEL_PX
    zoom = zoom_for(size_px, weights.shape)
    labels = tuple(f"channel {found.channel + each + 1}" if len(weights) > 1 else "" for each in kept.tolist())
    which = f" of the {len(kept)} of {len(weights)} channels that count most here" if len(weights) > len(kept) else ""
    legend = _LEGEND if found.reads_pixels else _CHANNEL_LEGEND
    added = "Input × weight: light areas add to the sum, dark ones take away from it."
    return tuple(
        UnitPicture(title, text, Tiles(draw_weights(to_unit_range(each)[kept]), zoom), labels)
        for title, text, each in (
            (f"Weights{which}", legend, weights),
            ("What it adds up", added, products),
        )
    )


def _channels_first(values: np.ndarray) -> np.ndarray:
    return values[None] if values.ndim == 2 else np.moveaxis(values, -1, 0)


def _exciting_pictures(
    layer: LayerActivations, found: Sequence[ExcitingImage], names: Sequence[str]
) -> UnitPicture | None:
    if not found:
        return None
    pictures = np.stack([each.picture for each in found])
    article = "a " if tuple(names) == DIGITS else ""
    labels = tuple(f"{article}{names[each.label]}: {value_text(layer, each.value)}" for each in found)
    tiles = Tiles(np.repeat(pictures[..., None], 3, axis=3), zoom_for(_IMAGE_PX, pictures.shape))
    return UnitPicture("What excites it most", "", tiles, labels)


def _exciting_text(exciting: ExcitingImages) -> str:
    if not exciting.images_read:
        return "Reading the test images …"
    read = (
        f"{exciting.images:,} test images"
        if exciting.images_read == exciting.images
        else (f"first {exciting.images_read:,} of the {exciting.images:,} test images, which were read so far")
    )
    return f"Of the {read}, with their labels and the unit's value."
