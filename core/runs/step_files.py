"""Arrays of a run at steps of its training: a file for each step, together within a limit."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from core.storage import atomic


class StepFiles:
    """Files of arrays by step in one folder, which all end alike; together at most `max_bytes`."""

    def __init__(self, folder: Path, ending: str, max_bytes: int) -> None:
        self.folder, self.max_bytes = folder, max_bytes
        self._ending = ending

    def steps(self) -> list[int]:
        """Return the steps that have a file, in order."""
        return sorted(self._paths())

    def load(self, step: int) -> dict[str, np.ndarray]:
        """Return the arrays of a step; raises nearly anything where there are none or they are damaged."""
        # Opened here, for NumPy leaves a damaged file open.
        with open(self._path(step), "rb") as file, np.load(file, allow_pickle=False) as archive:
            return dict(archive)

    def save(self, step: int, arrays: Mapping[str, np.ndarray]) -> None:
        """Save the arrays of a step; older ones are dropped where all take too much. Raises `OSError`."""
        self.folder.mkdir(exist_ok=True)
        path = self._path(step)
        atomic.replace_file(path, lambda file: np.savez(file, allow_pickle=False, **arrays), durable=False)
        self.drop_excess()

    def drop_excess(self) -> None:
        """Drop older files where all take too much; raises `OSError`."""
        paths = self._paths()
        for dropped in steps_to_drop({step: path.stat().st_size for step, path in paths.items()}, self.max_bytes):
            paths[dropped].unlink(missing_ok=True)

    def _path(self, step: int) -> Path:
        return self.folder / f"{step:09d}{self._ending}"

    def _paths(self) -> dict[int, Path]:
        """Return the files by step, without half-written and foreign ones."""
        found = self.folder.glob(f"*{self._ending}") if self.folder.is_dir() else ()
        names = {path.name.removesuffix(self._ending): path for path in found}
        return {int(name): path for name, path in names.items() if name.isdecimal()}


def steps_to_drop(sizes: dict[int, int], max_bytes: int) -> list[int]:
    """Return the steps whose files are to be dropped, so that the rest take at most `max_bytes`.

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
