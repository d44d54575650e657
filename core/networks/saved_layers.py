"""The folded layers of a .keras file of the app's own, read without Keras, and those of a Keras model."""

import io
import json
import re
import zipfile
import zlib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.config.layer_math import INPUT_SHAPE
from core.networks.folded_layers import FoldedLayer, UnfoldableError, fold

if TYPE_CHECKING:
    import keras

_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError),  # of the archive
    *(KeyError, TypeError, ValueError, AttributeError, RuntimeError),  # of what is in it
)


def read_saved_layers(path: Path) -> list[FoldedLayer]:
    """Return the steps of the network in a .keras file that comes with the app.

    Only for files that are trusted: their sizes are not checked. Raises `UnfoldableError` where the network is of
    another form than those known here, and `OSError` where the file cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            config = json.loads(archive.read("config.json"))
            weights = _weights(archive.read("model.weights.h5"), config["config"]["layers"])
    except _DAMAGED as error:
        raise UnfoldableError(f"{path.name} is of another form: {error!r}") from error
    return fold(config, weights)


def fold_model(model: "keras.Model") -> list[FoldedLayer]:
    """Return the steps of a classifier, float32 (n, 28, 28) → probabilities, the last of which is its last layer.

    They keep the weights that it has now. Raises `UnfoldableError` where the network is of another form than those
    known here.
    """
    last = model.layers[-1]
    is_plain = all(layer.dtype_policy.name == "float32" for layer in model.layers)
    if not is_plain or len(model.inputs) != 1 or tuple(model.inputs[0].shape) != (None, *INPUT_SHAPE):
        raise UnfoldableError("The network is no classifier of images in float32.")
    steps = fold(json.loads(model.to_json()), {layer.name: layer.get_weights() for layer in model.layers})
    if type(last).__name__ != "Dense" or steps[-1].name != last.name:
        raise UnfoldableError("The last layer is not a dense one.")
    return steps


def _weights(data: bytes, layers: list[dict[str, Any]]) -> dict[str, list[np.ndarray]]:
    """Return the weights of each layer that has some, by the name that the config gives it.

    Keras files them under the names of their classes, numbered: layers/conv2d_1/vars/0.
    """
    import h5py

    found: dict[str, list[np.ndarray]] = {}
    count: Counter[str] = Counter()
    with h5py.File(io.BytesIO(data)) as file:
        for layer in layers:
            kind = _snake_case(layer["class_name"])
            place = f"layers/{kind}_{count[kind]}/vars" if count[kind] else f"layers/{kind}/vars"
            count[kind] += 1
            arrays: Any = file.get(place) or {}
            found[layer["config"]["name"]] = [np.asarray(arrays[number]) for number in sorted(arrays, key=int)]
    return found


def _snake_case(name: str) -> str:
    """Return a class's name as Keras writes it in files of weights: max_pooling2d of MaxPooling2D."""
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
