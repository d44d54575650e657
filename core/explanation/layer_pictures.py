"""Activations as pictures: a sheet for each layer, its most active units first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.explanation.activations import LayerActivations
from core.explanation.rendering import draw_values

MAX_MAPS, MAX_UNITS = 32, 128  # of a layer that are shown
_SHEET_PX = 704
_UNIT_PX, _MAP_PX = 20, 48  # about the side of a unit or a map on the sheet
_GAP_PX = 2
_GAP_GREY = 128
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
    "Dense": "Dense",
}


@dataclass(frozen=True, eq=False)
class LayerPicture:
    """One layer at work: its title, which units its sheet shows, and the sheet, (h, w, 3) uint8 in RGB."""

    title: str
    shown: str
    sheet: np.ndarray


def layer_pictures(layers: Sequence[LayerActivations]) -> Iterator[LayerPicture]:
    """Yield a picture for each layer, in order; in the last layer the units keep the order of the digits."""
    for number, layer in enumerate(layers, 1):
        yield _picture(number, layer, is_last=number == len(layers))


def _picture(number: int, layer: LayerActivations, is_last: bool) -> LayerPicture:
    maps = np.moveaxis(np.nan_to_num(layer.values.astype(np.float32)), -1, 0)  # (units, …)
    activity = np.abs(maps).reshape(len(maps), -1).mean(axis=1)
    is_row = maps.ndim == 1
    order = np.arange(len(maps)) if is_last else np.argsort(-activity, kind="stable")
    kept = order[: MAX_UNITS if is_row else MAX_MAPS]
    scale = max(float(np.abs(maps).max()), np.finfo(np.float32).tiny)
    tiles = draw_values(_as_tiles(maps[kept]) / scale)
    block = f" · block {layer.block}" if layer.block else ""
    shape = "×".join(map(str, layer.values.shape))
    title = f"{number}. {_NAMES.get(layer.kind, layer.kind)}{block} → {shape} values"
    return LayerPicture(title, _shown_text(len(kept), layer, is_last), _sheet(tiles, is_row))


def _shown_text(kept: int, layer: LayerActivations, is_last: bool) -> str:
    if is_last:
        return "the digits 0 to 9, from the left"
    active = int((np.abs(layer.values).reshape(-1, layer.units) > 0).any(axis=0).sum())
    most = ", the most active first" if kept > 1 else ""
    silent = f"; {layer.units - active} give 0 everywhere" if active < layer.units else ""
    return f"{kept} of {layer.units}{most}{silent}"


def _as_tiles(maps: np.ndarray) -> np.ndarray:
    """Return units (n,), (n, w) or (n, h, w) as tiles (n, h, w); more axes are laid side by side."""
    if maps.ndim == 1:
        return maps[:, None, None]
    return maps[:, None] if maps.ndim == 2 else maps.reshape(len(maps), maps.shape[1], -1)


def _sheet(tiles: np.ndarray, is_row: bool) -> np.ndarray:
    """Return tiles (n, h, w, 3) side by side with gaps between them, each value a sharp square."""
    n, h, w, _ = tiles.shape
    factor = max(1, round((_UNIT_PX if is_row else _MAP_PX) / max(h, w)))
    tiles = tiles.repeat(factor, axis=1).repeat(factor, axis=2)
    cell_h, cell_w = h * factor + _GAP_PX, w * factor + _GAP_PX
    rows = -(-n // max(1, _SHEET_PX // cell_w))
    columns = -(-n // rows)
    cells = np.full((rows * columns, cell_h, cell_w, 3), _GAP_GREY, np.uint8)
    cells[:n, : h * factor, : w * factor] = tiles
    sheet = cells.reshape(rows, columns, cell_h, cell_w, 3).swapaxes(1, 2).reshape(rows * cell_h, columns * cell_w, 3)
    return sheet[:-_GAP_PX, :-_GAP_PX]
