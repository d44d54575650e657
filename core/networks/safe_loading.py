"""Opening a .keras file that anyone may have made: checked and bounded before Keras builds anything from it."""

import json
import threading
import zipfile
from pathlib import Path

import numpy as np

from core.config.layer_math import INPUT_SHAPE, NUM_CLASSES
from core.networks.builder import import_keras
from core.storage import safe_zip

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
    """A model file that is not used; the message is a sentence for the person who chose it."""


def load_model(path):
    """The keras.Model of a .keras file: (n, 28, 28) → (n, 10). Raises ModelError, with the reason in a sentence."""
    path = Path(path)
    keras = import_keras()
    config = _config(path)
    _check_layers(config, path)
    _check_parameters(keras, config, path)
    try:
        model = keras.saving.load_model(path, compile=False, safe_mode=True)
        answer = keras.ops.convert_to_numpy(model(_trial()))[0]  # (10,)
    except Exception as error:  # Keras raises nearly anything on a file that does not fit together
        raise ModelError(f"{path.name} is damaged: its weights do not fit its layers.") from error
    if not (np.isfinite(answer).all() and answer.min() >= 0 and abs(answer.sum() - 1) < 1e-3):
        raise ModelError(
            f"{path.name} answers a trial image with {answer.min():.3g} to {answer.max():.3g}, in all "
            f"{answer.sum():.3g}: these are no probabilities. Let its last layer be a softmax."
        )
    return model


def _trial():
    """One image of noise, (1, 28, 28) float32 in [0, 1]: any picture tells probabilities from logits."""
    return np.random.default_rng(0).random((1, *INPUT_SHAPE), np.float32)


def _config(path):
    """The network's description from the file, whose parts and their unpacked sizes are as they should be."""
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


def _check_parts(infos, path):
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
            f"{path.name} has a part that is encrypted, or compressed by another method than Stored or Deflate; "
            "Keras saves no such file."
        )


def _check_layers(config, path):
    """Only what Keras itself brings is built: another's code stays unrun, and Lambda layers carry code."""
    for entry in _objects(config):
        kind, module = entry.get("class_name"), entry.get("module")
        if kind == "Lambda" or entry.get("registered_name") not in (None, kind) or module not in (*MODULES, None):
            raise ModelError(f"{path.name} needs “{kind}”, which is not one of Keras's own layers; it is not loaded.")


def _objects(value):
    """Every described object in a config, however deep."""
    if isinstance(value, dict):
        if "class_name" in value:
            yield value
        for inner in value.values():
            yield from _objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner)


def _check_parameters(keras, config, path):
    """The network's shapes and size, known before memory is taken for one weight."""
    found = {}

    def measure():
        # Within the scope variables have a shape but no memory. It is never left, for leaving would make them: Keras
        # keeps its scopes by thread, so this one ends with its thread.
        keras.StatelessScope().__enter__()
        try:
            model = keras.saving.deserialize_keras_object(config, safe_mode=True)
            found.update(parameters=model.count_params(), inputs=model.input_shape, outputs=model.output_shape)
        except Exception as error:  # whatever a made-up config sets off
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
            f"{path.name} takes {found['inputs']} and gives {found['outputs']}; a model that reads digits "
            f"takes {(None, *INPUT_SHAPE)} and gives {(None, NUM_CLASSES)}."
        )
