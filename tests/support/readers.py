"""Readers whose answers can be worked out by hand."""

import numpy as np

from core.networks.builder import import_keras
from core.recognition import Recognizer


def linear_reader(weights, bias=None):
    """A reader without a hidden layer: `weights` (28, 28, 10) are those of its softmax."""
    keras = import_keras()
    model = keras.Sequential(
        [keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")]
    )
    model.set_weights([weights.reshape(784, 10), np.zeros(10) if bias is None else bias])
    return Recognizer(model)
