"""The first layer's weights as pictures, in one order for all snapshots of a run."""

import numpy as np

from core.config import TrainConfig, preset
from core.networks.builder import build
from core.runs.first_layer import FirstLayerView, first_layer_images, first_layer_use
from core.runs.snapshots import Snapshot

FLATTEN = {"class_name": "Flatten"}
CONVOLUTION = {"class_name": "Conv2D", "filters": 6, "kernel_size": 3}


def snapshot(weights, use):
    empty = np.zeros((10, 10))
    return Snapshot(np.int64(4), np.float64(0.5), np.zeros((10, 28, 28), np.uint8), empty, weights, empty, use)


def pictures(units):
    """A picture for each unit, of which each pixel is the unit's number."""
    return np.arange(units, dtype=np.uint8)[:, None, None].repeat(3, axis=1).repeat(3, axis=2)


def shown(view):
    return view.pictures[:, 0, 0].tolist()


def test_a_dense_layers_weights_are_pictures_of_the_image_in_its_order():
    model = build(TrainConfig(hidden_units=16))
    found = first_layer_images(model)
    assert (found.shape, found.dtype) == ((16, 28, 28), np.uint8)
    kernel = model.layers[1].kernel.numpy()
    pixel, unit = np.unravel_index(np.abs(kernel).argmax(), kernel.shape)
    assert found[unit].ravel()[pixel] == (255 if kernel[pixel, unit] > 0 else 1)


def test_all_but_very_many_units_are_recorded_and_a_convolutions_kernels_as_they_are():
    assert first_layer_images(build(TrainConfig(hidden_units=100))).shape == (100, 28, 28)
    assert first_layer_images(build(TrainConfig(hidden_units=300))).shape == (256, 28, 28)
    assert first_layer_use(build(TrainConfig(hidden_units=300))).shape == (256,)
    assert first_layer_images(build(preset("convnet"))).shape == (32, 3, 3)


def test_the_use_of_a_unit_is_the_sum_of_the_weights_that_read_it():
    model = build(TrainConfig(hidden_units=100))
    used = np.zeros((100, 10), np.float32)
    used[[70, 3], 0] = -2, 1
    model.layers[-1].kernel.assign(used)
    assert np.argsort(-first_layer_use(model), kind="stable")[:2].tolist() == [70, 3]


def test_of_flattened_maps_each_channel_is_read_at_every_place():
    model = build(TrainConfig(layers=(CONVOLUTION, {"class_name": "BatchNormalization"}, FLATTEN)))
    kernel = np.zeros((26 * 26, 6, 10), np.float32)
    kernel[:, 4] = 1
    model.layers[-1].kernel.assign(kernel.reshape(-1, 10))
    assert first_layer_use(model).argmax() == 4


def test_where_no_kernel_directly_follows_no_use_is_recorded():
    residual = build(TrainConfig(layers=(CONVOLUTION, {"class_name": "Residual", "filters": 6}, FLATTEN)))
    assert first_layer_use(residual).shape == (0,) and len(first_layer_images(residual)) == 6
    assert first_layer_use(build(TrainConfig(layers=(FLATTEN,)))).shape == (0,)


def test_all_snapshots_are_shown_in_the_order_of_the_last():
    early, newest = snapshot(pictures(4), np.array([9, 1, 1, 1.0])), snapshot(pictures(4), np.array([1, 2, 4, 3.0]))
    assert shown(FirstLayerView.of(early, newest, 4)) == shown(FirstLayerView.of(newest, newest, 4)) == [2, 3, 1, 0]
    assert FirstLayerView.of(early, newest, 4).sentence.startswith("All 4 units, those first on which the next layer")


def test_while_a_run_trains_its_units_keep_their_places():
    view = FirstLayerView.of(snapshot(pictures(4), np.array([1, 2, 4, 3.0])), None, 4)
    assert shown(view) == [0, 1, 2, 3] and "in the network's own order" in view.sentence


def test_of_many_units_those_are_shown_that_the_next_layer_uses_most():
    many = snapshot(pictures(100), np.arange(100.0))
    view = FirstLayerView.of(many, many, 100)
    assert shown(view) == list(range(99, 35, -1)) and view.sentence.startswith("64 of 100 units, those first")
    assert "64 of 2,048 units, of its first 100, those first" in FirstLayerView.of(many, many, 2048).sentence


def test_where_the_use_is_not_known_the_order_is_said():
    old, without = snapshot(pictures(4), None), snapshot(pictures(4), np.zeros(0))
    assert "in the order of an earlier version" in FirstLayerView.of(old, old, 4).sentence
    assert "in the network's own order" in FirstLayerView.of(without, without, 4).sentence
    assert shown(FirstLayerView.of(without, without, 4)) == [0, 1, 2, 3]
    # a run of an earlier version that was resumed
    assert "in the order of an earlier version" in FirstLayerView.of(old, snapshot(pictures(4), np.ones(4)), 4).sentence
