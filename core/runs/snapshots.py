"""Snapshots of a network at moments of its training, so that a person can go back to them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from core.config.dataset_spec import MAX_CLASSES, MIN_CLASSES
from core.runs.schema import RunError, error_reason
from core.runs.step_files import StepFiles
from core.storage import atomic

MAX_BYTES = 25_000_000
"""How much the snapshots of one run may take on the disk."""
MAX_WEIGHTS_BYTES = 25_000_000
"""How much the weights that are kept with them may take."""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A network and its answers after a step of its training.

    `use` is None of snapshots of earlier versions, whose units are in an order that is not known.
    """

    step: np.ndarray  # () int64
    epoch: np.ndarray  # () float64
    digits: np.ndarray  # (k, 28, 28) uint8, the probe images as they were then, one of each class
    probabilities: np.ndarray  # (k, k) float32, the network's answer to each
    weights: np.ndarray  # (k, h, w) uint8, the first layer's weights as pictures; 128 is none
    confusion: np.ndarray  # (k, k) int64, validation images: a row a true class, a column an answer
    use: np.ndarray | None = None  # (k,) float32, how much the next layer uses each unit; (0,) where none directly does

    def answers(self) -> list[int]:
        """Return the label that the network read in each of the probe images."""
        return self.probabilities.argmax(axis=1).tolist()

    def confidences(self) -> list[float]:
        """Return the confidence of each answer, 0 to 1."""
        return self.probabilities.max(axis=1).tolist()

    def arrays(self) -> dict[str, np.ndarray]:
        """Return its arrays by name, as `from_arrays` takes them."""
        arrays = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: array for name, array in arrays.items() if array is not None}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "Snapshot":
        """Return the snapshot of these arrays; raises `ValueError` where one is missing or has another shape."""
        values = {each.name: arrays[each.name] for each in fields(cls) if each.name in arrays}
        shapes = {name: value.shape for name, value in values.items()}
        k = next(iter(shapes.get("digits", ())), 0)
        wanted = {"step": (), "epoch": (), "digits": (k, 28, 28), "probabilities": (k, k), "confusion": (k, k)}
        is_other = any(shapes.get(name) != shape for name, shape in wanted.items())
        if is_other or not MIN_CLASSES <= k <= MAX_CLASSES or len(shapes.get("weights", ())) != 3:
            raise ValueError("the arrays are not those of a snapshot")
        return cls(**values)


class SnapshotStore:
    """The snapshots of one run, a file each, together at most `MAX_BYTES`, and the weights that belong to them."""

    def __init__(self, folder: Path, max_bytes: int = MAX_BYTES) -> None:
        self.folder = folder
        self._snapshots = StepFiles(folder, ".npz", max_bytes)
        self._weights = StepFiles(folder, ".weights.npz", MAX_WEIGHTS_BYTES)

    def steps(self) -> list[int]:
        """Return the steps after which there are snapshots, in order; [] before the first."""
        return self._snapshots.steps()

    def load(self, step: int) -> Snapshot:
        """Return the snapshot after `step`; raises `RunError` where there is none or it is damaged."""
        try:
            return Snapshot.from_arrays(self._snapshots.load(step))
        except Exception as error:  # zipfile, zlib and NumPy raise nearly anything on a damaged archive
            raise RunError(f"The snapshot after step {step:,} cannot be read: {error_reason(error)}") from error

    def save(self, snapshot: Snapshot) -> None:
        """Save a snapshot; older ones are dropped where all take too much. Raises `OSError`."""
        self._snapshots.save(int(snapshot.step), snapshot.arrays())

    def weight_steps(self) -> list[int]:
        """Return the steps after which the network's weights were kept, in order; runs of early versions have none."""
        return self._weights.steps()

    def load_weights(self, step: int) -> list[np.ndarray]:
        """Return the network's weights after `step`, each float32; raises `RunError` as `load` does."""
        try:
            arrays = self._weights.load(step)
            return [arrays[f"{place}"].astype(np.float32) for place in range(len(arrays))]
        except Exception as error:  # as above
            raise RunError(f"The weights after step {step:,} cannot be read: {error_reason(error)}") from error

    def save_weights(self, step: int, weights: Sequence[np.ndarray]) -> None:
        """Save a network's weights in 16 bits, where there is room for three times as many; raises `OSError`.

        They are dropped as snapshots are.
        """
        if 3 * 2 * sum(each.size for each in weights) <= MAX_WEIGHTS_BYTES:
            with np.errstate(over="ignore"):  # a network that has diverged
                self._weights.save(step, {f"{place}": each.astype(np.float16) for place, each in enumerate(weights)})

    def drop_excess(self) -> None:
        """Drop older ones where all take too much, as saving does, after another one was put here; raises `OSError`."""
        self._snapshots.drop_excess()
        self._weights.drop_excess()

    def remove_leftovers(self) -> None:
        """Remove the snapshots that a worker which was killed left half written."""
        atomic.remove_leftovers(self.folder, ".*.new")

    def dropped_early_ones(self) -> bool:
        """Return whether early snapshots were dropped to make room."""
        steps = self.steps()
        return bool(steps) and not set(_geometric_steps(steps[-1])) <= set(steps)


def _geometric_steps(last: int) -> Iterator[int]:
    step = 0
    while step <= last:
        yield step
        step = next_snapshot_step(step)


def next_snapshot_step(step: int) -> int:
    """Return the first step after this one that is worth a snapshot: 1, 2, 4, 8, … (so is each epoch's end)."""
    return 1 << step.bit_length()
