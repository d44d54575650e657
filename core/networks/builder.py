"""Named architectures: a config becomes a list of plain layers, and the layers become a Keras model."""

import contextlib
import gc
import os
import sys
import threading

from core.config import layer_math
from core.config.layer_math import IMAGE_SHAPE, INPUT_SHAPE, NUM_CLASSES, OUTPUT_LAYER
from core.config.layer_specs import LayerSpec, parse_layers
from core.config.train_config import TrainConfig

_importing = threading.RLock()


def expand_layers(config: TrainConfig) -> list[dict]:
    """Return the network's layers in order, each a dict of Keras's class name and its arguments.

    Plain data, so that shapes and parameters can be counted without loading TensorFlow.
    """
    return _stack(config) if config.layers else _ARCHITECTURES[config.architecture](config)


def editable_layers(config: TrainConfig) -> tuple[LayerSpec, ...]:
    """Return the network as the layers that a `TrainConfig` can carry, to be changed one by one.

    Raises `ConfigError` for an architecture that has a layer of another kind.
    """
    relu = {"class_name": "Activation", "activation": "relu"}
    specs = [spec for spec in expand_layers(config)[:-1] if spec["class_name"] != "Reshape"]
    return parse_layers([relu if spec["class_name"] == "ReLU" else spec for spec in specs])


def _stack(config):
    flat = config.layers[0]["class_name"] == "Flatten"
    picture = [] if flat else [_layer("Reshape", target_shape=IMAGE_SHAPE)]
    return [*picture, *config.layers, OUTPUT_LAYER]


def _mlp(config):
    return [
        _layer("Flatten"),
        _layer("Dense", units=config.hidden_units, activation="relu"),
        *_dropout(config.dropout),
        _layer("Dense", units=NUM_CLASSES, activation="softmax"),
    ]


def _convnet(config):
    """Two pairs of 3×3 convolutions, each pair followed by pooling: VGG's plan (Simonyan and Zisserman, 2014)."""
    return [
        _layer("Reshape", target_shape=IMAGE_SHAPE),
        *_convolutions(config, 32),
        *_convolutions(config, 64),
        _layer("Flatten"),
        _layer("Dense", units=config.hidden_units, activation="relu"),
        *_dropout(config.dropout),
        _layer("Dense", units=NUM_CLASSES, activation="softmax"),
    ]


def _convolutions(config, filters):
    convolution = _layer("Conv2D", filters=filters, kernel_size=3, activation="relu")
    return [convolution, convolution, _layer("MaxPooling2D"), *_dropout(config.dropout)]


def _reader(config):
    """Seven 3×3 convolutions, each normalised; what pools does so first, for there is then less to normalise.

    Only the inner ones are padded: nothing of a digit in MNIST form lies at the rim. The widest stand where the
    picture is small, and all are multiples of 16 wide, which is what keeps it quick on any processor. Of what pools, a
    third of the dropout's share is silenced.
    28 → 26 → 12 → 10 → 10 → 5 → 5 → 3.
    """
    early = _dropout(round(config.dropout / 3, 4))  # 0.1, not 0.09999…
    return [
        _layer("Reshape", target_shape=IMAGE_SHAPE),
        *_normalised(32),
        *_normalised(48, pooled=True),
        *early,
        *_normalised(64),
        *_normalised(96, padding="same"),
        *_normalised(96, padding="same", pooled=True),
        *early,
        *_normalised(160, padding="same"),
        *_normalised(192),
        _layer("Flatten"),
        *_dropout(config.dropout),
        _layer("Dense", units=NUM_CLASSES, activation="softmax"),
    ]


def _normalised(filters, padding="valid", pooled=False):
    """A convolution, batch normalisation (Ioffe and Szegedy, 2015), ReLU."""
    convolution = _layer("Conv2D", filters=filters, kernel_size=3, padding=padding, use_bias=False)
    pooling = [_layer("MaxPooling2D")] if pooled else []
    return [convolution, *pooling, _layer("BatchNormalization"), _layer("ReLU")]


def _dropout(rate):
    return [_layer("Dropout", rate=rate)] if rate else []


def _layer(kind, **arguments):
    return {"class_name": kind, **arguments}


# A new architecture is a function of the config here, its name in TrainConfig.architecture's choices.
_ARCHITECTURES = {"mlp": _mlp, "convnet": _convnet, "reader": _reader}


def build(config: TrainConfig):
    """Return the untrained `keras.Model`: float32 (n, 28, 28) in [0, 1] → (n, 10) probabilities.

    Its first weights come from Keras's global seed: call `keras.utils.set_random_seed` before.
    """
    keras = import_keras()
    model = keras.Sequential([keras.Input(INPUT_SHAPE)], name=config.network)
    for spec, shape in zip(expand_layers(config), [INPUT_SHAPE, *output_shapes(config)], strict=False):
        model.add(_keras_layer(spec, shape))
    return model


def _keras_layer(spec, shape):
    arguments = {key: value for key, value in spec.items() if key != "class_name"}
    if spec["class_name"] == "Residual":
        return _residual_block(shape, **arguments)
    return getattr(import_keras().layers, spec["class_name"])(**arguments)


def _residual_block(shape, filters, strides):
    """Two convolutions and a shortcut, to which what they say is added (He et al., 2015), as one `keras.Model`."""
    keras = import_keras()
    inputs = keras.Input(shape)
    inner = keras.layers.ReLU()(_normalised_convolution(inputs, "first", filters, 3, strides))
    inner = _normalised_convolution(inner, "second", filters, 3, 1)
    projects = strides > 1 or shape[-1] != filters
    shortcut = _normalised_convolution(inputs, "shortcut", filters, 1, strides) if projects else inputs
    return keras.Model(inputs, keras.layers.ReLU()(keras.layers.Add()([inner, shortcut])))


def _normalised_convolution(values, name, filters, kernel_size, strides):
    keras = import_keras()
    convolution = keras.layers.Conv2D(filters, kernel_size, strides, padding="same", use_bias=False, name=name)
    return keras.layers.BatchNormalization(name=f"{name}_normalised")(convolution(values))


def import_keras():
    """Import and return `keras`, quietly: what TensorFlow notes at its start is for its own developers."""
    with _importing:
        if "keras" not in sys.modules:
            os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # half as fast again where TensorFlow leaves it off
            with _stderr_silenced(), _garbage_collection_frozen():
                import tensorflow as tf

                tf.config.list_physical_devices()
                import keras  # noqa: F401
        import keras

        return keras


@contextlib.contextmanager
def _garbage_collection_frozen():
    """Keep garbage collection off meanwhile, and for ever from what is there then.

    The libraries make hundreds of thousands of objects that stay. Streamlit collects garbage after every drawing of a
    page, and to look through them took a quarter of a second each time.
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
def _stderr_silenced():
    """Keep the process's standard error shut: TensorFlow's C++ half writes to it directly, whatever it is told."""
    kept = os.dup(2)
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def import_keras_in_background() -> threading.Thread:
    """Import Keras from a thread of its own, which is returned, so that whoever needs it soon waits less."""
    thread = threading.Thread(target=import_keras, name="load-keras", daemon=True)
    thread.start()
    return thread


def output_shapes(config: TrainConfig) -> list[tuple[int, ...]]:
    """Return the shape that leaves each layer of `layer_specs`, without the batch axis."""
    leaving, shape = [], INPUT_SHAPE
    for spec in expand_layers(config):
        shape = layer_math.output_shape(spec, shape)
        leaving.append(shape)
    return leaving


def count_parameters(config: TrainConfig) -> int:
    """Return how many weights the network has, computed from its layers without loading TensorFlow."""
    return sum(map(layer_math.count_weights, expand_layers(config), [INPUT_SHAPE, *output_shapes(config)]))


def count_multiplications(config: TrainConfig) -> int:
    """Return the multiplications of one image's forward pass, the measure behind the time estimate."""
    leaving = output_shapes(config)
    return sum(map(layer_math.count_multiplications, expand_layers(config), [INPUT_SHAPE, *leaving], leaving))
