"""A model for use elsewhere: Keras, LiteRT, ONNX or SavedModel."""

import importlib.util
import shutil
from pathlib import Path

from core.recognition.recognizer import Recognizer

FORMATS = {"keras": ".keras", "litert": ".tflite", "onnx": ".onnx", "savedmodel": ""}
_PACKAGES = {"onnx": ("onnx", "tf2onnx", "onnxruntime")}  # the last one to load what was written again


class ExportError(RuntimeError):
    """A model that cannot be exported this way; the text says what is missing and how to get it."""


def missing_packages(kind: str) -> str:
    """Return what has to be installed for this format, as a sentence, or '' where everything is there."""
    absent = [package for package in _PACKAGES.get(kind, ()) if importlib.util.find_spec(package) is None]
    return f"Needs {', '.join(absent)}: pip install -r requirements-export.txt" if absent else ""


def export_model(path: Path | None, kind: str, output: Path | None, name: str) -> Path:
    """Write the model at `path` (None: the shipped one) as `keras`, `litert`, `onnx` or `savedmodel`.

    Returns the file, or the folder of a SavedModel, that was written: `output`, or `name` with the format's suffix in
    the working folder. The exported model takes float32 (n, 28, 28) in [0, 1] and returns (n, 10) probabilities.
    Raises `ExportError` where a package is missing or the output is in the way.
    """
    target = Path(output or f"{name}{FORMATS[kind]}")
    if target.exists():
        raise ExportError(f"{target} exists already; choose another with --output, or remove it.")
    if missing_packages(kind):
        raise ExportError(missing_packages(kind))
    reader = Recognizer.load(path)
    if kind == "keras":
        reader.model.save(target)
    else:
        _export(reader.model, kind, target)
    return target


def _export(model, kind, target):
    """Keras writes each of these; a half-written one is removed again."""
    try:
        model.export(target, format={"savedmodel": "tf_saved_model"}.get(kind, kind), verbose=False)
    except BaseException as error:
        remove_export(target)
        if isinstance(error, ImportError):
            raise ExportError(f"{kind} needs a package that is not installed: {error}") from error
        raise


def remove_export(target: Path) -> None:
    """Remove a file or folder that `export_model` has written, if it is there."""
    shutil.rmtree(target, ignore_errors=True)
    if not target.is_dir():
        target.unlink(missing_ok=True)
