"""Snapshots: which are kept, and which are dropped when there are too many."""

import numpy as np
import pytest

from core.runs.schema import RunError
from core.runs.snapshots import Snapshot, SnapshotStore, next_snapshot_step
from core.runs.step_files import steps_to_drop


def snapshot(**changed):
    arrays = {
        "step": np.int64(4),
        "epoch": np.float64(0.5),
        "digits": np.zeros((10, 28, 28), np.uint8),
        "probabilities": np.full((10, 10), 0.1, np.float32),
        "weights": np.zeros((3, 28, 28), np.uint8),
        "confusion": np.zeros((10, 10), np.int64),
    }
    return {name: np.asarray(value) for name, value in (arrays | changed).items() if value is not None}


def test_snapshots_come_at_a_geometric_scale_of_steps():
    steps = [0]
    while steps[-1] < 1000:
        steps.append(next_snapshot_step(steps[-1]))
    assert steps == [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]


def test_a_snapshot_comes_back_from_its_arrays():
    there = Snapshot.from_arrays(snapshot())
    again = Snapshot.from_arrays(there.arrays())
    assert (int(again.step), float(again.epoch)) == (4, 0.5)


@pytest.mark.parametrize("changed", [{"digits": None}, {"confusion": np.zeros((9, 9))}, {"weights": np.zeros(4)}])
def test_arrays_of_another_kind_are_refused(changed):
    with pytest.raises(ValueError, match="not those of a snapshot"):
        Snapshot.from_arrays(snapshot(**changed))


def test_within_the_limit_nothing_is_dropped():
    assert steps_to_drop({0: 10, 1: 10, 2: 10}, 30) == []


def test_every_second_snapshot_is_dropped_the_oldest_first_and_the_ends_stay():
    sizes = dict.fromkeys(range(10), 10)
    assert steps_to_drop(sizes, 90) == [1]
    assert steps_to_drop(sizes, 60) == [1, 3, 5, 7]
    gone = steps_to_drop(sizes, 25)
    assert set(range(10)) - set(gone) == {0, 9}


def test_a_limit_below_two_snapshots_leaves_the_first_and_the_newest():
    assert steps_to_drop({0: 100, 5: 100, 9: 100}, 1) == [5]


def test_a_snapshot_of_an_earlier_version_says_nothing_of_the_use_of_its_units():
    assert Snapshot.from_arrays(snapshot()).use is None and "use" not in Snapshot.from_arrays(snapshot()).arrays()
    assert Snapshot.from_arrays(snapshot(use=np.ones(3, np.float32))).arrays()["use"].tolist() == [1, 1, 1]


def test_a_snapshot_store_loads_what_was_saved(tmp_path):
    snapshots = SnapshotStore(tmp_path / "snapshots")
    assert snapshots.steps() == []
    for step in (0, 1, 2, 4):
        snapshots.save(Snapshot.from_arrays(snapshot(step=np.int64(step))))
    (tmp_path / "snapshots" / "half.npz").write_bytes(b"")
    assert snapshots.steps() == [0, 1, 2, 4]
    assert int(snapshots.load(2).step) == 2
    assert not snapshots.dropped_early_ones()


def test_a_snapshot_store_stays_within_its_limit_and_says_that_some_were_dropped(tmp_path):
    first = Snapshot.from_arrays(snapshot(step=np.int64(0)))
    SnapshotStore(tmp_path / "one").save(first)
    (one,) = (tmp_path / "one").iterdir()
    snapshots = SnapshotStore(tmp_path / "snapshots", max_bytes=5 * one.stat().st_size)
    for step in (0, 1, 2, 4, 8, 16, 32):
        snapshots.save(Snapshot.from_arrays(snapshot(step=np.int64(step))))
    assert len(snapshots.steps()) == 5
    assert (snapshots.steps()[0], snapshots.steps()[-1]) == (0, 32)
    assert snapshots.dropped_early_ones()


def test_a_damaged_or_missing_snapshot_is_an_error_in_words(tmp_path):
    snapshots = SnapshotStore(tmp_path)
    (tmp_path / "000000004.npz").write_bytes(b"PK no archive")
    for step in (4, 5):
        with pytest.raises(RunError, match=f"The snapshot after step {step} cannot be read"):
            snapshots.load(step)


def test_weights_are_kept_beside_in_sixteen_bits_and_are_no_snapshots(tmp_path):
    snapshots = SnapshotStore(tmp_path / "snapshots")
    weights = [np.linspace(-1, 1, 24).reshape(2, 3, 4).astype(np.float32), np.full(2, 1e6, np.float32)]
    snapshots.save_weights(8, weights)
    assert (snapshots.steps(), snapshots.weight_steps()) == ([], [8])
    first, second = snapshots.load_weights(8)
    np.testing.assert_allclose(first, weights[0], atol=1e-3)
    assert first.dtype == np.float32 and np.isinf(second).all()


def test_weights_of_a_network_that_is_too_large_are_not_kept(tmp_path):
    snapshots = SnapshotStore(tmp_path / "snapshots")
    snapshots.save_weights(8, [np.zeros(5_000_000, np.float32)])
    assert snapshots.weight_steps() == []


def test_damaged_or_missing_weights_are_an_error_in_words(tmp_path):
    (tmp_path / "000000004.weights.npz").write_bytes(b"PK no archive")
    for step in (4, 5):
        with pytest.raises(RunError, match=f"The weights after step {step} cannot be read"):
            SnapshotStore(tmp_path).load_weights(step)
