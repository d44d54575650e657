"""The map of digits: where images lie, which file fits which network, t-SNE, and the images behind the points."""

import importlib.util

import numpy as np
import pytest

from core.datasets.mnist import load_arrays
from core.explanation import tsne
from core.explanation.digit_map import DigitMap
from core.explanation.map_files import load_map, save_map
from core.explanation.map_view import describe_map, images_at, misread_images
from core.explanation.network import ExplainedNetwork, ExplanationError
from core.explanation.principal_axes import PrincipalAxes
from core.recognition import Recognizer
from core.runs.array_cache import ArrayCache
from tests.support.readers import linear_reader
from tests.support.runs import tiny_model


@pytest.fixture(scope="module")
def network():
    return ExplainedNetwork(Recognizer(tiny_model()))


@pytest.fixture(scope="module")
def digit_map(network):
    return DigitMap.build(network, max_images=1500)


def test_the_axes_are_those_of_the_covariance():
    values = np.random.default_rng(0).normal(size=(200, 5)).astype(np.float32) * [9, 5, 3, 2, 1]
    found = PrincipalAxes.of(values, 3)
    variances, directions = np.linalg.eigh(np.cov(values.T))
    for axis, expected in zip(found.axes.T, directions.T[::-1], strict=False):
        assert abs(axis.astype(float) @ expected) == pytest.approx(1, abs=1e-3)
    np.testing.assert_allclose(found.shares, variances[::-1][:3] / variances.sum(), rtol=1e-3)
    assert found.project(values).shape == (200, 3)


def test_values_that_are_too_large_are_an_error_in_words():
    with pytest.raises(ExplanationError, match="too large to be compared"):
        PrincipalAxes.of(np.eye(4, 3, dtype=np.float32) * np.float32(1e30), 2)


def test_an_image_is_placed_where_it_lies(network, digit_map):
    image = load_arrays()["x_test"][digit_map.images[1200]]
    np.testing.assert_allclose(digit_map.place(network, image), digit_map.points()[1200], atol=1e-3)


def test_the_answers_are_the_readers(network, digit_map):
    images = load_arrays()["x_test"][digit_map.images[:50]]
    expected = network.reader.classify(images)
    np.testing.assert_array_equal(digit_map.answers[:50], expected.argmax(axis=1))
    np.testing.assert_allclose(digit_map.probabilities[:50], expected, atol=1e-3)


def test_reading_ends_when_its_time_is_over_and_that_is_said(network):
    part = DigitMap.build(network, max_images=5000, max_s=0)
    assert len(part.images) == 1000 and not part.is_whole
    assert describe_map(network, part).startswith("1,000 of the 10,000 test images by the values")


def test_without_a_hidden_layer_pixels_are_mapped_and_that_is_said():
    network = ExplainedNetwork(linear_reader(np.zeros((28, 28, 10))))
    found = DigitMap.build(network, max_images=1000)
    assert "by their pixels, for this network has no hidden layer" in describe_map(network, found)


def test_a_layer_of_one_unit_lies_on_a_line():
    axes = PrincipalAxes.of(np.random.default_rng(0).normal(size=(30, 1)).astype(np.float32), 50)
    nothing = np.zeros(3, np.uint8), np.zeros((3, 10), np.float16), np.zeros((0, 2), np.float32)
    found = DigitMap(np.arange(3), np.array([[1.0], [2.0], [3.0]]), *nothing, axes)
    assert found.points().tolist() == [[1, 0], [2, 0], [3, 0]]


def test_on_a_tsne_map_a_digit_lies_at_the_median_of_those_most_alike_it(network, digit_map):
    layout = np.random.default_rng(0).normal(size=(1500, 2)).astype(np.float32)
    image = load_arrays()["x_test"][digit_map.images[7]]
    nearest = np.linalg.norm(digit_map.vectors - digit_map.vectors[7], axis=1).argsort()[:10]
    place = digit_map.with_embedding(layout).place(network, image)
    np.testing.assert_allclose(place, np.median(layout[nearest], axis=0), atol=1e-6)


def test_a_map_is_found_again_by_its_network_and_by_no_other(network, digit_map, tmp_path, finished_run):
    other = ExplainedNetwork(linear_reader(np.zeros((28, 28, 10))))
    for owner in (ArrayCache(tmp_path), finished_run):
        assert load_map(network, owner) is None
        save_map(digit_map, owner)
        np.testing.assert_array_equal(load_map(network, owner).points(), digit_map.points())
        assert load_map(other, owner) is None


@pytest.mark.parametrize("changed", [{"embedding": np.zeros((3, 2))}, {"answers": np.zeros(4)}, {"shares": None}])
def test_a_damaged_map_is_none(network, digit_map, changed):
    arrays = {name: array for name, array in (digit_map.arrays() | changed).items() if array is not None}
    assert DigitMap.from_arrays(arrays, network) is None


def test_a_run_that_is_trained_further_loses_its_map(digit_map, finished_run):
    save_map(digit_map, finished_run)
    finished_run.remove_report()
    assert finished_run.digit_map() is None


def test_misread_images_come_by_confidence_and_of_one_digit_alone(digit_map):
    labels = load_arrays()["y_test"]
    found = misread_images(digit_map)
    assert len(found) == (digit_map.answers != digit_map.labels).sum()
    assert all(each.answer != each.label == labels[each.index] for each in found)
    assert [each.confidence for each in found] == sorted((each.confidence for each in found), reverse=True)
    assert misread_images(digit_map, 3) == [each for each in found if each.label == 3]


def test_of_picked_images_the_misread_ones_come_first(digit_map):
    picked = digit_map.images[:40].tolist()
    found = images_at(digit_map, picked)
    assert sorted(each.index for each in found) == sorted(picked)
    is_right = [each.answer == each.label for each in found]
    assert is_right == sorted(is_right)
    assert images_at(digit_map, [-1, 10**6]) == []


@pytest.mark.skipif(not tsne.is_available(), reason="openTSNE is not installed: pip install -r requirements-map.txt")
def test_tsne_keeps_neighbours_together():
    rng = np.random.default_rng(0)
    centres, group = 8 * rng.normal(size=(4, 12)), np.arange(200) % 4
    vectors = (centres[group] + rng.normal(size=(200, 12))).astype(np.float32)
    shares = []
    layout = tsne.lay_out(vectors, vectors[:, :2], shares.append)
    apart = np.linalg.norm(layout[:, None] - layout[None], axis=-1)
    assert (group[apart.argsort(axis=1)[:, 1:6]] == group[:, None]).mean() > 0.98
    assert shares[-1] == 1.0


def test_without_opentsne_a_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert not tsne.is_available()
    assert "requirements-map.txt" in tsne.HOW_TO_GET
