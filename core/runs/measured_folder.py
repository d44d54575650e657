"""The files of what was measured of a run's model: its report, its answers, and how it sees the images."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from core.runs.own_changes import note_change
from core.runs.report_schema import Report
from core.runs.run_folder import RunFolder, read_arrays
from core.runs.schema import RunError
from core.storage import atomic


class MeasuredFolder(RunFolder):
    """The folder of a training, with the files of what was measured of its model.

    They are written by the worker alone. An ended run's report and predictions may be written by whoever needs them,
    where its worker left none; so may its neighbours and its map, which its worker never writes.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._report = self.folder / "report.json"
        self._predictions = self.folder / "predictions.npz"
        self._neighbours = self.folder / "neighbours.npz"
        self._digit_map = self.folder / "map.npz"
        self._fold_predictions = self.folder / "fold.npz"

    def report(self) -> Report | None:
        """Return the test report, or None before there is one; raises `RunError`."""
        if not self._report.exists():
            return None
        report = Report.from_json(self._read_json(self._report))
        if report is None:
            raise RunError(f"{self._report.name} is not a test report.")
        return report

    def predictions(self) -> dict[str, np.ndarray] | None:
        """Return the arrays that `save_predictions` was given, or None where there are none; raises `RunError`."""
        return read_arrays(self._predictions)

    def fold_predictions(self) -> dict[str, np.ndarray] | None:
        """Return the arrays that `save_fold_predictions` was given, or None where there are none; raises `RunError`."""
        return read_arrays(self._fold_predictions)

    def neighbours(self) -> dict[str, np.ndarray] | None:
        """Return the arrays that `save_neighbours` was given, or None where there are none; raises `RunError`."""
        return read_arrays(self._neighbours)

    def digit_map(self) -> dict[str, np.ndarray] | None:
        """Return the arrays that `save_digit_map` was given, or None where there are none; raises `RunError`."""
        return read_arrays(self._digit_map)

    def remove_leftovers(self) -> None:
        """Remove what a worker of this run that was killed left half written."""
        super().remove_leftovers()
        for path in self._measured():
            atomic.remove_leftovers(self.folder, f".{path.name}.*.new")

    def _measured(self) -> tuple[Path, ...]:
        """Return the files of what was measured of a model, which are removed when it is trained further."""
        return self._report, self._predictions, self._fold_predictions, self._neighbours, self._digit_map

    def remove_report(self) -> None:
        """Remove what was measured of a model that is trained further; raises `OSError`."""
        for path in self._measured():
            path.unlink(missing_ok=True)

    def write_report(self, report: Report) -> None:
        """Write the test report; raises `OSError`."""
        atomic.replace_json(self._report, report.to_json())
        note_change(self.id)

    def save_predictions(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Replace the model's answers to the test images (`Predictions.arrays`); raises `OSError`."""
        atomic.replace_file(self._predictions, lambda file: np.savez_compressed(file, allow_pickle=False, **arrays))

    def save_fold_predictions(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Replace the model's answers to the fold that its recipe keeps back; raises `OSError`."""
        atomic.replace_file(
            self._fold_predictions, lambda file: np.savez_compressed(file, allow_pickle=False, **arrays)
        )

    def save_neighbours(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Replace the index of the training images as the model sees them; raises `OSError`.

        It can be computed anew at any time, so nobody waits for the disk.
        """
        atomic.replace_file(self._neighbours, lambda file: np.savez(file, allow_pickle=False, **arrays), durable=False)

    def save_digit_map(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Replace the map of the test images as `save_neighbours` replaces the index; raises `OSError`."""
        atomic.replace_file(self._digit_map, lambda file: np.savez(file, allow_pickle=False, **arrays), durable=False)
