"""The images behind a report's figures."""

import io
from base64 import b64decode

import numpy as np
from PIL import Image

from core.config.train_config import TrainConfig
from core.datasets.mnist import load_mnist
from core.evaluation.misclassified import PredictedImage, images_in_cell, most_confident_mistakes, picture_url
from core.evaluation.predictions import Predictions

LABELS = np.array([4, 4, 4, 9], np.uint8)


def predictions():
    probabilities = np.zeros((4, 10))
    probabilities[[0, 1, 2, 3], [9, 9, 4, 4]] = 0.5, 0.75, 1, 1
    return Predictions.from_probabilities(probabilities)


def test_the_worst_mistakes_are_the_surest():
    assert most_confident_mistakes(LABELS, predictions()) == [
        PredictedImage(3, 9, 4, 1.0),
        PredictedImage(1, 4, 9, 0.75),
        PredictedImage(0, 4, 9, 0.5),
    ]
    assert [each.index for each in most_confident_mistakes(LABELS, predictions(), limit=1)] == [3]


def test_behind_a_cell_stand_its_images_and_no_others():
    assert [each.index for each in images_in_cell(LABELS, predictions(), 4, 9)] == [1, 0]
    assert [each.index for each in images_in_cell(LABELS, predictions(), 4, 4)] == [2]
    assert images_in_cell(LABELS, predictions(), 0, 9) == []


def test_a_picture_is_the_test_image_to_the_last_pixel(tmp_path):
    kind, data = picture_url(TrainConfig(), tmp_path, 7).split(",")
    assert kind == "data:image/png;base64"
    assert (np.asarray(Image.open(io.BytesIO(b64decode(data)))) == load_mnist().test.images[7]).all()
