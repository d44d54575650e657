"""Snapshots of a network at moments of its training, so that a person can go back to them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from core.runs.schema import RunError, error_reason
from core.storage import atomic

MAX_BYTES = 25_000_000
"""How much the snapshots of one run may take on the disk."""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A network and its answers after a step of its training.

    `use` is None of snapshots of earlier versions, whose units are in an order that is not known.
    """

    step: np.ndarray  # () int64
    epoch: np.ndarray  # () float64
    digits: np.ndarray  # (10, 28, 28) uint8, the probe digits as they were then
    probabilities: np.ndarray  # (10, 10) float32, the network's answer to each
    weights: np.ndarray  # (k, h, w) uint8, the first layer's weights as pictures; 128 is none
    confusion: np.ndarray  # (10, 10) int64, validation images: a row a true digit, a column an answer
    use: np.ndarray | None = None  # (k,) float32, how much the next layer uses each unit; (0,) where none directly does

    def answers(self) -> list[int]:
        """Return the label that the network read in each of the ten digits."""
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
        wanted = {"step": (), "epoch": (), "digits": (10, 28, 28), "probabilities": (10, 10), "confusion": (10, 10)}
        shapes = {name: value.shape for name, value in values.items()}
        if any(shapes.get(name) != shape for name, shape in wanted.items()) or len(shapes.get("weights", ())) != 3:
            raise ValueError("the arrays are not those of a snapshot")
        return cls(**values)


class SnapshotStore:
    """The snapshots of one run, a file each, together at most `MAX_BYTES`."""

    def __init__(self, folder: Path, max_bytes: int = MAX_BYTES) -> None:
        self.folder, self.max_bytes = folder, max_bytes

    def steps(self) -> list[int]:
        """Return the steps after which there are snapshots, in order; [] before the first."""
        return sorted(self._paths())

    def load(self, step: int) -> Snapshot:
        """Return the snapshot after `step`; raises `RunError` where there is none or it is damaged."""
        path = self._path(step)
        try:
            # Opened here, for NumPy leaves a damaged file open.
            with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
                return Snapshot.from_arrays(dict(archive))
        except Exception as error:  # zipfile, zlib and NumPy raise nearly anything on a damaged archive
            raise RunError(f"The snapshot after step {step:,} cannot be read: {error_reason(error)}") from error

    def save(self, snapshot: Snapshot) -> None:
        """Save a snapshot; older ones are dropped where all take too much (`steps_to_drop`). Raises `OSError`."""
        self.folder.mkdir(exist_ok=True)
        path = self._path(int(snapshot.step))
        atomic.replace_file(path, lambda file: np.savez(file, allow_pickle=False, **snapshot.arrays()), durable=False)
        paths = self._paths()
        for step in steps_to_drop({step: path.stat().st_size for step, path in paths.items()}, self.max_bytes):
            paths[step].unlink(missing_ok=True)

    def remove_leftovers(self) -> None:
        """Remove the snapshots that a worker which was killed left half written."""
        atomic.remove_leftovers(self.folder, ".*.new")

    def dropped_early_ones(self) -> bool:
        """Return whether early snapshots were dropped to make room."""
        steps = self.steps()
        return bool(steps) and not set(_geometric_steps(steps[-1])) <= set(steps)

    def _path(self, step: int) -> Path:
        return self.folder / f"{step:09d}.npz"

    def _paths(self) -> dict[int, Path]:
        """Return the files by step, without half-written and foreign ones."""
        found = self.folder.glob("*.npz") if self.folder.is_dir() else ()
        return {int(path.stem): path for path in found if path.stem.isdecimal()}


def _geometric_steps(last: int) -> Iterator[int]:
    step = 0
    while step <= last:
        yield step
        step = next_snapshot_step(step)


def next_snapshot_step(step: int) -> int:
    """Return the first step after this one that is worth a snapshot: 1, 2, 4, 8, … (so is each epoch's end)."""
    return 1 << step.bit_length()


def steps_to_drop(sizes: dict[int, int], max_bytes: int = MAX_BYTES) -> list[int]:
    """Return the steps whose snapshots are to be dropped, so that the rest take at most `max_bytes`.

    `sizes` are bytes by step. Every second one is dropped, the oldest first; the very first and the newest stay.
    """
    remaining, dropped, total = sorted(sizes), list[int](), sum(sizes.values())
    while total > max_bytes and len(remaining) > 2:
        for step in remaining[1:-1:2]:
            if total > max_bytes:
                dropped.append(step)
                total -= sizes[step]
        remaining = [step for step in remaining if step not in set(dropped)]
    return dropped
