"""The files that a run which learns from corrections has besides: these, the model that learns, and the measures."""

import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from core.config.percent import percent
from core.runs.record_values import Count, NonNegative, Share, convert
from core.runs.run_folder import RunFolder, read_arrays
from core.runs.schema import RunError
from core.storage import atomic, json_files

_CORRECTIONS, _RESULT = "corrections.npz", "teaching.json"
_START = "start.keras"
_BESIDE_MODEL = (".json", ".npz")  # its card and its outlier score, where it has them

MAX_LOSS = 0.001
"""By how much less of the test images a model may read right before it is said, 0 to 1."""

MIN_REFUSED = 0.9
"""How much of what is no digit a model must refuse, or it is said."""


@dataclass(frozen=True)
class Measures:
    """The measures of a model before or after learning; shares are 0 to 1, None where there was nothing to measure."""

    test_correct: Count
    test_count: Count
    kept_out_correct: Count  # of the person's digits that nothing was learned from, read right and not refused
    kept_out_count: Count
    learned_correct: Count  # of the person's digits that were learned from, likewise
    learned_count: Count
    refused: Share | None = None  # of pictures of no digit; None for a network of other classes
    digits_kept: Share | None = None  # of the test images, not refused
    calibration_error: Share | None = None
    temperature: NonNegative = 1.0

    @property
    def test_accuracy(self) -> float:
        """Return the share of the test images that is read right, 0 to 1."""
        return self.test_correct / max(1, self.test_count)


@dataclass(frozen=True)
class TeachingResult:
    """The change by learning from corrections: the measures of the model before and after.

    `share` is how far the weights were moved from those before (0) to those at the end of learning (1).
    `shipped_accuracy` is the shipped reader's on MNIST's test images, from which a row of taught models may lead away.
    `tested_on` is what the test images are called, those of the data set that the model learned first.
    """

    before: Measures
    after: Measures
    share: Share
    shipped_accuracy: Share | None = None
    tested_on: str = "test images of MNIST"

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return sentences on what speaks against the model as the one to read with; () where nothing does."""
        refused = self.after.refused
        found = [
            f"It reads {fewer} of the {self.after.test_count:,} {self.tested_on} fewer right than {than}."
            for than, accuracy in self._compared().items()
            if (fewer := round((accuracy - self.after.test_accuracy) * self.after.test_count))
            > MAX_LOSS * self.after.test_count
        ]
        if refused is not None and refused < MIN_REFUSED:
            found.append(
                f"It refuses only {percent(refused, 1)} of what is no digit; {percent(MIN_REFUSED, 0)} is wanted."
            )
        return tuple(found)

    def _compared(self) -> dict[str, float]:
        """Return the accuracies on the test images with which the model's is compared, by what has them."""
        before, shipped = self.before.test_accuracy, self.shipped_accuracy
        return {"before": before} | ({"the shipped reader": shipped} if shipped and shipped > before else {})


def learns_from_corrections(run: RunFolder) -> bool:
    """Return whether the run's folder holds corrections, from which it learns."""
    return (run.folder / _CORRECTIONS).is_file()


def save_corrections(run: RunFolder, arrays: Mapping[str, np.ndarray]) -> None:
    """Write the corrections that the run learns from, while it is filed; raises `OSError`."""
    atomic.replace_file(run.folder / _CORRECTIONS, lambda file: np.savez_compressed(file, allow_pickle=False, **arrays))


def load_corrections(run: RunFolder) -> dict[str, np.ndarray]:
    """Return the arrays that `save_corrections` was given; raises `RunError` where there are none."""
    arrays = read_arrays(run.folder / _CORRECTIONS)
    if arrays is None:
        raise RunError(f"Run {run.id} holds no corrections to learn from.")
    return arrays


def save_start(run: RunFolder, model: Path) -> None:
    """Copy the model that learns, with its card, while the run is filed; raises `OSError`.

    The run that it is of may be trained further or deleted before this one ends.
    """
    start = run.folder / _START
    shutil.copyfile(model, start)
    for suffix in _BESIDE_MODEL:
        if model.with_suffix(suffix).is_file():
            shutil.copyfile(model.with_suffix(suffix), start.with_suffix(suffix))


def start_path(run: RunFolder) -> Path:
    """Return the file of the model that learns; raises `RunError` where there is none."""
    path = run.folder / _START
    if not path.is_file():
        raise RunError(f"{_START}, the model that run {run.id} learns with, is gone. Start to learn anew.")
    return path


def write_result(run: RunFolder, result: TeachingResult) -> None:
    """Write the measures before and after learning; raises `OSError`."""
    atomic.replace_json(run.folder / _RESULT, asdict(result))


def read_result(run: RunFolder) -> TeachingResult | None:
    """Return the measures before and after learning; None where the run has none yet, or they are damaged."""
    try:
        values = json_files.parse_json(json_files.read_limited(run.folder / _RESULT))
    except (OSError, ValueError, RecursionError):
        return None
    return convert(values, TeachingResult)


def remove_result(run: RunFolder) -> None:
    """Remove what was measured of a model that learns further; raises `OSError`."""
    (run.folder / _RESULT).unlink(missing_ok=True)
