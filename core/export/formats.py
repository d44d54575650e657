"""The formats in which a model is exported: one entry each says how it is written, and how it is loaded again."""

import importlib
import importlib.util
import shutil
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from core.config.dataset_spec import MNIST, DatasetSpec
from core.export.class_names import (
    write_into_keras,
    write_into_litert,
    write_into_onnx,
    write_into_savedmodel,
)
from core.networks.builder import import_keras

if TYPE_CHECKING:
    import keras


class ExportError(RuntimeError):
    """A model that cannot be exported this way; the text says what is missing and how to get it."""


@dataclass(frozen=True)
class ExportFormat:
    """One export format, as the command line and the Runs page offer it.

    `write(model, path)` writes a `keras.Model` that takes float32 images (n, 28, 28) in [0, 1] and returns (n, classes)
    probabilities. `predict(path, images)` loads what was written and returns its probabilities for such images as an
    array: so every export is compared with the original. `write_classes(path, dataset)` adds the names of the
    classes of another data set than MNIST. `packages` are needed for either.
    """

    name: str  # on the command line
    label: str  # on the page
    use: str  # what it is for, on the page
    suffix: str  # of the file; '' where a folder is written
    write: Callable[["keras.Model", Path], Any]
    predict: Callable[[Path, np.ndarray], np.ndarray]
    packages: tuple[str, ...] = ()
    write_classes: Callable[[Path, DatasetSpec], None] | None = None


def _write_keras(model: "keras.Model", path: Path) -> None:
    model.save(path)


def _write(keras_format: str, model: "keras.Model", path: Path) -> None:
    model.export(path, format=keras_format, verbose=False)


def _predict_keras(path: Path, images: np.ndarray) -> np.ndarray:
    model = cast("keras.Model", import_keras().saving.load_model(path, compile=False))
    return np.asarray(model(images))


def _predict_savedmodel(path: Path, images: np.ndarray) -> np.ndarray:
    import tensorflow as tf

    loaded = tf.saved_model.load(str(path))  # whose variables live as long as it does
    return loaded.serve(images).numpy()


def _predict_litert(path: Path, images: np.ndarray) -> np.ndarray:
    import tensorflow as tf

    with warnings.catch_warnings(action="ignore"):  # TensorFlow recommends another package for running LiteRT
        interpreter = tf.lite.Interpreter(str(path))
    (model_input,), (model_output,) = interpreter.get_input_details(), interpreter.get_output_details()
    interpreter.resize_tensor_input(model_input["index"], images.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(model_input["index"], images)
    interpreter.invoke()
    return interpreter.get_tensor(model_output["index"])


def _predict_onnx(path: Path, images: np.ndarray) -> np.ndarray:
    onnxruntime = importlib.import_module("onnxruntime")
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: images})[0]


FORMATS = {
    each.name: each
    for each in (
        ExportFormat(
            "keras",
            "Keras",
            "for Python with Keras",
            ".keras",
            _write_keras,
            _predict_keras,
            write_classes=write_into_keras,
        ),
        ExportFormat(
            "litert",
            "LiteRT",
            "for phones and small devices, formerly TensorFlow Lite",
            ".tflite",
            partial(_write, "litert"),
            _predict_litert,
            write_classes=write_into_litert,
        ),
        ExportFormat(
            "onnx",
            "ONNX",
            "for ONNX Runtime and most other frameworks",
            ".onnx",
            partial(_write, "onnx"),
            _predict_onnx,
            write_classes=write_into_onnx,
            packages=("onnx", "tf2onnx", "onnxruntime"),
        ),
        ExportFormat(
            "savedmodel",
            "SavedModel",
            "for TensorFlow and TensorFlow Serving; a ZIP of its folder",
            "",
            partial(_write, "tf_saved_model"),
            _predict_savedmodel,
            write_classes=write_into_savedmodel,
        ),
    )
}
"""Every format by its name, in the order in which they are offered. A new format is one entry here."""


def missing_packages(format_name: str) -> str:
    """Return what has to be installed for this format, as a sentence, or '' where everything is there."""
    absent = [package for package in FORMATS[format_name].packages if importlib.util.find_spec(package) is None]
    if not absent:
        return ""
    return (
        f"This format needs {', '.join(absent)}: pip install 'digit-studio[export]', or in a checkout pip install -r "
        "requirements-export.txt."
    )


def export_model(path: Path | None, format_name: str, output: Path | None, stem: str) -> Path:
    """Write the model at `path` (None: the shipped one) in one of `FORMATS`; return the file or folder written.

    That is `output`, or `stem` with the format's suffix in the working folder. Raises `ExportError` where a package is
    missing, the output is there already or its folder is not; nothing is left of an export that fails.
    """
    chosen = FORMATS[format_name]
    target = Path(output or f"{stem}{chosen.suffix}")
    if target.exists():
        raise ExportError(f"{target} exists already; choose another with --output, or remove it.")
    if not target.parent.is_dir():
        raise ExportError(f"There is no folder {target.parent}; create it, or choose another with --output.")
    if missing_packages(format_name):
        raise ExportError(missing_packages(format_name))
    from core.recognition.recognizer import Recognizer

    reader = Recognizer.load(path)
    try:
        chosen.write(reader.model, target)
        if chosen.write_classes and reader.dataset != MNIST:
            chosen.write_classes(target, reader.dataset)
    except BaseException as error:
        remove_export(target)
        if isinstance(error, ImportError):
            raise ExportError(f"{format_name} needs a package that is not installed: {error}") from error
        raise
    return target


def remove_export(target: Path) -> None:
    """Remove a file or folder that `export_model` has written, if it is there."""
    shutil.rmtree(target, ignore_errors=True)
    if not target.is_dir():
        target.unlink(missing_ok=True)
