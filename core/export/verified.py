"""A model in another format, loaded again and compared with the original before anybody is offered it."""

import hashlib
import json
import shutil
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from core.datasets.mnist import load_mnist
from core.export.formats import FORMATS, ExportError, export_model, missing_packages, remove_export
from core.jobs import launcher
from core.recognition.recognizer import Recognizer
from core.runs.run import Run
from core.storage import temporary

COMPARED_IMAGES = 100
MAX_DIFFERENCE = 1e-3
"""Rounding changes a probability by less; a model that differs by more is not offered."""

_RESULT_FILE = "result.json"
_exporting = threading.Lock()


@dataclass(frozen=True)
class ExportedModel:
    """An exported model: its file, and the largest difference of its probabilities from the original's."""

    path: Path
    difference: float

    def read(self) -> bytes:
        """Return what is in the file; raises `OSError`."""
        return self.path.read_bytes()


def verified_export(run: Run, format_name: str) -> ExportedModel:
    """Return the run's model in one of `FORMATS` (a SavedModel as a ZIP of its folder), made once.

    A process of its own exports it, loads it again and compares it on `COMPARED_IMAGES` test images, so that neither
    its time nor its memory is taken from this one. Raises `ExportError` with a sentence, and `OSError`.
    """
    if missing_packages(format_name):
        raise ExportError(missing_packages(format_name))
    folder = _export_folder() / _name_of(run.model_path) / format_name
    result = folder / _RESULT_FILE
    with _exporting:
        if not result.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            arguments = str(run.model_path), format_name, str(folder), run.id
            code, last_line = launcher.run_module("core.export.export_process", *arguments)
            if code or not result.exists():
                raise ExportError(f"The export did not succeed: {last_line or 'its process was ended'}")
    found = json.loads(result.read_text("utf-8"))
    return ExportedModel(folder / found["file"], found["difference"])


def _name_of(path: Path) -> str:
    """Return a name of a model's file as it is now, made of its place too: runs of two people may have one id."""
    return hashlib.blake2b(f"{path} {path.stat().st_mtime_ns}".encode(errors="surrogateescape")).hexdigest()[:32]


@cache
def _export_folder() -> Path:
    """Return a temporary folder that is removed when this process ends."""
    return temporary.make_folder()


def export_to_folder(model_path: Path, format_name: str, folder: Path, stem: str) -> None:
    """Export and compare, and leave the one file to download, and the result of the comparison, in the folder.

    Raises as `export_and_verify` does.
    """
    output = folder / f"{stem}{FORMATS[format_name].suffix}"
    written, difference = export_and_verify(model_path, format_name, output, stem)
    if written.is_dir():
        written = Path(shutil.make_archive(str(written), "zip", written))
    (folder / _RESULT_FILE).write_text(json.dumps({"file": written.name, "difference": difference}), "utf-8")


def export_and_verify(model_path: Path | None, format_name: str, output: Path | None, stem: str) -> tuple[Path, float]:
    """Export as `export_model` does, load what was written again and compare it with the original.

    Returns what was written, and the largest difference of any probability on `COMPARED_IMAGES` test images. Raises
    `ExportError` also where that is more than `MAX_DIFFERENCE`; nothing is left then.
    """
    images = load_mnist().test.images
    images = images[:: len(images) // COMPARED_IMAGES] / np.float32(255)  # (100, 28, 28)
    written = export_model(model_path, format_name, output, stem)
    original = np.asarray(Recognizer.load(model_path).model(images))
    difference = float(np.abs(FORMATS[format_name].predict(written, images) - original).max())
    if not difference <= MAX_DIFFERENCE:  # as of NaN
        remove_export(written)
        raise ExportError(f"The exported model's outputs differ from the original's by up to {difference:.3f}.")
    return written, difference
