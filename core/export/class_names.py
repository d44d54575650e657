"""The class names of a network in an exported file, so that what reads with it can say them."""

import importlib
import json
import zipfile
from pathlib import Path

from core.config.dataset_spec import DatasetSpec
from core.recognition.model_files import CLASSES_FILE

_LABELS = "labels.txt"
_EXTRA_FOLDER = "assets.extra"  # TensorFlow's name for files that lie beside a SavedModel


def write_into_keras(path: Path, dataset: DatasetSpec) -> None:
    """Add the data set's card to a .keras file, which is a ZIP; Keras reads the file as before. Raises `OSError`."""
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(CLASSES_FILE, _card(dataset))


def write_into_litert(path: Path, dataset: DatasetSpec) -> None:
    """Append the class names as `labels.txt`, a line each, as TensorFlow Lite's metadata has associated files.

    They are a ZIP behind the model. Raises `OSError`.
    """
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(_LABELS, "\n".join(dataset.class_names))


def write_into_onnx(path: Path, dataset: DatasetSpec) -> None:
    """Add the data set's card to the metadata of an ONNX file, as `dataset`; raises `OSError`."""
    onnx = importlib.import_module("onnx")
    model = onnx.load(str(path))
    entry = model.metadata_props.add()
    entry.key, entry.value = "dataset", _card(dataset)
    onnx.save(model, str(path))


def write_into_savedmodel(path: Path, dataset: DatasetSpec) -> None:
    """Write the data set's card into a folder of a SavedModel; raises `OSError`."""
    folder = path / _EXTRA_FOLDER
    folder.mkdir(exist_ok=True)
    (folder / CLASSES_FILE).write_text(_card(dataset), "utf-8")


def _card(dataset: DatasetSpec) -> str:
    return json.dumps({"dataset": dataset.to_json()}, ensure_ascii=False, indent=2)
