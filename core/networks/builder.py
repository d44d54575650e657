"""The builder of Keras models from recipes: the layers as plain data, their counts, and the model made of them."""

import contextlib
import gc
import os
import sys
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from core.config import layer_math
from core.config.architectures import ARCHITECTURES
from core.config.layer_kinds import Shape, kind_of
from core.config.layer_math import IMAGE_SHAPE, INPUT_SHAPE, output_layer
from core.config.layer_specs import LayerSpec, parse_layers
from core.config.train_config import TrainConfig
from core.networks.optional_imports import not_imported

if TYPE_CHECKING:
    import keras

_importing = threading.RLock()
_is_imported = threading.Event()


_WIDTHS = {"units", "filters"}


def expand_layers(config: TrainConfig) -> list[dict[str, Any]]:
    """Return the network's layers in order, each a dict of Keras's class name and its arguments.

    Plain data, so that shapes and parameters can be counted without loading TensorFlow.
    """
    return _stack(config) if config.layers else ARCHITECTURES[config.architecture].layers(config)


def _stack(config: TrainConfig) -> list[dict[str, Any]]:
    flat = config.layers[0]["class_name"] == "Flatten"
    picture = [] if flat else [{"class_name": "Reshape", "target_shape": IMAGE_SHAPE}]
    return [*picture, *config.layers, output_layer(config.dataset.num_classes)]


def first_layer_units(config: TrainConfig) -> int:
    """Return how many units, or filters, the first layer that has weights has."""
    return next(int(layer.get("units") or layer["filters"]) for layer in expand_layers(config) if _WIDTHS & set(layer))


def editable_layers(config: TrainConfig) -> tuple[LayerSpec, ...]:
    """Return the network as the layers that a `TrainConfig` can carry, to be changed one by one.

    Raises `ConfigError` for an architecture that has a layer of another kind.
    """
    layers = expand_layers(config)[:-1]
    offered = [layer if kind_of(layer).offered else kind_of(layer).substitute for layer in layers]
    return parse_layers([layer for layer in offered if layer is not None])


def build(config: TrainConfig) -> "keras.Sequential":
    """Return the untrained `keras.Model`: float32 (n, 28, 28) in [0, 1] → (n, classes) probabilities.

    Its first weights come from Keras's global seed: call `keras.utils.set_random_seed` before.
    """
    keras = import_keras()
    model = keras.Sequential([keras.Input(INPUT_SHAPE)], name=config.network)
    for layer, shape in zip(expand_layers(config), [INPUT_SHAPE, *output_shapes(config)], strict=False):
        model.add(kind_of(layer).build_layer(layer, shape))
    return model


def import_keras() -> Any:
    """Import and return `keras` without the lines that TensorFlow writes at its start, which are for its developers."""
    with _importing:
        if "keras" not in sys.modules:
            os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # half as fast again where TensorFlow leaves it off
            # Keras takes tables of pandas where it is installed, and nobody here gives it one: 70 MB and 0.3 s.
            with _stderr_silenced(), _garbage_collection_frozen(), not_imported("pandas"):
                import tensorflow as tf

                tf.config.list_physical_devices()
                import keras  # noqa: F401
        import keras

        _is_imported.set()
        return keras


def is_keras_imported() -> bool:
    """Return whether `import_keras` is done, so that it returns at once."""
    return _is_imported.is_set()


@contextlib.contextmanager
def _garbage_collection_frozen() -> Iterator[None]:
    """Keep garbage collection off meanwhile, and exclude from it for good what exists at the end.

    The libraries make hundreds of thousands of objects that stay. Streamlit collects garbage after every drawing of a
    page, and going through them took a quarter of a second each time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()


@contextlib.contextmanager
def _stderr_silenced() -> Iterator[None]:
    """Discard what is written to standard error: TensorFlow's C++ code writes to it directly, whatever its settings."""
    stderr = os.dup(2)
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)


def import_keras_in_background() -> threading.Thread:
    """Start to import Keras in a thread of a server and return the thread: whoever needs Keras soon waits less.

    Keras's session is then never cleared in this process. Streamlit does that after every drawing of any page, and each
    time TensorFlow would have to prepare its functions anew: a reading took 100 ms of CPU in place of 12.
    """
    thread = threading.Thread(target=_import_and_keep_session, name="load-keras", daemon=True)
    thread.start()
    return thread


def _import_and_keep_session() -> None:
    import_keras().backend.clear_session = _clear_nothing


def _clear_nothing(free_memory: bool = True) -> None:
    """Do nothing, in place of `keras.backend.clear_session`."""


def output_shapes(config: TrainConfig) -> list[Shape]:
    """Return the shape that leaves each layer of `expand_layers`, without the batch axis."""
    shapes: list[Shape] = []
    shape: Shape = INPUT_SHAPE
    for layer in expand_layers(config):
        shape = layer_math.output_shape(layer, shape)
        shapes.append(shape)
    return shapes


def count_parameters(config: TrainConfig) -> int:
    """Return how many weights the network has, computed from its layers without loading TensorFlow."""
    return sum(map(layer_math.count_weights, expand_layers(config), [INPUT_SHAPE, *output_shapes(config)]))


def count_multiplications(config: TrainConfig) -> int:
    """Return the multiplications of one image's forward pass, on which the time estimate is based."""
    return sum(_multiplications(config))


def count_last_multiplications(config: TrainConfig) -> int:
    """Return the multiplications of one image's forward pass in the last layer alone."""
    return _multiplications(config)[-1]


def _multiplications(config: TrainConfig) -> list[int]:
    shapes = output_shapes(config)
    return list(map(layer_math.count_multiplications, expand_layers(config), [INPUT_SHAPE, *shapes], shapes))
