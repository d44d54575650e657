"""Named architectures: a config becomes a list of plain layers, and the layers become a Keras model."""

import contextlib
import math
import os
import sys
import threading

from core.config import TrainConfig

_importing = threading.RLock()

INPUT_SHAPE = (28, 28)
CLASSES = 10


def layer_specs(config: TrainConfig) -> list[dict]:
    """Return the network's layers in order, each a dict of Keras's class name and its arguments.

    Plain data, so that shapes and parameters can be counted without loading TensorFlow.
    """
    return _ARCHITECTURES[config.architecture](config)


def _mlp(config):
    return [
        _layer("Flatten"),
        _layer("Dense", units=config.hidden_units, activation="relu"),
        *_dropout(config),
        _layer("Dense", units=CLASSES, activation="softmax"),
    ]


def _convnet(config):
    """Two pairs of 3×3 convolutions, each pair followed by pooling: VGG's plan (Simonyan and Zisserman, 2014)."""
    return [
        _layer("Reshape", target_shape=(28, 28, 1)),
        *_convolutions(config, 32),
        *_convolutions(config, 64),
        _layer("Flatten"),
        _layer("Dense", units=config.hidden_units, activation="relu"),
        *_dropout(config),
        _layer("Dense", units=CLASSES, activation="softmax"),
    ]


def _convolutions(config, filters):
    convolution = _layer("Conv2D", filters=filters, kernel_size=3, activation="relu")
    return [convolution, convolution, _layer("MaxPooling2D"), *_dropout(config)]


def _reader(config):
    """Three pairs of 3×3 convolutions, each normalised; what pools does so first, for there is then less to normalise.

    Only the inner ones are padded: nothing of a digit in MNIST form lies at the rim. 28 → 26 → 12 → 12 → 6 → 4 → 2.
    """
    return [
        _layer("Reshape", target_shape=(28, 28, 1)),
        *_normalised(32),
        *_normalised(48, pooled=True),
        *_normalised(64, padding="same"),
        *_normalised(96, padding="same", pooled=True),
        *_normalised(128),
        *_normalised(128),
        _layer("Flatten"),
        *_dropout(config),
        _layer("Dense", units=CLASSES, activation="softmax"),
    ]


def _normalised(filters, padding="valid", pooled=False):
    """A convolution, batch normalisation (Ioffe and Szegedy, 2015), ReLU."""
    convolution = _layer("Conv2D", filters=filters, kernel_size=3, padding=padding, use_bias=False)
    pooling = [_layer("MaxPooling2D")] if pooled else []
    return [convolution, *pooling, _layer("BatchNormalization"), _layer("ReLU")]


def _dropout(config):
    return [_layer("Dropout", rate=config.dropout)] if config.dropout else []


def _layer(kind, **arguments):
    return {"class_name": kind, **arguments}


# A new architecture is a function of the config here, its name in TrainConfig.architecture's choices.
_ARCHITECTURES = {"mlp": _mlp, "convnet": _convnet, "reader": _reader}


def build(config: TrainConfig):
    """Return the untrained `keras.Model`: float32 (n, 28, 28) in [0, 1] → (n, 10) probabilities.

    Its first weights come from Keras's global seed: call `keras.utils.set_random_seed` before.
    """
    keras = import_keras()
    model = keras.Sequential([keras.Input(INPUT_SHAPE)], name=config.architecture)
    for spec in layer_specs(config):
        arguments = {key: value for key, value in spec.items() if key != "class_name"}
        model.add(getattr(keras.layers, spec["class_name"])(**arguments))
    return model


def import_keras():
    """Import and return `keras`, quietly: what TensorFlow notes at its start is for its own developers."""
    with _importing:
        if "keras" not in sys.modules:
            with _silent():
                import tensorflow as tf

                tf.config.list_physical_devices()
        import keras

        return keras


@contextlib.contextmanager
def _silent():
    """Keep the process's standard error shut: TensorFlow's C++ half writes to it directly, whatever it is told."""
    kept = os.dup(2)
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def load_ahead() -> threading.Thread:
    """Import Keras from a thread of its own, which is returned, so that whoever needs it soon waits less."""
    thread = threading.Thread(target=import_keras, name="load-keras", daemon=True)
    thread.start()
    return thread


def output_shapes(config: TrainConfig) -> list[tuple[int, ...]]:
    """Return the shape that leaves each layer of `layer_specs`, without the batch axis."""
    shapes, shape = [], INPUT_SHAPE
    for spec in layer_specs(config):
        shape = _shape_after(spec, shape)
        shapes.append(shape)
    return shapes


def _shape_after(spec, shape):
    match spec["class_name"]:
        case "Flatten":
            return (math.prod(shape),)
        case "Dense":
            return (*shape[:-1], spec["units"])
        case "Reshape":
            return spec["target_shape"]
        case "Conv2D":
            rim = 0 if spec.get("padding") == "same" else spec["kernel_size"] - 1
            return (shape[0] - rim, shape[1] - rim, spec["filters"])
        case "MaxPooling2D":
            return (shape[0] // 2, shape[1] // 2, shape[2])
        case _:
            return shape


def count_parameters(config: TrainConfig) -> int:
    """Return how many weights the network has, computed from its layers without loading TensorFlow."""
    shapes = [INPUT_SHAPE, *output_shapes(config)]
    return sum(_parameters(spec, before) for spec, before in zip(layer_specs(config), shapes, strict=False))


def _parameters(spec, shape):
    match spec["class_name"]:
        case "Dense":
            return (shape[-1] + 1) * spec["units"]
        case "Conv2D":
            return (spec["kernel_size"] ** 2 * shape[-1] + spec.get("use_bias", True)) * spec["filters"]
        case "BatchNormalization":
            return 4 * shape[-1]  # scale and shift are learned, mean and variance measured
        case _:
            return 0


def multiplications(config: TrainConfig) -> int:
    """Return the multiplications of one image's forward pass, the measure behind the time estimate."""
    shapes = [INPUT_SHAPE, *output_shapes(config)]
    total = 0
    for spec, before, after in zip(layer_specs(config), shapes, shapes[1:], strict=False):
        positions = after[0] * after[1] if spec["class_name"] == "Conv2D" else 1
        total += positions * _parameters(spec, before)
    return total
