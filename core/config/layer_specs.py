"""The kinds of layer that a network can be made of, as plain data: a dict of Keras's class name and its arguments."""

from dataclasses import dataclass

from core.config.field_spec import ConfigError, FieldSpec, check_value

MAX_LAYERS = 40

ACTIVATIONS = ("linear", "relu", "leaky_relu", "elu", "gelu", "silu", "tanh", "sigmoid", "softmax")


@dataclass(frozen=True)
class LayerKind:
    """A kind of layer: its name for people, what it does, its settings, Keras's values for them and a good start."""

    label: str
    why: str
    settings: dict[str, FieldSpec]
    defaults: dict
    start: dict


_ACTIVATION = FieldSpec(
    "Activation",
    "What bends the layer's sums; without one (linear), a stack of layers is no more than a single layer. relu is "
    "quick and learns well; tanh and sigmoid are the older ones, which saturate.",
    choices=ACTIVATIONS,
)
_PADDING = FieldSpec(
    "Padding",
    "valid: only where the kernel fits, so the picture loses a rim. same: zeros around it keep its size.",
    choices=("valid", "same"),
)
_POOL = FieldSpec("Pool", "The side of each square that becomes one number; the picture shrinks by as much.", 2, 7)


def _kind(label, why, defaults=None, start=None, **settings):
    defaults = defaults or {}
    return LayerKind(label, why, settings, defaults, {**defaults, **(start or {})})


LAYER_KINDS: dict[str, LayerKind] = {
    "Conv2D": _kind(
        "Convolution",
        "Small patterns, each looked for at every place of the picture: few weights, and a stroke counts wherever it "
        "lies.",
        {"filters": 32, "kernel_size": 3, "strides": 1, "padding": "valid", "activation": "linear", "use_bias": True},
        {"activation": "relu"},
        filters=FieldSpec("Filters", "How many patterns it looks for. More see more, and take longer.", 1, 512),
        kernel_size=FieldSpec("Kernel", "The side of a pattern in pixels; two of 3 see as far as one of 5.", 1, 11),
        strides=FieldSpec("Stride", "How many pixels it moves at a time; with 2 the picture halves.", 1, 4),
        padding=_PADDING,
        activation=_ACTIVATION,
        use_bias=FieldSpec("Bias", "A number of its own for each filter; needless where batch normalisation follows."),
    ),
    "MaxPooling2D": _kind(
        "Max pooling",
        "Keeps the strongest number of each square: a smaller picture, and a pattern may shift a little unnoticed.",
        {"pool_size": 2},
        pool_size=_POOL,
    ),
    "AveragePooling2D": _kind(
        "Average pooling",
        "Keeps the mean of each square, as the first convolutional networks did.",
        {"pool_size": 2},
        pool_size=_POOL,
    ),
    "Residual": _kind(
        "Residual block",
        "Two 3×3 convolutions, each normalised, and a shortcut around them: the block need only learn what to change, "
        "so deep networks still learn (He et al., 2015).",
        {"filters": 32, "strides": 1},
        filters=FieldSpec("Filters", "The patterns of both convolutions. The shortcut widens where it must.", 1, 256),
        strides=FieldSpec("Stride", "With 2 the block halves the picture.", 1, 2),
    ),
    "BatchNormalization": _kind(
        "Batch normalisation",
        "Brings each filter's numbers to mean 0 and spread 1 over the batch, which lets a network learn faster and at "
        "higher rates (Ioffe and Szegedy, 2015).",
    ),
    "Activation": _kind(
        "Activation",
        "Bends what comes in, by itself: after batch normalisation, for example.",
        {"activation": "relu"},
        activation=_ACTIVATION,
    ),
    "Dropout": _kind(
        "Dropout",
        "Silences a share of the numbers at random in each training step, so that none is relied on alone.",
        {"rate": 0.2},
        rate=FieldSpec("Rate", "The share that is silenced. 0.2 is mild, 0.5 strong.", 0.0, 0.9),
    ),
    "Flatten": _kind("Flatten", "Lays the picture's numbers out in one row, as Dense needs them."),
    "GlobalAveragePooling2D": _kind(
        "Global average pooling",
        "Keeps one number a filter, its mean over the whole picture: a flat row without weights (Lin et al., 2013).",
    ),
    "Dense": _kind(
        "Dense",
        "Every number in, to every neuron: the plain layer, and the one with the most weights.",
        {"units": 64, "activation": "linear"},
        {"activation": "relu"},
        units=FieldSpec("Units", "How many neurons it has.", 1, 4096),
        activation=_ACTIVATION,
    ),
}
"""Each kind of layer by its class name in Keras; a Residual is a block of several."""


class LayerSpec(dict):
    """One layer as plain data that stays as it is, so that a config which holds it can be a dict's key."""

    def __hash__(self):
        return hash(frozenset(self.items()))

    def __reduce__(self):
        return LayerSpec, (dict(self),)

    def _refuse(self, *values, **more):
        raise TypeError("A layer stays as it is; make another with `{**layer, …}`.")

    __setitem__ = __delitem__ = __ior__ = update = setdefault = pop = popitem = clear = _refuse


def default_layer(class_name: str) -> LayerSpec:
    """Return a layer of that kind with settings that are a good start."""
    return LayerSpec({"class_name": class_name, **LAYER_KINDS[class_name].start})


def parse_layers(values) -> tuple[LayerSpec, ...]:
    """Return the layers of a list of dicts, each with all its settings; raises `ConfigError` in words.

    A setting that is missing takes Keras's own value, and None is no layers. Whether the layers fit together is
    `shapes.check_stack`'s to say.
    """
    if values is None:
        return ()
    if not isinstance(values, list | tuple):
        raise ConfigError(f"layers is {values!r}; it must be a list of layers.")
    if len(values) > MAX_LAYERS:
        raise ConfigError(f"The network has {len(values)} layers; at most {MAX_LAYERS} are trained.")
    return tuple(_parse_layer(place, each) for place, each in enumerate(values, 1))


def _parse_layer(place, values):
    if not isinstance(values, dict) or not isinstance(values.get("class_name"), str):
        raise ConfigError(f"Layer {place} must be an object with a class_name: {', '.join(LAYER_KINDS)}.")
    kind = LAYER_KINDS.get(values["class_name"])
    if kind is None:
        raise ConfigError(f"Layer {place} is {values['class_name']!r}; it must be one of {', '.join(LAYER_KINDS)}.")
    unknown = sorted(str(name) for name in values.keys() - kind.settings.keys() - {"class_name"})
    if unknown:
        allowed = ", ".join(kind.settings) or "none"
        raise ConfigError(f"Layer {place}: {kind.label} has no setting {unknown[0]!r}; its settings are {allowed}.")
    layer = {"class_name": values["class_name"], **kind.defaults, **values}
    for name, setting in kind.settings.items():
        check_value(f"Layer {place}: {name}", layer[name], type(kind.defaults[name]), setting)
        if isinstance(kind.defaults[name], float):
            layer[name] = float(layer[name])  # which a link or a JSON file may hold as a whole number
    return LayerSpec(layer)


def describe_layer(layer: dict) -> str:
    """Return a layer as a person says it: Convolution, 32 filters 3×3, relu."""
    match layer["class_name"]:
        case "Conv2D":
            words = [f"{layer['filters']} filters {layer['kernel_size']}×{layer['kernel_size']}"]
            words += [f"stride {layer['strides']}"] if layer.get("strides", 1) > 1 else []
            words += ["padded"] if layer.get("padding") == "same" else []
            words += [layer["activation"]] if layer.get("activation", "linear") != "linear" else []
        case "Residual":
            words = [f"{layer['filters']} filters"] + (["stride 2"] if layer["strides"] > 1 else [])
        case "MaxPooling2D" | "AveragePooling2D":
            words = [f"{layer.get('pool_size', 2)}×{layer.get('pool_size', 2)}"]
        case "Dense":
            words = [f"{layer['units']}"]
            words += [layer["activation"]] if layer.get("activation", "linear") != "linear" else []
        case "Dropout":
            words = [f"{layer['rate']:.0%}"]
        case "Activation":
            words = [layer["activation"]]
        case _:
            words = []
    return ", ".join([LAYER_KINDS[layer["class_name"]].label, *words])
