"""A model is offered in another format only after it was loaded again and answered as the original does."""

import importlib.util
import json
import shutil
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from core.datasets.mnist import load_mnist
from core.export import verified
from core.export.formats import FORMATS, ExportError, missing_packages
from core.export.verified import ExportedModel, export_to_folder, verified_export
from core.jobs import launcher
from core.recognition.recognizer import Recognizer
from core.runs.run import Run

pytestmark = pytest.mark.filterwarnings("ignore:In the future `np.object`:FutureWarning")  # of tf2onnx


@pytest.fixture(autouse=True)
def export_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(verified, "_export_folder", lambda: tmp_path / "exports")


@pytest.mark.parametrize("kind", ["keras", "litert", "savedmodel"])
def test_what_is_made_answers_as_the_original(finished_run, tmp_path, kind):
    export_to_folder(finished_run.model_path, kind, tmp_path, "digits")
    found = json.loads((tmp_path / "result.json").read_text())
    assert 0 <= found["difference"] < 1e-5
    assert (tmp_path / found["file"]).stat().st_size > 10_000
    if kind == "savedmodel":
        assert "saved_model.pb" in zipfile.ZipFile(tmp_path / found["file"]).namelist()


@pytest.mark.skipif(bool(missing_packages("onnx")), reason="what ONNX needs is not installed: make test-export")
def test_onnx_answers_as_the_original(finished_run, tmp_path):
    export_to_folder(finished_run.model_path, "onnx", tmp_path, "digits")
    assert json.loads((tmp_path / "result.json").read_text())["difference"] < 1e-5


def make_differ(value, finished_run, monkeypatch):
    """Make the exported model differ from the original in one probability of one image."""
    images = load_mnist().test.images[::100] / np.float32(255)
    other = Recognizer.load(finished_run.model_path).model(images).numpy()
    other[17, 3] += value
    monkeypatch.setitem(FORMATS, "keras", replace(FORMATS["keras"], predict=lambda path, images: other))


def test_the_difference_is_the_largest_of_any_probability(finished_run, tmp_path, monkeypatch):
    make_differ(0.0005, finished_run, monkeypatch)
    export_to_folder(finished_run.model_path, "keras", tmp_path, "digits")
    assert json.loads((tmp_path / "result.json").read_text())["difference"] == pytest.approx(0.0005, rel=0.01)


@pytest.mark.parametrize(("value", "words"), [(0.25, "by up to 0.250"), (np.nan, "by up to nan")])
def test_a_model_that_differs_is_not_left(finished_run, tmp_path, monkeypatch, value, words):
    make_differ(value, finished_run, monkeypatch)
    with pytest.raises(ExportError, match=words):
        export_to_folder(finished_run.model_path, "keras", tmp_path, "digits")
    assert not list(tmp_path.glob("digits*")) and not (tmp_path / "result.json").exists()


def test_a_process_of_its_own_makes_it_once(finished_run, monkeypatch):
    exported = verified_export(finished_run, "keras")
    assert exported.difference < 1e-6 and exported.path.name == f"{finished_run.id}.keras"
    assert exported.read() == exported.path.read_bytes()
    monkeypatch.setattr(launcher, "run_module", lambda *_: pytest.fail("it is there already"))
    assert verified_export(finished_run, "keras") == exported


def stand_in(monkeypatch, code, last_line, difference=None):
    def run_module(module, model, kind, folder, name):
        if difference is not None:
            with open(f"{folder}/result.json", "w") as file:
                json.dump({"file": "x", "difference": difference}, file)
        return code, last_line

    monkeypatch.setattr(launcher, "run_module", run_module)


def test_an_export_that_fails_says_why_and_can_be_tried_again(finished_run, monkeypatch):
    stand_in(monkeypatch, 1, "OSError: No space left on device")
    with pytest.raises(ExportError, match="No space left on device"):
        verified_export(finished_run, "litert")
    stand_in(monkeypatch, 0, "", 1e-7)
    assert isinstance(verified_export(finished_run, "litert"), ExportedModel)


def test_runs_of_one_id_in_two_folders_have_an_export_each(finished_run, tmp_path, monkeypatch):
    stand_in(monkeypatch, 0, "", 1e-7)
    other = Run(tmp_path / "elsewhere" / finished_run.id)
    shutil.copytree(finished_run.folder, other.folder)
    assert verified_export(finished_run, "keras").path != verified_export(other, "keras").path


def test_an_export_that_hangs_is_ended(finished_run, monkeypatch):
    monkeypatch.setattr(launcher, "_MODULE_TIMEOUT_S", 0.05)
    with pytest.raises(ExportError, match="did not succeed: after 0 minutes it was ended"):
        verified_export(finished_run, "litert")


def test_what_is_not_installed_says_how_to_get_it(finished_run, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert missing_packages("onnx") == (
        "This format needs onnx, tf2onnx, onnxruntime: pip install 'digit-studio[export]', or in a checkout pip "
        "install -r requirements-export.txt."
    )
    assert missing_packages("keras") == ""
    with pytest.raises(ExportError, match="pip install -r requirements-export.txt"):
        verified_export(finished_run, "onnx")
