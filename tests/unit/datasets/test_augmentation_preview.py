"""Twenty training images as the recipe augments them."""

import numpy as np
import pytest

from core.config.train_config import TrainConfig
from core.datasets.augmentation_preview import preview_augmentation


@pytest.mark.parametrize("config", [TrainConfig(), TrainConfig(augmentation=True), TrainConfig(other_hands=True)])
def test_a_preview_is_two_rows_of_ten_and_the_same_again(config, tmp_path):
    picture = preview_augmentation(config, tmp_path)
    assert picture.shape == (168, 840) and picture.dtype == np.uint8
    assert all(part.max() > 100 for row in np.split(picture, 2) for part in np.split(row, 10, axis=1))
    assert np.array_equal(picture, preview_augmentation(config, tmp_path))
    assert not np.array_equal(picture, preview_augmentation(config, tmp_path, draw=1))


def test_augmentation_is_seen(tmp_path):
    plain, augmented = (preview_augmentation(TrainConfig(augmentation=each), tmp_path) for each in (False, True))
    assert not np.array_equal(plain, augmented)
