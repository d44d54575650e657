"""Exports of a run on another data set name its classes, and are read elsewhere without the data set."""

import io
import os
import subprocess
import sys
import zipfile
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image, ImageOps

from core.config.dataset_spec import ImageForm
from core.config.train_config import TrainConfig
from core.export.bundle import bundle_readme, bundle_script, make_bundle
from core.export.bundle_import import import_bundle
from core.export.formats import FORMATS, ExportError, export_model, missing_packages
from core.export.html_report import make_html_report
from core.export.reproduction import Reproduction
from core.export.script import make_script
from core.pictures.decoding import open_picture
from core.preprocessing.naive_resize import resize_naively
from core.recognition import Recognizer
from core.runs.damage import find_damage
from core.runs.schema import RunState
from core.runs.store import RunStore
from core.runs.view import RunView
from core.training.loop import train
from tests.support.letters import LETTERS, add_letters, letter_images

NAMES = tuple(LETTERS)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run on 20 drawings of each letter, which reads them."""
    root = tmp_path_factory.mktemp("letters")
    config = TrainConfig(dataset=add_letters(root), hidden_units=32, epochs=20, batch_size=8)
    found = RunStore(root).create(config)
    train(config, found)
    return found


@pytest.mark.parametrize("name", [name for name in FORMATS if not missing_packages(name)])
def test_an_exported_model_names_its_classes_and_answers_the_same(run, tmp_path, name):
    written = export_model(run.folder, name, tmp_path / f"letters{FORMATS[name].suffix}", "letters")
    images = letter_images(2, seed=5)[0] / np.float32(255)
    original = np.asarray(Recognizer.load(run.folder).model(images))
    assert np.abs(FORMATS[name].predict(written, images) - original).max() < 1e-4
    content = written.read_bytes() if written.is_file() else (written / "assets.extra/classes.json").read_bytes()
    if name in ("keras", "litert"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = archive.read("classes.json" if name == "keras" else "labels.txt")
    assert all(letter.encode() in content for letter in NAMES)


def test_an_exported_keras_file_reads_with_its_names_where_the_data_set_is_not(run, tmp_path):
    written = export_model(run.folder, "keras", tmp_path / "letters.keras", "letters")
    reader = Recognizer.load(written)
    assert reader.dataset.class_names == NAMES
    images, labels = letter_images(10, seed=7)
    assert (reader.classify(images).argmax(axis=1) == labels).mean() > 0.8


def test_a_bundle_comes_back_and_is_measured_where_its_data_set_is(run):
    there = import_bundle(RunStore(run.folder.parent), make_bundle(run))
    assert there.config() == run.config()
    assert there.report() == run.report()


def test_a_bundle_is_imported_without_its_data_set(run, tmp_path):
    there = import_bundle(RunStore(tmp_path), make_bundle(run))
    assert there.status().state is RunState.FINISHED and there.report() is None
    assert find_damage(there) == "" and RunView.read(there).damage == ""
    images = letter_images(3, seed=1)[0]
    ours, theirs = (Recognizer.load(each.folder).classify(images) for each in (run, there))
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_the_script_of_a_bundle_says_the_name_of_the_class(run, tmp_path):
    with zipfile.ZipFile(io.BytesIO(make_bundle(run))) as archive:
        archive.extractall(tmp_path)
        readme = archive.read("README.txt").decode()
    assert "Letters" in readme and "\n  2  Z\n" in readme and "(n, 3)" in readme and "MNIST" not in readme
    picture = np.pad(letter_images(1, seed=3)[0][2], 20)
    Image.fromarray(255 - picture).save(tmp_path / "z.png")
    done = subprocess.run([sys.executable, tmp_path / "read.py", tmp_path / "z.png"], capture_output=True, text=True)
    assert done.stdout.split()[0] == "Z", done.stderr


def test_the_script_for_plain_pictures_takes_them_as_they_are(run):
    spec = run.config().dataset
    plain = type(spec)(**{**spec.to_json(), "form": ImageForm.PLAIN})
    assert "resize((28, 28))" in bundle_script(plain) and "getbbox" not in bundle_script(plain)
    compile(bundle_script(plain), "read.py", "exec")
    assert "grey" in bundle_readme(plain)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA"])
def test_the_script_for_plain_pictures_sees_what_the_app_sees(run, tmp_path, mode):
    spec = run.config().dataset
    script = bundle_script(type(spec)(**{**spec.to_json(), "form": ImageForm.PLAIN}))
    shades = np.random.default_rng(0).integers(0, 256, (40, 60, 4), dtype=np.uint8)
    Image.fromarray(shades, "RGBA").convert(mode).save(tmp_path / "picture.png")
    (line,) = (each for each in script.splitlines() if each.startswith("field = "))
    names = {"Image": Image, "ImageOps": ImageOps, "sys": SimpleNamespace(argv=["", tmp_path / "picture.png"])}
    exec(line, names)
    seen = resize_naively(open_picture((tmp_path / "picture.png").read_bytes(), "The picture"))
    assert np.array_equal(np.asarray(names["field"]), seen)


def test_the_report_names_the_classes_and_survives_the_deletion_of_its_data_set(run, tmp_path):
    page = make_html_report(RunView.read(run)).decode()
    assert "trained on Letters" in page and "<th scope='row'>K</th>" in page
    lonely = import_bundle(RunStore(tmp_path), make_bundle(run))
    lonely.write_report(run.report())
    lonely.save_predictions(run.predictions())
    page = make_html_report(RunView.read(lonely)).decode()
    assert "is not here any more" in page


def test_the_script_trains_the_network_again_from_the_exported_arrays(run, tmp_path):
    script = tmp_path / "again.py"
    script.write_bytes(make_script(RunView.read(run)))
    spec = run.config().dataset
    arrays = run.folder.parent / "datasets" / spec.id / str(spec.version) / "arrays.npz"
    done = subprocess.run(
        [sys.executable, script],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"DATASET_NPZ": str(arrays), "PYTHONHASHSEED": "0"},
    )
    assert "Test accuracy" in done.stdout, done.stderr
    said = float(done.stdout.split("Test accuracy ")[1].split(" %")[0]) / 100
    assert abs(said - run.report().accuracy) < 0.1


def test_a_run_that_started_from_another_network_has_no_script(run):
    config = TrainConfig(dataset=run.config().dataset, start_from=run.id, hidden_units=32, epochs=1)
    second = RunStore(run.folder.parent).create(config)
    train(config, second)
    with pytest.raises(ExportError, match="started from the weights of another network"):
        Reproduction.of(RunView.read(second))
