"""What a network was at moments of its training, so that a person can go back and look."""

from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np

from core.storage import atomic
from core.runs.schema import RunError, error_reason

MAX_BYTES = 25_000_000
"""What the snapshots of one run may take on the disk."""
MAX_IMAGES = 64
"""Of a first layer's weights."""
_SAMPLED = 5000  # of them, at least, tell what is strong


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What was seen of a network after some step of its training."""

    step: np.ndarray  # () int64
    epoch: np.ndarray  # () float64
    digits: np.ndarray  # (10, 28, 28) uint8, the person's ten digits as they were then
    probabilities: np.ndarray  # (10, 10) float32, what the network said of each
    weights: np.ndarray  # (k, h, w) uint8, the first layer's weights as pictures; 128 is none
    confusion: np.ndarray  # (10, 10) int64, validation images: a row a true digit, a column an answer

    def answers(self) -> list[int]:
        """Return what the network read in each of the ten digits."""
        return self.probabilities.argmax(axis=1).tolist()

    def confidences(self) -> list[float]:
        """Return how sure it was of each, 0 to 1."""
        return self.probabilities.max(axis=1).tolist()

    def arrays(self) -> dict[str, np.ndarray]:
        """Return its arrays by name, as `from_arrays` takes them."""
        return asdict(self)

    @classmethod
    def from_arrays(cls, arrays: dict[str, np.ndarray]) -> "Snapshot":
        """Return the snapshot of these arrays; raises `ValueError` where one is missing or has another shape."""
        values = {each.name: arrays.get(each.name) for each in fields(cls)}
        wanted = {"step": (), "epoch": (), "digits": (10, 28, 28), "probabilities": (10, 10), "confusion": (10, 10)}
        shapes = {name: value.shape for name, value in values.items() if value is not None}
        if any(shapes.get(name) != shape for name, shape in wanted.items()) or len(shapes.get("weights", ())) != 3:
            raise ValueError("the arrays are not those of a snapshot")
        return cls(**values)


class SnapshotStore:
    """The snapshots of one run, a file each, together at most `MOST_BYTES`."""

    def __init__(self, folder: Path, most_bytes: int = MAX_BYTES):
        self.folder, self.most_bytes = folder, most_bytes

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
        """Keep a snapshot; older ones go where it gets too much (`thinned`). Raises `OSError`."""
        self.folder.mkdir(exist_ok=True)
        path = self._path(int(snapshot.step))
        atomic.replace_file(path, lambda file: np.savez(file, **snapshot.arrays()), durable=False)
        paths = self._paths()
        for step in steps_to_drop({step: path.stat().st_size for step, path in paths.items()}, self.most_bytes):
            paths[step].unlink(missing_ok=True)

    def remove_leftovers(self) -> None:
        """Remove the snapshots that a trainer which was killed left half written."""
        atomic.remove_leftovers(self.folder, ".*.new")

    def dropped_early_ones(self) -> bool:
        """Return whether early snapshots went to make room."""
        steps = self.steps()
        return bool(steps) and not set(_geometric(steps[-1])) <= set(steps)

    def _path(self, step):
        return self.folder / f"{step:09d}.npz"

    def _paths(self):
        """The files by step; what is half written or foreign is none of them."""
        found = self.folder.glob("*.npz") if self.folder.is_dir() else ()
        return {int(path.stem): path for path in found if path.stem.isdecimal()}


def _geometric(last):
    step = 0
    while step <= last:
        yield step
        step = next_snapshot_step(step)


def next_snapshot_step(step: int) -> int:
    """Return the first step after this one that is worth a snapshot: 1, 2, 4, 8, … (each epoch's end is, too)."""
    return 1 << step.bit_length()


def steps_to_drop(sizes: dict[int, int], most_bytes: int = MAX_BYTES) -> list[int]:
    """Return the steps whose snapshots are to go, so that the rest take at most `most_bytes`.

    `sizes` are bytes by step. Every second one goes, the oldest first; the very first and the newest stay.
    """
    kept, gone, total = sorted(sizes), [], sum(sizes.values())
    while total > most_bytes and len(kept) > 2:
        for step in kept[1:-1:2]:
            if total > most_bytes:
                gone.append(step)
                total -= sizes[step]
        kept = [step for step in kept if step not in set(gone)]
    return gone


def first_layer_images(model) -> np.ndarray:
    """Return what the first layer of a `keras.Model` looks for: (k, h, w) uint8, at most 64, 128 being no weight.

    A dense layer's weights are pictures of 28×28, a convolution's are its kernels. (0, 0, 0) where the first layer
    that has weights does not look at the picture itself.
    """
    kernels = [layer.kernel.numpy() for layer in model.layers if hasattr(layer, "kernel")][:1]
    for kernel in kernels:
        if kernel.ndim == 4 and kernel.shape[2] == 1:
            return _grey(kernel[:, :, 0].transpose(2, 0, 1))  # (filters, h, w)
        if kernel.ndim == 2 and kernel.shape[0] == 28 * 28:
            return _grey(kernel.T.reshape(-1, 28, 28))
    return np.zeros((0, 0, 0), np.uint8)


def _grey(weights):
    """Weights as greys about 128; all but the strongest few in a thousand lie between black and white."""
    weights = np.nan_to_num(weights[:MAX_IMAGES])  # a network that has diverged is looked at, too
    sample = np.abs(weights.reshape(-1)[:: max(1, weights.size // _SAMPLED)])
    strong = max(float(np.quantile(sample, 0.995)), 1e-12)
    return np.round(128 + 127 * np.clip(weights / strong, -1, 1)).astype(np.uint8)
