"""The summary of MNIST, which an installation keeps from the first time on that it was made."""

import contextlib
from functools import cache
from pathlib import Path

from core.config.dataset_spec import MNIST
from core.datasets.dataset_summary import DatasetSummary
from core.datasets.mnist import load_arrays
from core.runs.array_cache import ArrayCache
from core.runs.schema import RunError


@cache
def mnist_summary(root: Path) -> DatasetSummary:
    """Return the counts, mean images and some images of each digit; raises `DatasetError`."""
    kept, name = ArrayCache(root), f"summary-{MNIST.sha256[:16]}"
    with contextlib.suppress(RunError, ValueError, TypeError):
        if arrays := kept.load(name):
            return DatasetSummary.from_arrays(arrays, MNIST.num_classes)
    summary = DatasetSummary.of(load_arrays(), MNIST.num_classes)
    with contextlib.suppress(OSError):
        kept.save(name, summary.to_arrays())
    return summary
