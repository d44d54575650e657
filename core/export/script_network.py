"""The network of a recipe as Python code in plain Keras."""

from core.config.layer_kinds import kind_of
from core.config.layer_math import INPUT_SHAPE, Layer
from core.config.train_config import TrainConfig
from core.export.formats import ExportError
from core.networks.builder import expand_layers

_FUNCTIONAL = """\
keras.utils.set_random_seed(SEED)
inputs = keras.Input({shape})
values = inputs
{calls}
model = keras.Model(inputs, values)"""

_SEQUENTIAL = """\
keras.utils.set_random_seed(SEED)
model = keras.Sequential(
    [
        keras.Input({shape}),
        {calls},
    ]
)"""


def network_code(config: TrainConfig) -> str:
    """Return the code that builds the recipe's network as `model`; it needs `keras`, its `layers` and `SEED`.

    Its first weights are those with which the run began. Raises `ExportError` where a layer has no form in plain Keras.
    """
    kept = [plain for layer in expand_layers(config) for plain in _without_skipping(layer)]
    blocks = {kind_of(layer).name: kind_of(layer).script for layer in kept if kind_of(layer).build}
    missing = [name for name, script in blocks.items() if not script]
    if missing:
        raise ExportError(f"The layer {missing[0]} is this program's own and has no form in plain Keras.")
    if not blocks:
        return _SEQUENTIAL.format(shape=INPUT_SHAPE, calls=",\n        ".join(map(_keras_call, kept)))
    lines = [_block_call(layer) if kind_of(layer).build else f"{_keras_call(layer)}(values)" for layer in kept]
    calls = "\n".join(f"values = {line}" for line in lines)
    return "\n\n\n".join([*blocks.values(), _FUNCTIONAL.format(shape=INPUT_SHAPE, calls=calls)])


def _keras_call(layer: Layer) -> str:
    return f"layers.{kind_of(layer).name}({_arguments(layer)})"


def _block_call(layer: Layer) -> str:
    return f"{kind_of(layer).name.lower()}(values, {_arguments(layer)})"


def _arguments(layer: Layer) -> str:
    """Return a layer's settings as arguments; words and switches are left out where they are Keras's defaults.

    The first setting of a kind has none in Keras.
    """
    kind = kind_of(layer)
    return ", ".join(
        f"{name}={_literal(value)}"
        for place, (name, value) in enumerate(kind.complete(layer).items())
        if not place or not isinstance(value, str | bool) or value != kind.defaults[name]
    )


def _literal(value: object) -> str:
    """Return a value as Python code, strings in double quotes."""
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _without_skipping(layer: Layer) -> list[Layer]:
    """Return the layers in place of one: of a convolution of 1×1 with a stride, what skips the pixels, and the rest.

    Its gradient in TensorFlow corrupts the heap; a pooling of single pixels skips them as well.
    """
    settings = kind_of(layer).complete(layer)
    if settings.get("kernel_size") != 1 or settings.get("strides", 1) == 1:
        return [layer]
    skipping = {"class_name": "MaxPooling2D", "pool_size": 1, "strides": settings["strides"]}
    return [skipping, {**layer, "strides": 1}]
