"""A label that is wrong is doubted where all that looks like the image says otherwise."""

import numpy as np

from core.datasets.doubtful import find_doubtful
from core.datasets.mnist import load_arrays
from tests.support.dataset_files import letter_images


def test_wrong_labels_among_letters_are_found():
    images, labels = letter_images(90)
    labels[[3, 40]] = 1  # an A and a B
    labels[40] = 2
    found = find_doubtful(images, labels)
    assert {(each.index, each.label, each.rather) for each in found} >= {(3, 1, 0), (40, 2, 1)}
    assert len(found) < 9


def test_few_of_mnists_labels_are_doubted_and_few_images_are_no_error():
    arrays = load_arrays()
    found = find_doubtful(arrays["x_test"][:1000], arrays["y_test"][:1000])
    assert 0 < len(found) < 60
    assert [each.likeness for each in found] == sorted((each.likeness for each in found), reverse=True)
    assert find_doubtful(np.zeros((3, 28, 28), np.uint8), np.zeros(3, np.uint8)) == []
