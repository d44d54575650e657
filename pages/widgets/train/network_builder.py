"""The network builder: its layers one below the other, each with shape and weights, to be set, moved, removed."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from core.charts.recipes import network_blocks
from core.config.field_spec import ConfigError
from core.config.layer_kinds import LAYER_KINDS, Shape, kind_of
from core.config.layer_math import IMAGE_SHAPE, count_weights, infer_shapes, output_layer
from core.config.layer_specs import MAX_LAYERS, LayerSpec, default_layer, describe_layer
from core.networks.builder import editable_layers
from pages.widgets.components.chart import chart
from pages.widgets.components.streamlit_overrides import ICON_ONLY
from pages.widgets.shared.press import once
from pages.widgets.shared.text import escape_markdown
from pages.widgets.train.recipe_form import classes, start
from pages.widgets.train.state import ADDED_LAYERS, EDITED_LAYERS

_DRAWN_PX = 130
_PICTURE = ""  # stands before the first layer


def current_layers() -> list[tuple[str, LayerSpec]] | None:
    """Return the layers as they now are, each with a name of its own; None where they cannot be edited."""
    try:
        return [(name, _as_set(name, layer)) for name, layer in _stored_layers()]
    except ConfigError:
        return None


def recipe_layers() -> tuple[LayerSpec, ...]:
    """Return the layers of the recipe: none as long as they are those of its architecture.

    Raises `ConfigError` where they do not fit together.
    """
    held = current_layers()
    if held is not None and (problem := infer_shapes([layer for _, layer in held], classes())[1]):
        raise ConfigError(problem)
    return drafted_layers()


def drafted_layers() -> tuple[LayerSpec, ...]:
    """Return the layers of the recipe, as `recipe_layers` does, whether or not they fit together."""
    held, config = current_layers(), start().config
    if held is None:
        return config.layers
    layers = tuple(layer for _, layer in held)
    return () if not config.layers and layers == _first() else layers


def show(layers: list[tuple[str, LayerSpec]] | None) -> None:
    """Show the builder for the layers of `current_layers`."""
    if layers is None:
        st.info("This network's layers cannot be changed one by one. Choose another recipe to build on.")
        return
    specs = [layer for _, layer in layers]
    shapes, problem = infer_shapes(specs, classes())
    _drawing(specs, shapes)
    last = output_layer(classes())
    stack = [*specs, last]
    said = [_measured(*each) for each in zip(stack, [IMAGE_SHAPE, *shapes], shapes, strict=False)]
    if problem:
        said.append(f":red[does not fit: {escape_markdown(problem.partition(': ')[2])}]")
    said += [f"fits or not, once layer {len(shapes) + 1} does"] * (len(stack) - len(said))
    for place, (name, layer) in enumerate(layers):
        _row(place, name, layer, said[place], len(layers))
    st.markdown(f"**{len(stack)}.** {describe_layer(last)}, always the last  \n:small[{said[-1]}]")
    _add(layers)


def _first() -> tuple[LayerSpec, ...]:
    """Return the layers of the recipe from which the form starts."""
    return editable_layers(start().config)


def _stored_layers() -> list[tuple[str, LayerSpec]]:
    """Return the layers with their first settings; widgets hold what was entered since."""
    number = start().number
    first = [(f"{number}-{place}", layer) for place, layer in enumerate(_first())]
    edited = EDITED_LAYERS.get()
    return first if edited is None else edited


def _as_set(name: str, layer: LayerSpec) -> LayerSpec:
    return LayerSpec({each: st.session_state.get(_key(name, each), value) for each, value in layer.items()})


def _key(name: str, setting: str) -> str:
    return f"layer-{name}-{setting}"


def _measured(layer: Mapping[str, Any], before: Shape, after: Shape) -> str:
    """Return the shape that leaves a layer, and its weights, in words."""
    weights = count_weights(layer, before)
    return f"→ {'×'.join(map(str, after))} values" + (f" · {weights:,} weights" if weights else "")


def _row(place: int, name: str, layer: LayerSpec, measured: str, count: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        last = place == count - 1
        _button("arrow_upward", f"Move layer {place + 1} up", f"up-{name}", not place, _move, place, -1)
        _button("arrow_downward", f"Move layer {place + 1} down", f"down-{name}", last, _move, place, 1)
        _button("delete", f"Remove layer {place + 1}", f"remove-{name}", False, _remove, place)
        _settings(name, layer)
        st.markdown(f"**{place + 1}.** {describe_layer(layer)}  \n:small[{measured}]", width="stretch")


def _button(icon: str, label: str, key: str, disabled: bool, act: Callable[..., None], *values: int) -> None:
    st.button(
        label,
        key=f"{ICON_ONLY}{key}",
        icon=f":material/{icon}:",
        type="tertiary",
        help=label,
        disabled=disabled,
        on_click=once(act, *values),
    )


def _settings(name: str, layer: LayerSpec) -> None:
    kind = kind_of(layer)
    with st.popover("Set", key=f"set-{name}", disabled=not kind.settings):
        st.markdown(kind.why)
        first = dict(_stored_layers())[name]
        for each, spec in kind.settings.items():
            common: dict[str, Any] = {"key": _key(name, each), "help": spec.why, "persist_state": "session"}
            if spec.choices:
                names = spec.choice_name
                st.selectbox(spec.label, spec.choices, spec.choices.index(first[each]), format_func=names, **common)
            elif spec.low is None:
                st.toggle(spec.label, value=first[each], **common)
            else:
                step = 0.05 if isinstance(kind.defaults[each], float) else 1
                st.number_input(spec.label, spec.low, spec.high, first[each], step=step, **common)


def _move(place: int, by: int) -> None:
    layers = list(_stored_layers())
    layers[place], layers[place + by] = layers[place + by], layers[place]
    EDITED_LAYERS.set(layers)


def _remove(place: int) -> None:
    EDITED_LAYERS.set([each for index, each in enumerate(_stored_layers()) if index != place])


def _add(layers: list[tuple[str, LayerSpec]]) -> None:
    labels = {_PICTURE: "The picture"}
    labels |= {name: f"{place}. {kind_of(layer).label}" for place, (name, layer) in enumerate(layers, 1)}
    names, made = list(labels), f"new-{ADDED_LAYERS.get()}"
    # Each new layer has a field of its own, whose first value is that layer: the next one is put after it.
    after = f"new-layer-after-{start().number}-{made}"
    chosen = st.session_state.get(after, made if made in labels else names[-1])
    fitting = _fitting([layer for _, layer in layers], names.index(chosen) if chosen in names else len(layers))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Another layer",
            fitting,
            format_func=lambda name: LAYER_KINDS[name].label,
            key="new-layer",
            help="Those that fit there.",
        )
        st.selectbox(
            "After",
            names,
            names.index(made if made in labels else names[-1]),
            format_func=lambda name: labels[name],
            key=after,
            help="The new layer comes right behind this one.",
        )
        full = len(layers) >= MAX_LAYERS
        st.button("Add", icon=":material/add:", disabled=full, on_click=once(_insert, after))


def _fitting(layers: list[LayerSpec], place: int) -> list[str]:
    """Return the kinds of layers that fit in at that place; all where none does, as where the others do not fit."""
    kinds = list(LAYER_KINDS.offered)
    tried = {kind: [*layers[:place], default_layer(kind), *layers[place:]] for kind in kinds}
    return [kind for kind in kinds if not infer_shapes(tried[kind], classes())[1]] or kinds


def _insert(after: str) -> None:
    ADDED_LAYERS.set(ADDED_LAYERS.get() + 1)
    layers, chosen = list(_stored_layers()), st.session_state.get(after)
    names = [_PICTURE, *(name for name, _ in layers)]
    place = names.index(chosen) if chosen in names else len(layers)
    layers.insert(place, (f"new-{ADDED_LAYERS.get()}", default_layer(st.session_state["new-layer"])))
    EDITED_LAYERS.set(layers)


def _drawing(layers: list[LayerSpec], shapes: list[Shape]) -> None:
    shown = [*layers, output_layer(classes())][: len(shapes)]
    names = ["Picture", *map(describe_layer, shown)]
    kinds = ["Picture", *(layer["class_name"] for layer in shown)]
    alt = "The network as blocks: " + ", then ".join(names) + "."
    chart(network_blocks(names, kinds, [IMAGE_SHAPE, *shapes]), "network", alt, _DRAWN_PX)
