"""A run goes out as a bundle and comes back elsewhere; what somebody made up or damaged is refused in words."""

import io
import json
import subprocess
import sys
import zipfile
from dataclasses import asdict, replace

import numpy as np
import pytest
from PIL import Image

from core.config.train_config import TrainConfig
from core.datasets.mnist import load_mnist
from core.export import bundle_import, bundle_network, bundle_zip
from core.export.bundle import ABOUT, CONFIG, HISTORY, WEIGHTS, make_bundle
from core.export.bundle_import import import_bundle, open_bundle
from core.export.bundle_zip import BundleError
from core.recognition.outlier_score import OutlierScore
from core.recognition.recognizer import Recognizer
from core.runs.commands import CommandError
from core.runs.store import RunStore

STEPS = 1719
"""An epoch of the finished run's config has so many steps."""


@pytest.fixture
def finished_run(finished_run):
    """Its steps and epochs are made to fit its config, as an import requires."""
    rows = finished_run.metrics().rows
    finished_run.retract_metrics(0)
    for row in rows:
        finished_run.append_metrics(replace(row, epoch=row.step / STEPS))
    return finished_run


@pytest.fixture
def packed(finished_run):
    """The bundle of a finished run."""
    return make_bundle(finished_run)


@pytest.fixture
def elsewhere(tmp_path):
    """Another installation's runs folder."""
    return RunStore(tmp_path / "elsewhere")


def parts(packed):
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(contents, method=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return file.getvalue()


def changed(packed, **members):
    """The bundle with members replaced; a keyword names a member up to its dot."""
    names = {name.split(".")[0]: name for name in parts(packed)}
    return zipped(parts(packed) | {names[key]: content for key, content in members.items()})


def npz(arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def score_of(weights, bias=np.array(0.0)):  # noqa: B008, never changed
    return npz({"weights": weights, "confidence": np.array(0.5), "bias": bias})


def arrays(packed):
    with np.load(io.BytesIO(parts(packed)[WEIGHTS])) as archive:
        return dict(archive)


def test_a_run_comes_back_with_the_same_weights(finished_run, packed, elsewhere, monkeypatch):
    monkeypatch.setattr(bundle_import, "predict_test_images", lambda *_: np.eye(10)[load_mnist().test.labels])
    finished_run.write_notes(name="First try", remark="mine")
    run = import_bundle(elsewhere, make_bundle(finished_run))
    assert run.config() == finished_run.config()
    assert run.metrics().rows == finished_run.metrics().rows
    status = run.status()
    assert (status.state, status.train_s, status.parameters) == ("finished", 2.0, 6370)
    assert run.notes().name == "First try" and run.notes().imported > 0 and run.notes().remark == ""
    images = load_mnist().test.images[:50]
    mine, theirs = (Recognizer.load(each.model_path).classify(images) for each in (finished_run, run))
    assert (mine == theirs).all()
    assert {path.name for path in elsewhere.root.iterdir()} == {run.id}


def test_the_report_is_measured_here_whatever_the_bundle_says(finished_run, packed, elsewhere):
    run = import_bundle(elsewhere, changed(packed, test=json.dumps({"accuracy": 1.0})))
    assert finished_run.report().accuracy == 0.95, "which the fixture made up"
    assert run.report().count == 10_000 and run.report().accuracy < 0.3
    assert (run.predictions()["answers"] == load_mnist().test.labels).sum() == run.report().correct


@pytest.fixture
def taught(finished_run):
    """A finished run with the card and the outlier score of a network that learned from corrections; its bundle."""
    card = {"temperature": 1.7, "refusal": 0.4, "test_accuracy": 0.99}
    finished_run.model_path.with_suffix(".json").write_text(json.dumps(card))
    OutlierScore(np.linspace(-1, 1, 8, dtype=np.float32), 0.5, -0.25).save(finished_run.model_path.with_suffix(".npz"))
    return make_bundle(finished_run)


def test_a_network_that_learned_from_corrections_keeps_how_sure_it_is_and_what_it_refuses(
    finished_run, taught, elsewhere, monkeypatch
):
    monkeypatch.setattr(bundle_import, "predict_test_images", lambda *_: np.eye(10)[load_mnist().test.labels])
    run = import_bundle(elsewhere, taught)
    images = load_mnist().test.images[:200]
    mine, theirs = (Recognizer.load(each.model_path) for each in (finished_run, run))
    assert mine.temperature == theirs.temperature == 1.7
    expected, found = (each.predict_with_outlier_score(images) for each in (mine, theirs))
    assert (expected.scores == found.scores).all() and 0 < expected.refused.sum() < 200
    assert "test_accuracy" not in json.loads(run.model_path.with_suffix(".json").read_text())


def test_a_network_without_a_card_gets_none(packed, elsewhere):
    bundle, _ = open_bundle(packed)
    assert bundle.card is None and bundle.outlier_score is None


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("model.json", b"[" * 60_000, "model.json in this bundle is damaged"),
        ("model.json", b"[1]", "model.json in this bundle is damaged"),
        ("model.json", b'{"temperature": NaN}', "a temperature that is no number"),
        ("model.json", b'{"temperature": true}', "a temperature that is no number"),
        ("model.json", b'{"temperature": 1e-300}', "no number from 0.01 to 100"),
        ("model.json", b'{"refusal": 2}', "a refusal that is no number from 0 to 1"),
        ("model.json", bytes(70_000), "would unpack to"),
        ("model.npz", b"no archive", "damaged, or is not a bundle"),
        ("model.npz", npz({"weights": np.zeros(8, np.float32)}), "model.npz in this bundle is damaged"),
        ("model.npz", score_of(np.zeros(7, np.float32)), "does not have the size|its network needs"),
        ("model.npz", score_of(np.zeros(8)), "its network needs"),
        ("model.npz", score_of(np.full(8, np.nan, np.float32)), "is damaged"),
        ("model.npz", score_of(np.zeros(8, np.float32), bias=np.array(np.inf)), "is damaged"),
    ],
)
def test_a_made_up_card_is_refused_in_words(taught, elsewhere, name, content, words):
    refused(zipped(parts(taught) | {name: content}), words, elsewhere)


@pytest.mark.parametrize("architecture", ["convnet", "reader"])
def test_every_network_can_travel(store, elsewhere, architecture, monkeypatch):
    from core.networks.builder import build
    from tests.support.runs import finished_status

    def fill(run):
        run.save_model(build(config))
        run.write_status(finished_status())

    monkeypatch.setattr(bundle_import, "predict_test_images", lambda *_: np.eye(10)[load_mnist().test.labels])
    config = TrainConfig(architecture=architecture, mixed_precision=True)
    run = store.create(config, fill)
    there = import_bundle(elsewhere, make_bundle(run))
    weights = [Recognizer.load(each.model_path).model.get_weights() for each in (run, there)]
    assert all((a == b).all() for a, b in zip(*weights, strict=True)) and len(weights[0]) > 4


@pytest.fixture
def script(packed, tmp_path):
    """Run the script of the bundle on a picture."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(tmp_path)

    def run(picture):
        Image.fromarray(picture).save(tmp_path / "picture.png")
        command = [sys.executable, "read.py", "picture.png"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)

    return run


def test_the_script_in_the_bundle_reads_a_picture(script, tmp_path):
    head, lines = (tmp_path / "read.py").read_text().split("\n\n")
    assert all(line.startswith(("import ", "from ")) for line in head.splitlines()[1:])
    assert len(lines.splitlines()) <= 10
    page = np.full((120, 90), 240, np.uint8)
    page[30:100, 40:48] = 10
    done = script(page)
    answer, sure = done.stdout.split()
    field = np.zeros((28, 28), np.uint8)
    field[4:24, 13:15] = 255
    assert int(answer) == Recognizer.load(tmp_path / "network.keras").classify(field[None]).argmax(), done.stderr
    assert sure.endswith("%")
    transparent = np.zeros((120, 90, 4), np.uint8)
    transparent[30:100, 40:48, 3] = 255  # black ink
    assert script(transparent).stdout == done.stdout


def test_the_script_in_the_bundle_says_so_where_there_is_no_ink(script):
    assert script(np.full((120, 90), 240, np.uint8)).stderr.endswith("There is no ink in this picture.\n")


def refused(data, words, elsewhere):
    with pytest.raises(BundleError, match=words) as caught:
        import_bundle(elsewhere, data)
    assert str(caught.value).endswith(".")
    assert not elsewhere.root.exists() or list(elsewhere.root.iterdir()) == []


@pytest.mark.parametrize(
    ("member", "content", "words"),
    [
        ("about", b"", "about.json in this bundle is damaged"),
        ("about", b"[" * 60_000, "about.json in this bundle is damaged"),
        ("about", json.dumps({"format": "Digit Studio bundle", "version": 2}), "version 2; version 1 is imported"),
        ("about", json.dumps({"format": "x", "version": 1}), "version 1"),
        ("about", json.dumps({"format": "Digit Studio bundle", "version": 1, "name": 5}), "about.json .* damaged"),
        ("config", b"\xff\xfe", "recipe in this bundle cannot be used"),
        ("config", b"[]", "recipe in this bundle cannot be used"),
        ("config", json.dumps({"epochs": 0}), "recipe in this bundle cannot be used: epochs is 0"),
        ("config", json.dumps({"hidden_units": 10**9}), "recipe in this bundle cannot be used"),
        ("config", json.dumps({"lambda": "import os"}), "recipe in this bundle cannot be used"),
        ("history", b"{}", "history.json in this bundle is damaged"),
        ("history", b'[{"epoch": 1}]', "does not hold learning curves"),
        ("history", b"[NaN]", "does not hold learning curves"),
        ("history", b"[" + b'{"a":[]},' * 300_000 + b"0]", "history.json in this bundle is too long"),
        ("weights", b"", "damaged, or is not a bundle"),
        ("weights", b"PK\x03\x04" + bytes(200), "damaged, or is not a bundle"),
        ("weights", npz({}), "holds other weights"),
        ("weights", npz({"weight-000": np.zeros(3, np.float32)}), "holds other weights"),
        ("weights", zipped({f"../{number}.npy": b"" for number in range(4)}), "holds other weights"),
    ],
)
def test_a_made_up_member_is_refused_in_words(packed, elsewhere, member, content, words):
    refused(changed(packed, **{member: content}), words, elsewhere)


@pytest.mark.parametrize(
    "figures",
    [
        {"step": 10**11},
        {"step": 10**11, "epoch": 10**11 / STEPS},
        {"epoch": 1e-308},
        {"step": 21, "epoch": 20 / STEPS},
        {"step": 3, "epoch": 3 / STEPS},
        {"accuracy": 1.5},
        {"val_accuracy": 1.5},
        {"images_per_s": 1e9},
        {"elapsed_s": 1e300},
    ],
)
def test_curves_that_no_run_of_the_recipe_has_are_refused(packed, elsewhere, figures):
    rows = json.loads(parts(packed)[HISTORY])
    history = json.dumps([*rows[:-1], rows[-1] | figures])
    words = "figures that its recipe does not lead to|does not hold learning curves"
    refused(changed(packed, history=history), words, elsewhere)


def test_a_step_that_is_not_whole_is_refused(packed, elsewhere):
    rows = json.loads(parts(packed)[HISTORY])
    history = json.dumps([*rows[:-1], rows[-1] | {"step": 1.5, "epoch": 1.5 / STEPS}])
    refused(changed(packed, history=history), "does not hold learning curves", elsewhere)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda array: array[:-1], "does not have the size|its network needs"),
        (lambda array: array.astype(np.float64), "does not have the size"),
        (lambda array: array.view(np.int32), "is int32 .* needs float32"),
        (lambda array: array.astype(">f4"), "needs float32"),
        (lambda array: np.asfortranarray(array), "needs float32"),
        (lambda array: array.T.copy(), "needs float32"),
        (lambda array: array * np.float32(np.nan), "is damaged"),
        (lambda array: array * np.float32(np.inf), "is damaged"),
        (lambda array: np.array([{"a": 1}] * 3, object), "does not have the size|needs float32|damaged"),
    ],
)
def test_weights_that_are_not_the_networks_are_refused(packed, elsewhere, change, words):
    held = arrays(packed)
    refused(changed(packed, weights=npz(held | {"weight-000": change(held["weight-000"])})), words, elsewhere)


def test_finite_weights_with_infinite_outputs_are_refused(packed, elsewhere):
    huge = {name: np.full_like(array, 3e38) for name, array in arrays(packed).items()}
    refused(changed(packed, weights=npz(huge)), "outputs are NaN or infinite", elsewhere)


def test_a_header_that_promises_too_much_takes_no_memory(packed, elsewhere):
    """The array says that it has 10^15 entries; the file has a few bytes."""
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000000,), }"
    header = header.ljust(117) + b"\n"
    promising = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    names = list(arrays(packed))
    contents = {f"{name}.npy": promising for name in names}
    refused(changed(packed, weights=zipped(contents)), "does not have the size", elsewhere)
    size = next(iter(arrays(packed).values())).nbytes
    contents[f"{names[0]}.npy"] = promising + bytes(size)
    refused(changed(packed, weights=zipped(contents)), "needs float32", elsewhere)


@pytest.mark.parametrize(
    ("member", "size"), [(WEIGHTS, 50_000_000), (HISTORY, 17_000_000), ("network.keras", 105_000_000)]
)
def test_a_bomb_is_refused_before_it_is_unpacked(elsewhere, monkeypatch, member, size):
    bomb = zipped(dict.fromkeys((ABOUT, CONFIG, HISTORY, WEIGHTS), b"{}") | {member: bytes(size)})
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("nothing may be unpacked"))
    refused(bomb, "would unpack to .*; .*at most .* are unpacked", elsewhere)


def test_too_many_entries_are_refused_before_they_are_read(packed, elsewhere, monkeypatch):
    entries = zipped({str(number): b"" for number in range(1001)})
    refused(changed(packed, weights=entries), "1,000 entries", elsewhere)
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("its directory may not be read"))
    refused(entries, "1,000 entries", elsewhere)


def test_a_file_larger_than_any_bundle_is_not_read_to_its_end(store, tmp_path, capsys, monkeypatch):
    from core.cli import main

    read = []
    monkeypatch.setattr(bundle_zip, "MAX_BYTES", 1000)
    monkeypatch.setattr(
        bundle_import,
        "import_bundle",
        lambda store, data, real=import_bundle: read.append(len(data)) or real(store, data),
    )
    (tmp_path / "long.zip").write_bytes(bytes(5000))
    assert main(["import", str(tmp_path / "long.zip")]) == 1
    assert read == [1001] and "a bundle has at most 0 MB" in capsys.readouterr().err


def test_a_member_that_lies_about_its_size_is_refused(packed, elsewhere):
    """A directory that says 10 bytes for a member that unpacks to a megabyte."""
    data = bytearray(changed(packed, history=b" " * 1_000_000))
    place = data.rfind(b"PK\x01\x02", 0, data.rfind(HISTORY.encode()))
    data[place + 24 : place + 28] = (10).to_bytes(4, "little")
    refused(bytes(data), "damaged", elsewhere)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_packings_are_refused(packed, elsewhere, method):
    refused(zipped(parts(packed), method), "compressed by another method than Stored or Deflate", elsewhere)


@pytest.mark.parametrize(
    "name", ["../about.json", "/etc/passwd", "C:\\evil", "about.json/", "sub/config.json", "evil.py", "a\u202eb"]
)
def test_other_names_are_refused(packed, elsewhere, name):
    refused(zipped(parts(packed) | {name: b"x"}), "not a bundle of Digit Studio", elsewhere)


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_a_name_twice_is_refused(packed, elsewhere):
    file = io.BytesIO(packed)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(CONFIG, b"{}")
    refused(file.getvalue(), "it holds config.json twice", elsewhere)


@pytest.mark.parametrize("missing", [ABOUT, CONFIG, HISTORY, WEIGHTS])
def test_a_bundle_that_is_not_whole_is_refused(packed, elsewhere, missing):
    contents = parts(packed)
    del contents[missing]
    refused(zipped(contents), f"it lacks {missing}", elsewhere)


def test_a_foreign_keras_file_is_refused_with_the_reason(finished_run, elsewhere):
    refused(finished_run.model_path.read_bytes(), "One from elsewhere is not loaded", elsewhere)


def test_a_network_beyond_the_limit_is_refused_before_it_is_built(packed, elsewhere, monkeypatch):
    limit = replace(bundle_network.MAX_IMPORTED, parameters=6369)
    monkeypatch.setattr(bundle_network, "MAX_IMPORTED", limit)
    monkeypatch.setattr(bundle_network.builder, "build", lambda config: pytest.fail("too large to be built"))
    refused(packed, "too large: 6,370 weights", elsewhere)


@pytest.mark.parametrize("data", [b"", b"PK\x05\x06" + bytes(18), b"hello", b"PK\x03\x04" * 50])
def test_what_is_no_zip_is_refused(elsewhere, data):
    refused(data, "damaged|not a bundle", elsewhere)


def test_any_damage_is_an_error_in_words(packed, elsewhere):
    """One to twenty bytes changed anywhere, or the end cut off: refused in words, or by chance as good as before."""
    rng = np.random.default_rng(0)
    refusals = 0
    for _ in range(150):
        data = bytearray(packed)
        for place in rng.integers(0, len(data), rng.integers(1, 20)):
            data[place] = rng.integers(0, 256)
        data = data[: rng.integers(1, len(data))] if rng.random() < 0.3 else data
        try:
            opened, _ = open_bundle(bytes(data))
            assert asdict(opened.config) and len(opened.weights) == 4
        except BundleError:
            refusals += 1
    assert refusals > 100


def test_a_failed_import_leaves_nothing(packed, elsewhere, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.runs.Run.save_model", full)
    monkeypatch.setattr(bundle_import, "predict_test_images", lambda *_: np.eye(10)[load_mnist().test.labels])
    with pytest.raises(OSError, match="No space"):
        import_bundle(elsewhere, packed)
    assert list(elsewhere.root.iterdir()) == []


def test_the_command_line_packs_and_imports(finished_run, store, tmp_path, capsys, monkeypatch):
    from core.cli import main

    monkeypatch.setattr(bundle_import, "predict_test_images", lambda *_: np.eye(10)[load_mnist().test.labels])
    target = tmp_path / "run.zip"
    assert main(["bundle", finished_run.id, "--output", str(target)]) == 0
    assert main(["bundle", finished_run.id, "--output", str(target)]) == 1, "what is there is left alone"
    assert main(["import", str(target)]) == 0
    assert "Test accuracy 100.00 %, measured here" in capsys.readouterr().out
    assert len(store.all()) == 2
    target.write_bytes(b"hello")
    assert main(["import", str(target)]) == 1
    assert "is not a bundle" in capsys.readouterr().err


def test_a_long_run_can_travel_and_keeps_its_validation_figures(finished_run, elsewhere):
    row = finished_run.metrics().rows[-2]
    for step in range(21, 21_021):
        finished_run.append_metrics(replace(row, step=step, epoch=step / STEPS, elapsed_s=step / 10))
    rows = import_bundle(elsewhere, make_bundle(finished_run)).metrics().rows
    assert rows[-1].step == 21_020
    assert [each.step for each in rows if each.val_loss is not None] == [10, 20]


def test_an_imported_run_is_not_trained_over(finished_run, packed, elsewhere):
    imported = import_bundle(elsewhere, packed)
    for name in ("extend", "resume"):
        with pytest.raises(CommandError, match="no checkpoint"):
            imported.send(name, 1 if name == "extend" else None)
