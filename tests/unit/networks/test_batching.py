"""Predictions for many images are made a batch at a time and joined in order."""

import numpy as np
import pytest

from core.networks import batching
from core.networks.batching import predict_in_batches


def predict(images):
    """Predictions of which the first is the image's own number."""
    return np.repeat(images[:, :1, 0].astype(np.float32), 10, axis=1)


def numbered(count):
    return np.tile(np.arange(count)[:, None, None], (1, 28, 28))


@pytest.mark.parametrize(("count", "sizes"), [(1, [1]), (3, [3]), (4, [3, 1]), (6, [3, 3]), (7, [3, 3, 1])])
def test_every_image_is_predicted_once_and_in_order(monkeypatch, count, sizes):
    monkeypatch.setattr(batching, "BATCH_IMAGES", 3)
    batches = []
    found = predict_in_batches(lambda images: batches.append(len(images)) or predict(images), numbered(count))
    assert batches == sizes and found.shape == (count, 10)
    assert found[:, 0].tolist() == list(range(count))


def test_a_call_before_each_batch_may_end_the_prediction(monkeypatch):
    monkeypatch.setattr(batching, "BATCH_IMAGES", 2)
    happened = []

    def before_batch():
        if len(happened) == 4:
            raise InterruptedError
        happened.append("before")

    with pytest.raises(InterruptedError):
        predict_in_batches(lambda images: happened.append("batch") or predict(images), numbered(6), before_batch)
    assert happened == ["before", "batch"] * 2
