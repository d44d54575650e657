"""Maps of digits at the snapshots of a training: one projection for all, and words where there is nothing to show."""

import numpy as np
import pytest

from core.config.train_config import TrainConfig
from core.explanation import snapshot_map
from core.explanation.network import ExplanationError
from core.explanation.principal_axes import PrincipalAxes
from core.explanation.snapshot_map import SnapshotMaps
from core.networks.builder import build
from core.runs.snapshots import SnapshotStore

CONFIG = TrainConfig(hidden_units=8)


@pytest.fixture(scope="module", autouse=True)
def few_images():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshot_map, "TEST_IMAGES", 300)
        yield


@pytest.fixture
def snapshots(tmp_path):
    """Weights after steps 1, 8 and 64, of which the last are twice the first."""
    found, weights = SnapshotStore(tmp_path / "snapshots"), build(CONFIG).get_weights()
    for step, factor in {1: 1.0, 8: 1.5, 64: 2.0}.items():
        found.save_weights(step, [factor * each for each in weights])
    return found


def test_all_snapshots_are_mapped_by_the_axes_of_the_newest(snapshots):
    maps = SnapshotMaps(CONFIG)
    first, last = maps.at(snapshots, 1), maps.at(snapshots, None)
    assert (first.step, last.step) == (1, 64)
    np.testing.assert_allclose(first.places, last.places, atol=2e-2)
    assert last.places.std() == pytest.approx(1, abs=1e-3)
    np.testing.assert_array_equal(first.extent, last.extent)
    assert len(first.images) == 300 and "After step 64: 300 test images" in last.describe()


def test_a_moment_without_weights_is_that_of_the_last_ones_before_it(snapshots):
    maps = SnapshotMaps(CONFIG)
    assert [maps.at(snapshots, step).step for step in (0, 7, 8, 63, 1000)] == [1, 1, 8, 8, 64]


def test_a_newer_snapshot_does_not_turn_the_map(snapshots):
    maps = SnapshotMaps(CONFIG)
    before = maps.at(snapshots, None)
    snapshots.save_weights(256, snapshots.load_weights(64))
    after = maps.at(snapshots, None)
    assert after.step == 256
    np.testing.assert_allclose(after.places, before.places, atol=2e-2)


def test_axes_are_turned_and_mirrored_to_where_the_values_lay():
    values = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32)
    before = PrincipalAxes(np.zeros(2), np.eye(2), np.ones(2))
    turned = PrincipalAxes(np.zeros(2), np.array([[0.6, 0.8], [0.8, -0.6]]), np.ones(2))
    np.testing.assert_allclose(snapshot_map._aligned(turned, before, values).axes, np.eye(2), atol=1e-3)


def test_without_weights_a_sentence_says_so(tmp_path):
    with pytest.raises(ExplanationError, match="No weights were kept"):
        SnapshotMaps(CONFIG).at(SnapshotStore(tmp_path), None)


def test_without_a_hidden_layer_there_is_nothing_that_parts(tmp_path):
    config = TrainConfig(layers=({"class_name": "Flatten"},))
    snapshots = SnapshotStore(tmp_path / "snapshots")
    snapshots.save_weights(1, build(config).get_weights())
    with pytest.raises(ExplanationError, match="no hidden layer"):
        SnapshotMaps(config).at(snapshots, None)


def test_weights_of_another_network_and_of_one_that_has_diverged_are_named(snapshots):
    with pytest.raises(ExplanationError, match="not those of this network"):
        SnapshotMaps(TrainConfig(hidden_units=16)).at(snapshots, None)
    snapshots.save_weights(128, [np.full_like(each, np.inf) for each in snapshots.load_weights(64)])
    with pytest.raises(ExplanationError, match="it has diverged"):
        SnapshotMaps(CONFIG).at(snapshots, None)


@pytest.mark.parametrize(
    "layers",
    [
        [{"class_name": "Flatten"}, {"class_name": "Dense", "units": 2048, "activation": "relu"}],
        [{"class_name": "Residual", "filters": 2, "strides": 2}, {"class_name": "Flatten"}],
    ],
    ids=["2048 units", "residual block"],
)
def test_networks_of_every_kind_are_mapped(tmp_path, layers):
    config, snapshots = TrainConfig(layers=layers), SnapshotStore(tmp_path / "snapshots")
    snapshots.save_weights(1, build(config).get_weights())
    assert SnapshotMaps(config).at(snapshots, None).places.shape == (300, 2)
