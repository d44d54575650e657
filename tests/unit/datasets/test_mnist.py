"""MNIST is the real one, split as is customary, and what is wrong with its file is said in a sentence."""

import hashlib
import shutil

import numpy as np
import pytest

from core.config.recipe_fields import FOLDS
from core.config.train_config import TrainConfig
from core.datasets.mnist import (
    MNIST_PATH,
    DatasetError,
    data_checksum,
    load_arrays,
    load_mnist,
)
from core.datasets.split import count_training_images, fold_images, split_for, subsample_and_corrupt_labels

SUMS = {
    "x_train": "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
    "y_train": "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
    "x_test": "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
    "y_test": "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
}


def refusal(path):
    with pytest.raises(DatasetError) as caught:
        load_arrays(path)
    assert "git checkout core/assets/mnist.npz" in str(caught.value), "the sentence says how to repair it"
    return str(caught.value)


def saved(folder, **changes):
    """A file with MNIST's arrays, some of them replaced; None leaves one out."""
    path = folder / "mnist.npz"
    arrays = load_arrays() | changes
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
    return path


def test_the_four_arrays_are_mnists():
    arrays = load_arrays()
    assert {name: array.shape for name, array in arrays.items()} == {
        "x_train": (60000, 28, 28),
        "y_train": (60000,),
        "x_test": (10000, 28, 28),
        "y_test": (10000,),
    }
    assert {array.dtype for array in arrays.values()} == {np.dtype(np.uint8)}
    assert {name: hashlib.sha256(array.tobytes()).hexdigest() for name, array in arrays.items()} == SUMS


def test_the_images_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        load_arrays()["x_train"][0, 0, 0] = 1


def test_the_file_is_read_once():
    assert load_arrays() is load_arrays()


@pytest.mark.parametrize(("validation_images", "training_images"), [(5000, 55000), (0, 60000), (10000, 50000)])
def test_split_keeps_the_last_training_images_for_validation(validation_images, training_images):
    data, arrays = load_mnist(validation_images), load_arrays()
    assert (len(data.train), len(data.validation), len(data.test)) == (training_images, validation_images, 10000)
    assert np.array_equal(np.concatenate([data.train.images, data.validation.images]), arrays["x_train"])
    assert np.array_equal(np.concatenate([data.train.labels, data.validation.labels]), arrays["y_train"])
    assert data.test.images is arrays["x_test"] and data.test.labels is arrays["y_test"]


def test_the_customary_split_is_the_default():
    assert len(load_mnist().train) == 55000


def test_a_missing_file_is_named(tmp_path):
    path = tmp_path / "mnist.npz"
    assert refusal(path).startswith(f"MNIST is missing: there is no file {path}.")


@pytest.mark.parametrize("bytes_kept", [0, 1, 100, 1_000_000, 11_490_000])
def test_a_file_that_is_cut_off_is_damaged(tmp_path, bytes_kept):
    path = tmp_path / "mnist.npz"
    path.write_bytes(MNIST_PATH.read_bytes()[:bytes_kept])
    assert refusal(path).startswith(f"MNIST's file {path} is damaged (")


@pytest.mark.parametrize("place", [30, 40, 60, 5_000_000])
def test_a_file_with_wrong_bytes_is_damaged(tmp_path, place):
    path = tmp_path / "mnist.npz"
    shutil.copyfile(MNIST_PATH, path)
    with open(path, "r+b") as file:
        file.seek(place)
        file.write(b"\xff" * 8)
    assert "damaged" in refusal(path)


@pytest.mark.parametrize("content", [b"<html>not found</html>", b"PK\x03\x04", b"\x80\x04K\x01."])
def test_a_foreign_file_is_damaged(tmp_path, content):
    path = tmp_path / "mnist.npz"
    path.write_bytes(content)
    assert "damaged" in refusal(path)


def test_a_single_array_is_not_the_archive(tmp_path):
    path = tmp_path / "mnist.npz"
    with open(path, "wb") as file:
        np.save(file, np.zeros(3, np.uint8))
    assert "damaged" in refusal(path)


def test_a_folder_is_not_the_archive(tmp_path):
    assert "damaged" in refusal(tmp_path)


def test_a_missing_array_is_named(tmp_path):
    assert "y_test" in refusal(saved(tmp_path, y_test=None))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"y_test": np.zeros(9999, np.uint8)}, "y_test is uint8 (9999,), not uint8 (10000,)"),
        ({"y_test": np.zeros(10000, np.int64)}, "y_test is int64 (10000,), not uint8 (10000,)"),
        ({"y_test": np.zeros(10000, np.uint8)}, "the bytes of y_test have another SHA-256 sum"),
    ],
)
def test_other_arrays_under_the_same_names_are_refused(tmp_path, changes, words):
    assert words in refusal(saved(tmp_path, **changes))


def test_one_changed_pixel_is_noticed(tmp_path):
    images = load_arrays()["x_test"].copy()
    images[5, 14, 14] ^= 1
    assert "the bytes of x_test have another SHA-256 sum" in refusal(saved(tmp_path, x_test=images))


def test_the_data_sum_is_a_sum_over_the_arrays():
    assert data_checksum() == hashlib.sha256("".join(SUMS.values()).encode()).hexdigest()


def test_a_share_of_the_training_images_is_chosen_by_the_seed():
    whole = load_mnist().train
    first, second, other = (
        subsample_and_corrupt_labels(load_mnist(), TrainConfig(training_share=0.01, seed=seed)).train
        for seed in (0, 0, 1)
    )
    assert len(first) == count_training_images(TrainConfig(training_share=0.01)) == 550
    assert np.array_equal(first.images, second.images) and not np.array_equal(first.labels, other.labels)
    assert np.bincount(first.labels, minlength=10).min() > 20, "from all over the training images"
    known = {image.tobytes(): label for image, label in zip(whole.images, whole.labels, strict=True)}
    assert all(known[image.tobytes()] == label for image, label in zip(first.images, first.labels, strict=True))


def test_wrong_labels_are_that_share_and_wrong():
    whole, noisy = load_mnist(), subsample_and_corrupt_labels(load_mnist(), TrainConfig(label_noise=0.3, seed=5))
    assert np.array_equal(noisy.train.images, whole.train.images)
    wrong = noisy.train.labels != whole.train.labels
    assert wrong.sum() == round(0.3 * 55000) and noisy.train.labels.max() == 9
    assert np.array_equal(noisy.validation.labels, whole.validation.labels)
    assert np.array_equal(noisy.test.labels, whole.test.labels)


def test_the_whole_of_mnist_is_not_copied():
    assert np.shares_memory(
        subsample_and_corrupt_labels(load_mnist(), TrainConfig()).train.images, load_mnist().train.images
    )
    assert (
        count_training_images(TrainConfig())
        == len(subsample_and_corrupt_labels(load_mnist(), TrainConfig()).train)
        == 55000
    )


def test_the_folds_are_disjoint_and_each_is_kept_out_of_its_training(tmp_path):
    folds = [fold_images(TrainConfig(fold=fold), load_arrays()["y_train"]) for fold in range(1, FOLDS + 1)]
    assert sorted(np.concatenate(folds).tolist()) == list(range(60000))
    config = TrainConfig(fold=3)
    found, arrays = split_for(config, tmp_path), load_arrays()
    np.testing.assert_array_equal(found.validation.images, arrays["x_train"][2::5])
    np.testing.assert_array_equal(found.train.labels, np.delete(arrays["y_train"], folds[2]))
    assert count_training_images(config) == len(found.train) == 48000


def test_without_a_fold_the_last_images_are_kept_back(tmp_path):
    found = split_for(TrainConfig(validation_images=100), tmp_path)
    assert (len(found.train), len(found.validation)) == (59900, 100)
