"""Opening a .keras file that anyone may have made: checked and bounded before Keras builds anything from it."""

import json
import os
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.config.layer_math import INPUT_SHAPE, NUM_DIGITS
from core.networks.builder import import_keras
from core.networks.config_size import MeasuredShapes, TooLargeError, measure
from core.networks.config_tensors import DamagedError
from core.networks.loaded_layers import LAYERS
from core.networks.size_limits import MAX_LOADED
from core.storage import safe_zip
from core.storage.os_errors import describe_os_error

if TYPE_CHECKING:
    import keras

MAX_BYTES = 256 * 1024 * 1024  # unpacked: the weights and an optimizer's two copies of them
MAX_CONFIG_BYTES = 4 * 1024 * 1024
PARTS = {"config.json", "metadata.json", "model.weights.h5"}
MODULES = (
    "keras",
    "keras.layers",
    "keras.models",
    "keras.initializers",
    "keras.regularizers",
    "keras.constraints",
    "keras.src.models.functional",
    "keras.src.models.sequential",
)
_LAYER_MODULES = ("keras", "keras.layers", "keras.models", "keras.src.models.functional", "keras.src.models.sequential")
_KERAS_2_FUNCTIONAL = "keras.src.engine.functional"
"""Where the class of a functional model was in Keras 2.13 to 2.15; Keras 3 reads such a model, but not by this name."""


class ModelError(ValueError):
    """A model file that is refused; the message is a sentence for the person who chose it."""


def load_model(path: str | os.PathLike[str], classes: int = NUM_DIGITS) -> "keras.Model":
    """Return the model of a .keras file: float32 (n, 28, 28) in [0, 1] → (n, classes) probabilities.

    Raises `ModelError` where the file is missing, damaged, too large or unsafe, or where the model is not one that
    reads so many classes.
    """
    path = Path(path)
    config = _config(path)
    _check_layers(config, path)
    keras = import_keras()
    _check_size(keras, config, path, classes)
    try:
        model = keras.saving.deserialize_keras_object(config, safe_mode=True)
        model.load_weights(path)
        outputs = keras.ops.convert_to_numpy(model(_test_image(), training=False))[0]  # (classes,)
    except Exception as error:  # Keras raises nearly anything on a file that does not fit together
        raise ModelError(f"{path.name} is damaged: its weights do not fit its layers.") from error
    _check_probabilities(outputs, path)
    return model


def _check_probabilities(outputs: np.ndarray, path: Path) -> None:
    """Raise `ModelError` where the outputs for one image, (classes,), are not finite, or are no probabilities."""
    if not np.isfinite(outputs).all():
        raise ModelError(
            f"The outputs of {path.name} for a test image are NaN or infinite: its weights are unusable. Choose "
            "another model."
        )
    if outputs.min() < 0 or abs(outputs.sum() - 1) >= 1e-3:
        raise ModelError(
            f"The outputs of {path.name} are not probabilities but logits or the like: for a test image they lie "
            f"between {outputs.min():.3g} and {outputs.max():.3g}, and their sum is {outputs.sum():.3g}. Let its last "
            "layer be a softmax."
        )


def _test_image() -> np.ndarray:
    """Return an image of noise, (1, 28, 28) float32 in [0, 1]: any shows whether the outputs are probabilities."""
    return np.random.default_rng(0).random((1, *INPUT_SHAPE), np.float32)


def _config(path: Path) -> dict[str, Any]:
    """Return the network's description from the file, once its parts and their unpacked sizes have been checked."""
    if not path.is_file():
        raise ModelError(_missing_text(path))
    try:
        if form := _other_form(path):
            raise ModelError(f"{path.name} is {form}")
        with zipfile.ZipFile(path) as archive:
            _check_parts(archive.infolist(), path)
            config = json.loads(archive.read("config.json"))
            config.pop("compile_config", None)  # how it was trained does not matter to reading
            return config
    except ModelError:
        raise
    except OSError as error:
        raise ModelError(describe_os_error(error)) from error
    except Exception as error:  # zipfile and zlib raise nearly anything on a made-up archive
        raise ModelError(f"{path.name} is damaged or not a Keras model file; choose another.") from error


def _missing_text(path: Path) -> str:
    if (path.parent / "saved_model.pb").is_file():
        return (
            f"{path.parent.name} is a SavedModel, a folder of TensorFlow's. Where it was made, save the model as a "
            ".keras file."
        )
    return f"There is no model file at {path}."


def _other_form(path: Path) -> str:
    """Return what a model file of another form is, and what to do, or '' for one that may be a .keras file."""
    with open(path, "rb") as file:
        start = file.read(8)
    if start == b"\x89HDF\r\n\x1a\n":
        return (
            "a model in Keras's older HDF5 form, or the weights of one. Where it was made, save the model as a .keras "
            f'file: keras.saving.load_model("{path.name}").save("{path.stem}.keras").'
        )
    if start[4:] == b"TFL3":
        return "a LiteRT model, for phones. Choose the .keras file that it was made of."
    return ""


def _check_parts(infos: list[zipfile.ZipInfo], path: Path) -> None:
    parts = {info.filename: info.file_size for info in infos}
    missing = PARTS - parts.keys()
    if {"about.json", "weights.npz"} <= parts.keys():
        raise ModelError(f"{path.name} is a bundle of Digit Studio. Import it, then choose its run as the model.")
    if path.suffix != ".keras":
        raise ModelError(f"The name of a Keras model file ends in .keras. Rename {path.name}, then choose it again.")
    if missing:
        raise ModelError(f"{path.name} is not a whole Keras model file: it lacks {', '.join(sorted(missing))}.")
    if sum(parts.values()) > MAX_BYTES or parts["config.json"] > MAX_CONFIG_BYTES:
        raise ModelError(
            f"{path.name} would unpack to {sum(parts.values()) / 1024**2:.0f} MB; "
            f"at most {MAX_BYTES // 1024**2} MB are loaded."
        )
    if not all(map(safe_zip.is_allowed, infos)):
        raise ModelError(
            f"{path.name} is encrypted, or compressed by a method other than Stored and Deflate; Keras saves no such "
            "file. Save the model with Keras again."
        )


def _check_layers(config: dict[str, Any], path: Path) -> None:
    """Raise `ModelError` for an object that is not Keras's own, a layer that is not loaded, or too many of them.

    Lambda layers contain code. Names the class of Keras 2's functional models as Keras 3 does. Takes away the shapes
    that layers say they were built for: they follow from the input's.
    """
    layers = 0
    for entry in _objects(config):
        kind = entry["class_name"]
        if not isinstance(kind, str):
            raise ModelError(f"{path.name} is damaged: one of its layers has no name of a kind. Choose another.")
        if kind == "Functional" and entry.get("module") == _KERAS_2_FUNCTIONAL:
            entry["module"] = "keras.src.models.functional"
        module = entry.get("module")
        if kind == "Lambda" or entry.get("registered_name") not in (None, kind) or module not in (*MODULES, None):
            raise ModelError(f"{path.name} needs “{kind}”, which is not one of Keras's own layers; it is not loaded.")
        if module in _LAYER_MODULES and kind not in (*LAYERS, "DTypePolicy"):
            raise ModelError(
                f"{path.name} needs “{kind}”, a layer of Keras that is not loaded here: networks that read digits "
                "are made of dense, convolutional, pooling, recurrent, normalising and attention layers."
            )
        layers += kind in LAYERS
        entry.pop("build_config", None)
        _drop_keras_2_settings(kind, entry.get("config"))
    if layers > MAX_LOADED.layers:
        raise ModelError(f"{path.name} has {layers:,} layers; at most {MAX_LOADED.layers:,} are loaded.")


def _drop_keras_2_settings(kind: str, settings: object) -> None:
    """Take away what Keras 2 saved with a layer, does not change what it computes, and Keras 3 refuses."""
    if kind not in LAYERS or not isinstance(settings, dict):
        return
    if kind != "InputLayer":
        settings.pop("batch_input_shape", None)
    if settings.get("time_major") is False:
        del settings["time_major"]


def _objects(config: object) -> Iterator[dict[str, Any]]:
    """Yield every object that a config describes, however deep."""
    waiting = [config]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if "class_name" in value:
                yield value
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _check_size(keras: Any, config: dict[str, Any], path: Path, classes: int) -> None:
    """Raise `ModelError` for too large a network or wrong shapes, before memory is allocated for one weight."""
    found: list[MeasuredShapes | Exception] = []

    def measure_size() -> None:
        # Within the scope variables have a shape but no memory. It is never left, for leaving would allocate them:
        # Keras keeps its scopes by thread, so this one ends with its thread.
        keras.StatelessScope().__enter__()
        try:
            found.append(measure(keras, config, MAX_LOADED))
        except Exception as error:  # Keras raises nearly anything on a made-up config
            found.append(error)

    thread = threading.Thread(target=measure_size)
    thread.start()
    thread.join()
    (shapes,) = found
    if isinstance(shapes, TooLargeError):
        raise ModelError(f"{path.name} has {shapes} are loaded.") from shapes
    if isinstance(shapes, DamagedError):
        raise ModelError(f"{path.name} is damaged: its layers cannot be put together.") from shapes
    if isinstance(shapes, Exception):
        raise ModelError(
            f"The size of {path.name} cannot be determined here: the description of its layers has a form that is not "
            "known. Load it with Keras 3 where it was made, and save it again."
        ) from shapes
    if shapes.inputs != [(None, *INPUT_SHAPE)] or shapes.outputs != [(None, classes)]:
        inputs, outputs = (" and ".join(map(str, each)) for each in (shapes.inputs, shapes.outputs))
        read = "digits" if classes == NUM_DIGITS else f"{classes} classes"
        raise ModelError(
            f"{path.name} has inputs of shape {inputs} and outputs of shape {outputs}; a model that "
            f"reads {read} has {(None, *INPUT_SHAPE)} and {(None, classes)}."
        )
