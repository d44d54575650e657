"""Any data set is parted as its recipe says, with every class in each part."""

import numpy as np
import pytest

from core.config.recipe_fields import FOLDS
from core.config.train_config import TrainConfig
from core.datasets.class_examples import class_examples
from core.datasets.mnist import DatasetError
from core.datasets.split import (
    count_training_images,
    fold_images,
    images_for_test,
    split_for,
    subsample_and_corrupt_labels,
)
from core.datasets.store import DatasetStore
from tests.support.letters import add_letters


def test_every_class_is_in_the_validation_images_of_a_set_that_is_stored_class_by_class(tmp_path):
    config = TrainConfig(dataset=add_letters(tmp_path))
    found = split_for(config, tmp_path)
    assert (len(found.train), len(found.validation), len(found.test)) == (39, 9, 12)
    assert np.bincount(found.validation.labels).tolist() == [3, 3, 3]
    assert np.bincount(found.train.labels).tolist() == [13, 13, 13]
    assert count_training_images(config) == 39
    again = split_for(config, tmp_path)
    assert np.array_equal(again.train.images, found.train.images), "chance decides, the same for every run"


def test_the_folds_of_a_small_set_are_disjoint_and_hold_every_class(tmp_path):
    spec = add_letters(tmp_path)
    labels = DatasetStore(tmp_path).load(spec)["y_train"]
    folds = [fold_images(TrainConfig(dataset=spec, fold=fold), labels) for fold in range(1, FOLDS + 1)]
    assert sorted(np.concatenate(folds).tolist()) == list(range(48))
    assert all(set(labels[fold].tolist()) == {0, 1, 2} for fold in folds)
    config = TrainConfig(dataset=spec, fold=2)
    assert np.array_equal(split_for(config, tmp_path).validation.labels, labels[folds[1]])
    assert count_training_images(config) == len(split_for(config, tmp_path).train)


@pytest.mark.parametrize(
    ("kept_back", "tested_on", "count"), [(5000, "validation images", 12), (0, "training images", 60)]
)
def test_without_test_images_others_are_tested_on(tmp_path, kept_back, tested_on, count):
    config = TrainConfig(dataset=add_letters(tmp_path, has_test=False), validation_images=kept_back)
    assert config.tested_on == tested_on
    assert len(images_for_test(config, tmp_path)) == len(split_for(config, tmp_path).test) == count


def test_test_images_stay_unseen_where_the_recipe_says_so(tmp_path):
    config = TrainConfig(dataset=add_letters(tmp_path), test_unseen=True)
    assert config.tested_on == "validation images"
    split = split_for(config, tmp_path)
    assert np.array_equal(split.test.images, split.validation.images)
    assert np.array_equal(images_for_test(config, tmp_path).images, split.validation.images)


def test_wrong_labels_are_other_classes(tmp_path):
    config = TrainConfig(dataset=add_letters(tmp_path), label_noise=0.5)
    whole = split_for(config, tmp_path)
    noisy = subsample_and_corrupt_labels(whole, config)
    assert (noisy.train.labels != whole.train.labels).sum() == round(0.5 * 39)
    assert noisy.train.labels.max() <= 2


def test_an_example_of_each_class_is_its_first_test_image(tmp_path):
    spec = add_letters(tmp_path)
    arrays = DatasetStore(tmp_path).load(spec)
    found = class_examples(spec, tmp_path)
    assert found.shape == (3, 28, 28)
    assert np.array_equal(found[1], arrays["x_test"][arrays["y_test"] == 1][0])


def test_a_data_set_that_is_gone_is_said(tmp_path):
    config = TrainConfig(dataset=add_letters(tmp_path / "one"))
    with pytest.raises(DatasetError, match="Letters"):
        split_for(config, tmp_path / "other")
