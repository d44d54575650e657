"""A data set is written once, complete or not at all, and what is damaged or gone is said in a sentence."""

import errno
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from core.config.dataset_spec import MNIST, ImageForm
from core.config.field_spec import ConfigError
from core.datasets import dataset_trash, store
from core.datasets.dataset_arrays import checksum
from core.datasets.dataset_ids import slug
from core.datasets.mnist import DatasetError, data_checksum, load_arrays
from core.datasets.store import DatasetStore
from core.storage import atomic

NAMES = ("ä", "b")


def arrays_of(train=6, test=2, seed=0):
    rng = np.random.default_rng(seed)
    return {
        "x_train": rng.integers(0, 256, (train, 28, 28), np.uint8),
        "y_train": (np.arange(train) % len(NAMES)).astype(np.uint8),
        "x_test": rng.integers(0, 256, (test, 28, 28), np.uint8),
        "y_test": (np.arange(test) % len(NAMES)).astype(np.uint8),
    }


@pytest.fixture
def sets(tmp_path):
    return DatasetStore(tmp_path)


def test_mnist_is_always_there_and_its_sum_is_that_of_its_arrays(sets):
    assert sets.specs() == [MNIST]
    assert sets.spec("mnist") == MNIST
    assert sets.load(MNIST) is load_arrays()
    assert checksum(load_arrays()) == data_checksum() == MNIST.sha256


def test_what_is_added_is_listed_and_loaded_as_it_was(sets):
    arrays = arrays_of()
    spec = sets.add("Two Letters", NAMES, arrays, form=ImageForm.PLAIN, source="drawn", licence="mine")
    assert (spec.reference, spec.class_names, spec.train_images, spec.test_images) == ("two-letters@1", NAMES, 6, 2)
    assert sets.specs() == [MNIST, spec]
    assert sets.spec("two-letters") == sets.spec("two-letters@1") == spec
    loaded = DatasetStore(sets.folder.parent).load(spec)
    for name, array in arrays.items():
        np.testing.assert_array_equal(loaded[name], array)
        assert not loaded[name].flags.writeable


def test_a_version_never_changes_and_a_name_used_twice_gives_two_sets(sets):
    first = sets.add("letters", NAMES, arrays_of())
    second = sets.add("letters", NAMES, arrays_of(seed=1), set_id=first.id)
    other = sets.add("letters", NAMES, arrays_of(seed=2))
    assert [each.reference for each in (first, second, other)] == ["letters@1", "letters@2", "letters-2@1"]
    assert sets.spec("letters") == second and sets.spec("letters@1") == first
    np.testing.assert_array_equal(sets.load(first)["x_train"], arrays_of()["x_train"])
    assert sets.specs() == [MNIST, second, other]


@pytest.mark.parametrize("reference", ["", "none", "none@1", "letters@3", "../x", "letters@0", "MNIST", "x" * 500])
def test_a_reference_to_nothing_is_a_sentence(sets, reference):
    sets.add("letters", NAMES, arrays_of())
    with pytest.raises(DatasetError, match=r"There is no data set|has no version 3; its newest is 1\."):
        sets.spec(reference)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"x_train": np.zeros((6, 28, 27), np.uint8)}, "has images"),
        ({"x_train": np.zeros((6, 28, 28), np.float32)}, "must be uint8"),
        ({"y_train": np.zeros(6, np.uint8)}, "The class 'b' has no image to learn from"),
        ({"y_test": np.full(2, 9, np.uint8)}, "label 9, and there are 2 classes"),
    ],
)
def test_arrays_that_are_no_data_set_are_refused_and_nothing_is_left(sets, change, problem):
    with pytest.raises(DatasetError, match=problem):
        sets.add("letters", NAMES, arrays_of() | change)
    assert sets.specs() == [MNIST]


def test_too_few_classes_are_refused(sets):
    with pytest.raises(ConfigError, match="has 1 class; it must have 2 to 62"):
        sets.add("letters", ["a"], arrays_of())


def test_on_a_full_disk_nothing_is_left(sets, monkeypatch):
    def full(path, write, durable=True):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(atomic, "replace_file", full)
    with pytest.raises(OSError, match="No space left"):
        sets.add("letters", NAMES, arrays_of())
    assert list(sets.folder.iterdir()) == []


def test_a_version_that_another_process_adds_at_the_same_moment_is_not_replaced(sets, monkeypatch):
    sets.add("letters", NAMES, arrays_of())
    second = sets.add("letters", NAMES, arrays_of(seed=1), set_id="letters")
    monkeypatch.setattr(store, "newest_version", lambda folder: 1)
    with pytest.raises(DatasetError, match="letters@2 was added at the same moment elsewhere. Try again"):
        sets.add("letters", NAMES, arrays_of(seed=2), set_id="letters")
    monkeypatch.undo()
    assert sets.spec("letters") == second
    assert [path.name for path in sets.folder.iterdir()] == ["letters"]


def test_no_version_is_added_to_a_set_that_was_deleted_before(sets):
    spec = sets.add("letters", NAMES, arrays_of())
    dataset_trash.delete(sets, "letters")
    with pytest.raises(DatasetError, match="The data set letters was deleted meanwhile"):
        sets.add("letters", NAMES, arrays_of(seed=1), set_id="letters")
    dataset_trash.restore(sets, "letters")
    assert sets.specs() == [MNIST, spec]


def test_no_version_is_added_to_a_set_that_is_deleted_while_it_is_written(sets, monkeypatch):
    spec = sets.add("letters", NAMES, arrays_of())
    write = store.write_arrays

    def delete_first(path, arrays):
        if (sets.folder / "letters").exists():
            dataset_trash.delete(sets, "letters")
        write(path, arrays)

    monkeypatch.setattr(store, "write_arrays", delete_first)
    with pytest.raises(DatasetError, match="The data set letters was deleted meanwhile"):
        sets.add("letters", NAMES, arrays_of(seed=1), set_id="letters")
    assert [path.name for path in sets.folder.iterdir()] == [".trash"]
    dataset_trash.restore(sets, "letters")
    assert sets.specs() == [MNIST, spec]


def test_a_version_that_is_not_the_newest_is_not_renamed(sets):
    first = sets.add("letters", NAMES, arrays_of())
    second = sets.add("letters", NAMES, arrays_of(train=40, seed=1), set_id="letters")
    with pytest.raises(DatasetError, match="letters@1 was changed meanwhile: letters@2 is the newest version"):
        sets.rename(first, "Other", NAMES)
    assert sets.spec("letters") == second


def test_the_version_before_a_damaged_one_can_be_renamed(sets):
    first = sets.add("letters", NAMES, arrays_of())
    sets.add("letters", NAMES, arrays_of(seed=1), set_id="letters")
    (sets.folder / "letters" / "2" / "card.json").write_text("{")
    assert sets.rename(first, "Other", NAMES).reference == "letters@3"


def test_what_a_killed_writer_left_is_removed_by_a_later_one(sets):
    leftover = sets.folder / ".abcd.new"
    leftover.mkdir(parents=True)
    os.utime(leftover, (0, 0))
    sets.add("letters", NAMES, arrays_of())
    assert not leftover.exists()


def test_a_deleted_set_that_a_run_names_is_a_sentence(sets):
    spec = sets.add("letters", NAMES, arrays_of())
    (sets.folder / "letters" / "1").rename(sets.folder / "gone")
    with pytest.raises(DatasetError, match=r"letters@1 \(letters\) is not here any more"):
        sets.load(spec)


def test_another_set_of_the_same_reference_is_not_taken_for_it(sets):
    spec = replace(sets.add("letters", NAMES, arrays_of()), sha256="0" * 64)
    with pytest.raises(DatasetError, match="is another one than the letters that is asked for"):
        sets.load(spec)


@pytest.mark.parametrize("text", ["", "[]", "{", json.dumps({"id": "letters"}), json.dumps(MNIST.to_json())])
def test_a_damaged_card_is_a_sentence_and_hides_no_other_set(sets, text):
    sets.add("letters", NAMES, arrays_of())
    other = sets.add("others", NAMES, arrays_of())
    (sets.folder / "letters" / "1" / "card.json").write_text(text)
    with pytest.raises(DatasetError, match="card"):
        sets.spec("letters")
    assert sets.specs() == [MNIST, other]


def test_a_damaged_version_hides_no_version_before_it(sets):
    first = sets.add("letters", NAMES, arrays_of())
    second = sets.add("letters", NAMES, arrays_of(seed=1), set_id="letters")
    (sets.folder / "letters" / "2" / "card.json").write_text("{")
    assert sets.specs() == [MNIST, first]
    assert sets.spec("letters") == first
    with pytest.raises(DatasetError, match="no readable card"):
        sets.spec(second.reference)
    assert sets.add("letters", NAMES, arrays_of(seed=2), set_id="letters").version == 3


def test_a_set_that_is_deleted_while_all_are_listed_is_left_out(sets, monkeypatch):
    other = sets.add("others", NAMES, arrays_of())
    gone = sets.folder / "letters"
    monkeypatch.setattr(DatasetStore, "folders", lambda self: [gone, sets.folder / other.id])
    monkeypatch.setattr(Path, "is_dir", lambda path: True)
    assert sets.specs() == [MNIST, other]


def test_on_a_nearly_full_disk_no_set_is_added(sets, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1000))
    with pytest.raises(DatasetError, match="a data set needs at least"):
        sets.add("letters", NAMES, arrays_of())
    assert not sets.folder.exists()


def test_spaces_in_names_of_classes_are_single_and_within(sets):
    spec = sets.add("letters", [" big  A ", "b"], arrays_of())
    assert spec.class_names == ("big A", "b")
    with pytest.raises(ConfigError, match="Two classes are called 'a b'"):
        sets.rename(spec, "letters", ["a b", "a  b"])


def test_damaged_arrays_are_a_sentence(sets):
    spec = sets.add("letters", NAMES, arrays_of())
    (sets.folder / "letters" / "1" / "arrays.npz").write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(DatasetError, match=r"letters@1 \(letters\) is damaged .* Delete it and add it again"):
        DatasetStore(sets.folder.parent).load(spec)


@pytest.mark.parametrize(
    ("name", "found"),
    [("Meine Buchstaben!", "meine-buchstaben"), ("数字", "set"), ("É/è", "e-e"), ("a" * 400, "a" * 40)],
)
def test_an_id_is_made_of_any_name(name, found):
    assert slug(name) == found
