"""`python -m core data`: what it lists, adds, shows, exports and removes; what is wrong is a sentence."""

import json
import zipfile

import pytest

from core.cli import main
from core.datasets.store import DatasetStore
from tests.support.dataset_files import idx_files, letter_images

IMAGES, LABELS = letter_images(30)


@pytest.fixture
def folder(tmp_path, store):
    """A folder of IDX files."""
    made = tmp_path / "letters"
    made.mkdir()
    for name, data in idx_files(IMAGES, LABELS, tests=9):
        (made / name).write_bytes(data)
    return made


def printed(capsys, *arguments):
    assert main(["data", *map(str, arguments)]) == 0
    return capsys.readouterr().out


def test_a_folder_is_added_listed_shown_removed_and_restored(folder, capsys, store):
    added = json.loads(printed(capsys, "add", folder, "--classes", "A, B, C", "--json"))
    assert (added["dataset"], added["class_names"], added["train_images"]) == ("letters@1", ["A", "B", "C"], 21)
    assert "letters@1" in printed(capsys, "list")
    shown = json.loads(printed(capsys, "show", "letters", "--json"))
    assert (shown["train_counts"], shown["test_counts"]) == ([7, 7, 7], [3, 3, 3])
    assert "data restore letters" in printed(capsys, "remove", "letters")
    assert [each["dataset"] for each in json.loads(printed(capsys, "list", "--json"))["datasets"]] == ["mnist"]
    printed(capsys, "restore", "letters")
    assert DatasetStore(store.root).spec("letters").class_names == ("A", "B", "C")


def test_a_set_can_be_added_as_a_new_version(folder, capsys):
    printed(capsys, "add", folder, "--name", "Mine")
    assert "Added mine@2" in printed(capsys, "add", folder, "--version-of", "mine", "--form", "plain")


def test_an_export_is_a_zip_that_overwrites_nothing(folder, capsys, tmp_path):
    printed(capsys, "add", folder)
    target = tmp_path / "out.zip"
    assert f"Wrote {target}" in printed(capsys, "export", "letters", "--output", target)
    with zipfile.ZipFile(target) as archive:
        assert len([name for name in archive.namelist() if name.endswith(".png")]) == 30
    assert main(["data", "export", "letters", "--output", str(target)]) == 1
    assert "exists already" in capsys.readouterr().err


def test_a_file_that_appears_meanwhile_is_not_removed(folder, capsys, tmp_path, monkeypatch):
    printed(capsys, "add", folder)
    target = tmp_path / "out.zip"
    monkeypatch.setattr("core.cli.data.check_is_free", lambda path: path.write_bytes(b"of somebody else"))
    assert main(["data", "export", "letters", "--output", str(target)]) == 1
    assert target.read_bytes() == b"of somebody else"


def test_a_damaged_version_is_said(folder, capsys, store):
    for _ in range(2):
        printed(capsys, "add", folder, *(["--version-of", "letters"] if DatasetStore(store.root).folders() else []))
    (store.root / "datasets" / "letters" / "2" / "card.json").write_text("{")
    assert main(["data", "list"]) == 0
    found = capsys.readouterr()
    assert "letters@1" in found.out and "letters@2 is damaged; letters@1, the version before it" in found.err


def test_a_damaged_set_is_removed_and_comes_back(folder, capsys, store):
    printed(capsys, "add", folder)
    (store.root / "datasets" / "letters" / "1" / "card.json").write_text("{")
    assert "Removed letters" in printed(capsys, "remove", "letters")
    assert main(["data", "restore", "other"]) == 2
    assert "'other' in the trash, which holds letters" in capsys.readouterr().err
    assert "Restored letters" in printed(capsys, "restore", "letters")


def test_one_version_alone_is_not_removed(folder, capsys, store):
    for _ in range(2):
        printed(capsys, "add", folder, *(["--version-of", "letters"] if DatasetStore(store.root).folders() else []))
    assert main(["data", "remove", "letters@1"]) == 2
    assert "All versions of a data set are removed together: data remove letters" in capsys.readouterr().err
    assert DatasetStore(store.root).spec("letters").version == 2


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["show", "none"], 2, "There is no data set 'none' here"),
        (["remove", "mnist"], 2, "MNIST is built in and cannot be deleted"),
        (["remove", "none"], 2, "There is no data set 'none' here"),
        (["restore", "none"], 2, "There is no data set 'none' in the trash, which is empty"),
        (["add", __file__, "--version-of", "mnist"], 2, "MNIST is built in and cannot be changed"),
        (["add", "nowhere"], 2, "There is no file or folder at nowhere"),
    ],
)
def test_what_is_wrong_is_a_sentence(store, capsys, arguments, code, sentence):
    assert main(["data", *arguments]) == code
    assert sentence in capsys.readouterr().err


def test_names_that_do_not_fit_are_a_sentence(folder, capsys):
    assert main(["data", "add", str(folder), "--classes", "A,B"]) == 2
    assert "--classes has 2 names; there are 3" in capsys.readouterr().err
