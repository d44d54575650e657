"""The files of the indexes of training images: in a run's folder, or in the runs folder for the shipped model."""

import contextlib

from core.explanation.neighbours import NeighbourIndex
from core.explanation.network import ExplainedNetwork
from core.runs.array_cache import ArrayCache
from core.runs.run import Run
from core.runs.schema import RunError

_SHIPPED = "neighbours-shipped"


def load_index(network: ExplainedNetwork, owner: Run | ArrayCache) -> NeighbourIndex | None:
    """Return the index that was saved for this network; None where there is none, or it is damaged or of another one.

    owner: the network's run, or the cache of the runs folder for the shipped model.
    """
    with contextlib.suppress(RunError):
        arrays = owner.neighbours() if isinstance(owner, Run) else owner.load(_SHIPPED)
        return NeighbourIndex.from_arrays(arrays, network) if arrays else None
    return None


def save_index(index: NeighbourIndex, owner: Run | ArrayCache) -> None:
    """Save an index for later and for other servers: that of a run only when it has ended, and none on a full disk."""
    with contextlib.suppress(RunError, OSError):
        if isinstance(owner, ArrayCache):
            owner.save(_SHIPPED, index.arrays())
        elif owner.status().is_final:
            owner.save_neighbours(index.arrays())
