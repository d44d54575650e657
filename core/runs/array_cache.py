"""Arrays that a runs folder keeps for what belongs to no run: they can be computed anew at any time."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from core.runs.run_folder import read_arrays
from core.storage import atomic


class ArrayCache:
    """The hidden folder `.cache` of a runs folder, with an .npz file for each name."""

    def __init__(self, root: Path) -> None:
        self.folder = root / ".cache"

    def load(self, name: str) -> dict[str, np.ndarray] | None:
        """Return the arrays that were saved under this name; None where there are none. Raises `RunError`."""
        return read_arrays(self.folder / f"{name}.npz")

    def save(self, name: str, arrays: Mapping[str, np.ndarray]) -> None:
        """Save arrays under this name, in place of those that were there; raises `OSError`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{name}.npz"
        atomic.replace_file(path, lambda file: np.savez(file, allow_pickle=False, **arrays), durable=False)
