"""Opening a .keras file that anyone may have made: checked and bounded before Keras builds anything from it."""

import json
import os
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.config.layer_math import INPUT_SHAPE, NUM_CLASSES
from core.networks.builder import import_keras
from core.storage import safe_zip

if TYPE_CHECKING:
    import keras

MAX_PARAMETERS = 20_000_000
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


class ModelError(ValueError):
    """A model file that is refused; the message is a sentence for the person who chose it."""


def load_model(path: str | os.PathLike[str]) -> "keras.Model":
    """Return the model of a .keras file: float32 (n, 28, 28) in [0, 1] → (n, 10) probabilities.

    Raises `ModelError` where the file is missing, damaged, too large or unsafe, or where the model is not one that
    reads digits.
    """
    path = Path(path)
    keras = import_keras()
    config = _config(path)
    _check_layers(config, path)
    _check_parameters(keras, config, path)
    try:
        model = keras.saving.load_model(path, compile=False, safe_mode=True)
        outputs = keras.ops.convert_to_numpy(model(_test_image()))[0]  # (10,)
    except Exception as error:  # Keras raises nearly anything on a file that does not fit together
        raise ModelError(f"{path.name} is damaged: its weights do not fit its layers.") from error
    _check_probabilities(outputs, path)
    return model


def _check_probabilities(outputs: np.ndarray, path: Path) -> None:
    """Raise `ModelError` where the outputs for one image, (10,), are not finite, or are no probabilities."""
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
        raise ModelError(f"There is no model file at {path}.")
    try:
        with zipfile.ZipFile(path) as archive:
            _check_parts(archive.infolist(), path)
            config = json.loads(archive.read("config.json"))
            config.pop("compile_config", None)  # how it was trained does not matter to reading
            return config
    except ModelError:
        raise
    except Exception as error:  # zipfile and zlib raise nearly anything on a made-up archive
        raise ModelError(f"{path.name} is damaged or not a Keras model file; choose another.") from error


def _check_parts(infos: list[zipfile.ZipInfo], path: Path) -> None:
    parts = {info.filename: info.file_size for info in infos}
    missing = PARTS - parts.keys()
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
    """Raise `ModelError` for any layer that is not Keras's own, and for Lambda layers, which contain code."""
    for entry in _objects(config):
        kind, module = entry.get("class_name"), entry.get("module")
        if kind == "Lambda" or entry.get("registered_name") not in (None, kind) or module not in (*MODULES, None):
            raise ModelError(f"{path.name} needs “{kind}”, which is not one of Keras's own layers; it is not loaded.")


def _objects(value: object) -> Iterator[dict[str, Any]]:
    """Return every object that a config describes, however deep."""
    if isinstance(value, dict):
        if "class_name" in value:
            yield value
        for inner in value.values():
            yield from _objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner)


def _check_parameters(keras: Any, config: dict[str, Any], path: Path) -> None:
    """Raise `ModelError` for too many weights or wrong shapes, before memory is allocated for one weight."""
    found: dict[str, Any] = {}

    def measure() -> None:
        # Within the scope variables have a shape but no memory. It is never left, for leaving would allocate them:
        # Keras keeps its scopes by thread, so this one ends with its thread.
        keras.StatelessScope().__enter__()
        try:
            model = keras.saving.deserialize_keras_object(config, safe_mode=True)
            found.update(parameters=model.count_params(), inputs=model.input_shape, outputs=model.output_shape)
        except Exception as error:  # Keras raises nearly anything on a made-up config
            found["error"] = error

    thread = threading.Thread(target=measure)
    thread.start()
    thread.join()
    if "error" in found:
        raise ModelError(f"{path.name} is damaged: its layers cannot be put together.") from found["error"]
    if found["parameters"] > MAX_PARAMETERS:
        raise ModelError(f"{path.name} has {found['parameters']:,} weights; at most {MAX_PARAMETERS:,} are loaded.")
    if found["inputs"] != (None, *INPUT_SHAPE) or found["outputs"] != (None, NUM_CLASSES):
        raise ModelError(
            f"{path.name} has inputs of shape {found['inputs']} and outputs of shape {found['outputs']}; a model that "
            f"reads digits has {(None, *INPUT_SHAPE)} and {(None, NUM_CLASSES)}."
        )
