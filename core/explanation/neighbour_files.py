"""The files of the indexes of training images: in a run's folder, or in the runs folder for the shipped model."""

import contextlib
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np

from core.explanation.neighbours import NeighbourIndex
from core.explanation.network import ExplainedNetwork
from core.recognition.model_files import RELEASED_MODEL
from core.runs.array_cache import ArrayCache
from core.runs.run import Run
from core.runs.run_folder import read_arrays
from core.runs.schema import RunError
from core.storage import atomic

RELEASED_INDEX = RELEASED_MODEL.with_name("reader_index.npz")
"""The index that comes with the app's model, of which reading all training images takes longer than people wait."""

_SHIPPED = "neighbours-shipped"
_RELEASED_DIMENSIONS = 32  # 98 % of the nearest training images are still among the candidates


def load_index(network: ExplainedNetwork, owner: Run | ArrayCache) -> NeighbourIndex | None:
    """Return the index that was saved for this network; None where there is none, or it is damaged or of another one.

    owner: the network's run, or the cache of the runs folder for the shipped model.
    """
    if isinstance(owner, Run):
        return _checked(owner.neighbours, network)
    return _checked(lambda: read_arrays(RELEASED_INDEX), network) or _checked(lambda: owner.load(_SHIPPED), network)


def release_index(network: ExplainedNetwork, path: Path) -> None:
    """Make the index of a model that is released, of all training images in their order, and save it there."""
    index = NeighbourIndex.build(network, max_s=math.inf, max_dimensions=_RELEASED_DIMENSIONS)
    order = index.images.argsort()
    arrays = index.arrays() | {"vectors": index.vectors[order], "images": index.images[order]}
    atomic.replace_file(path, lambda file: np.savez_compressed(file, allow_pickle=False, **arrays))


def save_index(index: NeighbourIndex, owner: Run | ArrayCache) -> None:
    """Save an index for later and for other servers: that of a run only when it has ended, and none on a full disk."""
    with contextlib.suppress(RunError, OSError):
        if isinstance(owner, ArrayCache):
            owner.save(_SHIPPED, index.arrays())
        elif owner.status().is_final:
            owner.save_neighbours(index.arrays())


def _checked(read: Callable[[], dict[str, np.ndarray] | None], network: ExplainedNetwork) -> NeighbourIndex | None:
    with contextlib.suppress(RunError):
        arrays = read()
        return NeighbourIndex.from_arrays(arrays, network) if arrays else None
    return None
