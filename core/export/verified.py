"""A run's model in another format, loaded again and compared with the original before anybody is offered it."""

import atexit
import json
import shutil
import sys
import tempfile
import threading
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from core.export.formats import FORMATS, ExportError, export_model, missing_packages, remove_export
from core.jobs import launcher
from core.runs.run import Run

COMPARED_IMAGES = 100
MAX_DIFFERENCE = 1e-3
"""Rounding moves a probability by less; a model that differs by more is not given away."""

_exporting = threading.Lock()


@dataclass(frozen=True)
class ExportedModel:
    """An exported model: its file, and by how much its probabilities differ from the original's at most."""

    path: Path
    difference: float

    def read(self) -> bytes:
        """Return what is in the file; raises `OSError`."""
        return self.path.read_bytes()


def verified_export(run: Run, kind: str) -> ExportedModel:
    """Return the run's model as `keras`, `litert`, `onnx` or `savedmodel` (a ZIP of its folder), made once.

    It is exported, loaded again and compared on `COMPARED` test images by a process of its own, so that neither its
    time nor its memory is this one's. Raises `ExportError` with a sentence, and `OSError`.
    """
    if missing_packages(kind):
        raise ExportError(missing_packages(kind))
    folder = _export_folder() / f"{run.id}-{run.model_path.stat().st_mtime_ns}" / kind
    result = folder / "taken.json"
    with _exporting:
        if not result.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            code, said = launcher.run_module("core.export.verified", str(run.model_path), kind, str(folder), run.id)
            if code or not result.exists():
                raise ExportError(f"The export did not succeed: {said or 'its process was ended'}")
    found = json.loads(result.read_text("utf-8"))
    return ExportedModel(folder / found["file"], found["difference"])


@cache
def _export_folder():
    """A folder that is removed when this process ends."""
    folder = Path(tempfile.mkdtemp(prefix="digit-studio-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def export_to_folder(model_path: Path, kind: str, folder: Path, name: str) -> None:
    """Export and compare, and leave the file with `taken.json` in the folder."""
    written, difference = export_and_verify(model_path, kind, folder / f"{name}{FORMATS[kind]}", name)
    if written.is_dir():
        written = Path(shutil.make_archive(str(written), "zip", written))
    (folder / "taken.json").write_text(json.dumps({"file": written.name, "difference": difference}), "utf-8")


def export_and_verify(model_path: Path | None, kind: str, output: Path | None, name: str) -> tuple[Path, float]:
    """Export as `export_model` does, load what was written again and compare it with the original.

    Returns what was written and by how much a probability differs at most on `COMPARED` test images. Raises
    `ExportError` also where that is too much; nothing is left then.
    """
    from core.datasets.mnist import load_mnist
    from core.recognition.recognizer import Recognizer

    images = load_mnist().test.images
    images = images[:: len(images) // COMPARED_IMAGES] / np.float32(255)  # (100, 28, 28)
    written = export_model(model_path, kind, output, name)
    original = Recognizer.load(model_path).model(images).numpy()
    difference = float(np.abs(_LOADERS[kind](written, images) - original).max())
    if not difference <= MAX_DIFFERENCE:  # as of NaN
        remove_export(written)
        raise ExportError(f"The exported model answers otherwise than the original, by up to {difference:.3f}.")
    return written, difference


def _keras(path, images):
    from core.networks.builder import import_keras

    return import_keras().saving.load_model(path, compile=False)(images).numpy()


def _savedmodel(path, images):
    import tensorflow as tf

    loaded = tf.saved_model.load(str(path))  # whose variables live as long as it does
    return loaded.serve(images).numpy()


def _litert(path, images):
    import tensorflow as tf

    with warnings.catch_warnings(action="ignore"):  # TensorFlow would rather have another package run LiteRT
        interpreter = tf.lite.Interpreter(str(path))
    (taken,), (given,) = interpreter.get_input_details(), interpreter.get_output_details()
    interpreter.resize_tensor_input(taken["index"], images.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(taken["index"], images)
    interpreter.invoke()
    return interpreter.get_tensor(given["index"])


def _onnx(path, images):
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: images})[0]


_LOADERS = {"keras": _keras, "savedmodel": _savedmodel, "litert": _litert, "onnx": _onnx}


if __name__ == "__main__":
    try:
        export_to_folder(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), sys.argv[4])
    except ExportError as error:
        sys.exit(str(error))
    except Exception as error:
        sys.exit(f"{type(error).__name__}: {error}")
