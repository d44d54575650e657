"""Exported models answer as the model they were made from."""

import sys

import numpy as np
import pytest

from core.datasets.mnist import load_arrays
from core.export.formats import FORMATS, ExportError, export_model
from core.networks.builder import import_keras
from core.recognition import ModelError, Recognizer
from tests.support.runs import tiny_model


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "tiny.keras"
    tiny_model().save(path)
    return path


@pytest.fixture(scope="module")
def images():
    """Five images as an exported model takes them: (5, 28, 28) float32 in [0, 1]."""
    return load_arrays()["x_test"][:5] / np.float32(255)


@pytest.fixture(scope="module")
def wanted(path):
    """What the model itself answers, (5, 10)."""
    return Recognizer.load(path).classify(load_arrays()["x_test"][:5])


def test_keras(path, images, wanted, tmp_path):
    written = export_model(path, "keras", tmp_path / "copy.keras", "tiny")
    model = import_keras().saving.load_model(written)
    assert model(images).numpy() == pytest.approx(wanted, abs=1e-6)


def test_savedmodel(path, images, wanted, tmp_path):
    import tensorflow as tf

    written = export_model(path, "savedmodel", tmp_path / "copy", "tiny")
    assert written.is_dir()
    assert tf.saved_model.load(str(written)).serve(images).numpy() == pytest.approx(wanted, abs=1e-6)


# TensorFlow would rather have another package run LiteRT; what it brings itself is enough to check the file.
@pytest.mark.filterwarnings(r"ignore:\s+Warning. tf.lite.Interpreter is deprecated:UserWarning")
def test_litert(path, images, wanted, tmp_path):
    import tensorflow as tf

    written = export_model(path, "litert", tmp_path / "copy.tflite", "tiny")
    interpreter = tf.lite.Interpreter(str(written))
    (model_input,), (model_output,) = interpreter.get_input_details(), interpreter.get_output_details()
    interpreter.resize_tensor_input(model_input["index"], images.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(model_input["index"], images)
    interpreter.invoke()
    assert interpreter.get_tensor(model_output["index"]) == pytest.approx(wanted, abs=1e-5)


@pytest.mark.parametrize("missing", ["onnx", "tf2onnx", "onnxruntime"])
def test_onnx_without_its_packages_says_how_to_get_them(path, tmp_path, monkeypatch, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ExportError, match="pip install -r requirements-export.txt"):
        export_model(path, "onnx", tmp_path / "copy.onnx", "tiny")
    assert not (tmp_path / "copy.onnx").exists()


@pytest.mark.parametrize(("kind", "name"), [("keras", "tiny.keras"), ("savedmodel", "tiny"), ("litert", "tiny.tflite")])
def test_without_an_output_the_file_is_named_in_the_working_folder(path, tmp_path, monkeypatch, kind, name):
    monkeypatch.chdir(tmp_path)
    assert str(export_model(path, kind, None, "tiny")) == name
    assert [each.name for each in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("kind", FORMATS)
def test_what_is_there_already_is_never_overwritten(path, tmp_path, kind):
    target = tmp_path / "thesis"
    target.write_text("months of work")
    with pytest.raises(ExportError, match="thesis exists already; choose another with --output, or remove it."):
        export_model(path, kind, target, "tiny")
    assert target.read_text() == "months of work"


@pytest.mark.parametrize("kind", FORMATS)
def test_a_folder_that_is_not_there_is_named(path, tmp_path, kind):
    with pytest.raises(ExportError, match="There is no folder .*missing; create it, or choose another with --output."):
        export_model(path, kind, tmp_path / "missing" / "copy", "tiny")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["keras", "litert"])
def test_a_name_that_the_format_does_not_take_leaves_nothing(path, tmp_path, kind):
    with pytest.raises(ValueError, match="[.]keras|[.]tflite"):
        export_model(path, kind, tmp_path / "copy.txt", "tiny")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_model_is_refused_in_words(tmp_path):
    (tmp_path / "broken.keras").write_bytes(b"no model")
    with pytest.raises(ModelError, match="broken.keras is damaged"):
        export_model(tmp_path / "broken.keras", "keras", tmp_path / "copy.keras", "tiny")


def test_the_shipped_model_is_exported_too(tmp_path):
    written = export_model(None, "keras", tmp_path / "copy.keras", "reader")
    images = load_arrays()["x_test"][:5]
    assert Recognizer.load(written).classify(images).argmax(axis=1).tolist() == [7, 2, 1, 0, 4]
