"""The index of training images: what is nearest, and which file fits which network."""

from dataclasses import replace

import numpy as np
import pytest

from core.datasets.mnist import load_arrays
from core.explanation import neighbours
from core.explanation.alike import alike_view
from core.explanation.digits import ExplainedDigit
from core.explanation.neighbour_files import load_index, save_index
from core.explanation.neighbours import NeighbourIndex
from core.explanation.network import ExplainedNetwork
from core.recognition import Recognizer
from core.runs.array_cache import ArrayCache
from tests.support.readers import linear_reader
from tests.support.runs import tiny_model


@pytest.fixture(scope="module")
def network():
    return ExplainedNetwork(Recognizer(tiny_model()))


@pytest.fixture(scope="module")
def index(network):
    return NeighbourIndex.build(network, max_images=1500)


def test_a_training_image_is_nearest_to_itself(network, index):
    image = int(index.images[7])
    nearest, *others = index.nearest(network, load_arrays()["x_train"][image])
    assert (nearest.index, nearest.distance) == (image, pytest.approx(0, abs=1e-4))
    assert nearest.label == load_arrays()["y_train"][image]
    assert [each.distance for each in others] == sorted(each.distance for each in others)


def test_the_nearest_are_those_of_the_whole_layer(network, index):
    image = load_arrays()["x_test"][0]
    features = network.features(np.concatenate([image[None], load_arrays()["x_train"][index.images]]))
    distances = np.linalg.norm(features[1:] - features[0], axis=1)
    assert [each.index for each in index.nearest(network, image, 5)] == index.images[distances.argsort()[:5]].tolist()


def test_without_a_hidden_layer_pixels_are_compared_and_that_is_said():
    network = ExplainedNetwork(linear_reader(np.zeros((28, 28, 10))))
    index = NeighbourIndex.build(network, max_images=1000)
    view = alike_view(network, index, ExplainedDigit.of_image(load_arrays()["x_test"][0]))
    assert index.vectors.shape == (1000, neighbours.MAX_DIMENSIONS)
    assert "pixel by pixel, for this network has no hidden layer" in view.remark
    assert "1,000 of the 60,000 training images were read so far" in view.remark and not view.is_complete
    assert len(view.tiles) == neighbours.SHOWN and view.sentence.startswith(("9 of", "8 of", "7 of"))


def test_building_ends_when_its_time_is_over(network):
    assert len(NeighbourIndex.build(network, max_images=5000, max_s=0).images) == 1000


def test_building_goes_on_where_it_ended(network):
    part = NeighbourIndex.build(network, max_images=2500, max_s=0)
    whole = NeighbourIndex.build(network, known=part, max_images=2500)
    assert whole.images.tolist() == NeighbourIndex.build(network, max_images=2500).images.tolist()
    assert len(whole.vectors) == 2500


def test_a_large_layer_gets_fewer_dimensions():
    assert neighbours.most_dimensions(1728) > neighbours.MAX_DIMENSIONS
    few = neighbours.most_dimensions(200_000)
    assert 1 < few < neighbours.MAX_DIMENSIONS and few * (60_000 + 2 * 200_000) <= neighbours.MAX_BYTES


def test_an_index_is_found_again_by_its_network_and_by_no_other(network, index, tmp_path, finished_run):
    other = ExplainedNetwork(linear_reader(np.zeros((28, 28, 10))))
    for owner in (ArrayCache(tmp_path), finished_run):
        assert load_index(network, owner) is None
        save_index(index, owner)
        assert load_index(network, owner).images.tolist() == index.images.tolist()
        assert load_index(other, owner) is None


def test_the_apps_model_comes_with_the_index_of_all_training_images(tmp_path):
    network = ExplainedNetwork(Recognizer.load())
    index = load_index(network, ArrayCache(tmp_path))
    assert index is not None and index.images.tolist() == list(range(60000))
    image = load_arrays()["x_test"][0]
    nearest = index.nearest(network, image)
    assert [each.label for each in nearest] == [7] * neighbours.SHOWN
    assert nearest[0].distance < min(each.distance for each in _some_others(network, index, image))


def _some_others(network, index, image):
    """Return the nearest of every 300th training image."""
    part = replace(index, vectors=index.vectors[::300], images=index.images[::300])
    return part.nearest(network, image)


def test_an_index_that_belongs_to_another_network_is_no_index_of_the_apps_model(network, tmp_path):
    assert load_index(network, ArrayCache(tmp_path)) is None


def test_a_damaged_index_is_none(network, index, finished_run):
    save_index(index, finished_run)
    (finished_run.folder / "neighbours.npz").write_bytes(b"damaged")
    assert load_index(network, finished_run) is None


def test_a_run_that_is_trained_further_loses_its_index(index, finished_run):
    save_index(index, finished_run)
    finished_run.remove_report()
    assert finished_run.neighbours() is None
