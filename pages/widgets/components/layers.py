"""The layers of a network at work, a tile for each unit; the unit that is picked is shown below its layer."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.explanation.layer_pictures import LayerPicture
from core.explanation.network_view import NetworkView
from core.explanation.tiles import Tiles
from core.explanation.unit_view import Pick, UnitPicture, UnitView
from pages.widgets.components._assets import define_component

_KEY = "layers"

_layers = define_component("layers", "html", "css", "js")


def layers(view: NetworkView, on_pick: Callable[[Pick | None], None], on_read_on: Callable[[], None]) -> None:
    """Show a network at work; it is updated in place.

    on_pick: called with what was picked, None where it was put away, before the page is drawn again.
    on_read_on: called when more test images are asked for.
    """
    data = {
        "layers": [_layer(each) for each in view.layers],
        "picked": _unit(view.picked) if view.picked else None,
    }
    _layers(
        key=_KEY,
        data=data,
        on_picked_change=lambda: on_pick(_pick(st.session_state[_KEY].picked)),
        on_read_on_change=on_read_on,
    )


def _pick(sent: dict[str, Any] | None) -> Pick | None:
    if not sent or sent.get("layer") is None:
        return None
    place = sent.get("place")
    return Pick(int(sent["layer"]), int(sent["unit"]), None if place is None else int(place))


def _layer(picture: LayerPicture) -> dict[str, Any]:
    return {
        "title": picture.title,
        "shown": picture.shown,
        "formula": picture.formula,
        "tiles": _tiles(picture.tiles) if picture.tiles else None,
        "units": picture.units,
        "names": picture.names,
        "values": picture.values,
    }


def _tiles(tiles: Tiles) -> dict[str, Any]:
    count, rows, columns, _ = tiles.pictures.shape
    width_px, height_px = tiles.size_px
    return {
        "url": tiles.url,
        "count": count,
        "rows": rows,
        "columns": columns,
        "width": width_px,
        "height": height_px,
    }


def _unit(view: UnitView) -> dict[str, Any]:
    return {
        "layer": view.pick.layer,
        "unit": view.pick.unit,
        "place": view.place,
        "title": view.title,
        "formula": view.formula,
        "terms": [(each.name, each.value, each.weight, each.product, each.share) for each in view.terms],
        "pictures": [_picture(each) for each in view.pictures],
        "images": _picture(view.images) if view.images else None,
        "imagesText": view.images_text,
        "canReadOn": not view.is_complete,
    }


def _picture(picture: UnitPicture) -> dict[str, Any]:
    return {
        "title": picture.title,
        "sentence": picture.sentence,
        "tiles": _tiles(picture.tiles),
        "labels": picture.labels,
    }
