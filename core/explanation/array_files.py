"""The files of what was computed of a network once: in its run's folder, for the shipped model in the runs folder."""

import contextlib
from collections.abc import Mapping

import numpy as np

from core.explanation.digit_map import DigitMap
from core.explanation.neighbours import NeighbourIndex
from core.explanation.network import ExplainedNetwork
from core.runs.array_cache import ArrayCache
from core.runs.run import DerivedFile, Run
from core.runs.schema import RunError

Owner = Run | ArrayCache
"""The network's run, or the cache of the runs folder for the shipped model."""


def load_index(network: ExplainedNetwork, owner: Owner) -> NeighbourIndex | None:
    """Return the index that was saved for this network; None where there is none, or a damaged or another network's."""
    arrays = _load(DerivedFile.NEIGHBOURS, owner)
    return NeighbourIndex.from_arrays(arrays, network) if arrays else None


def save_index(index: NeighbourIndex, owner: Owner) -> None:
    """Save an index for later and for other servers: that of a run only when it has ended, and none on a full disk."""
    _save(DerivedFile.NEIGHBOURS, index.arrays(), owner)


def load_map(network: ExplainedNetwork, owner: Owner) -> DigitMap | None:
    """Return the map that was saved for this network; None as `load_index` does."""
    arrays = _load(DerivedFile.MAP, owner)
    return DigitMap.from_arrays(arrays, network) if arrays else None


def save_map(digit_map: DigitMap, owner: Owner) -> None:
    """Save a map as `save_index` does an index."""
    _save(DerivedFile.MAP, digit_map.arrays(), owner)


def _load(kind: DerivedFile, owner: Owner) -> dict[str, np.ndarray] | None:
    with contextlib.suppress(RunError):
        return owner.derived(kind) if isinstance(owner, Run) else owner.load(f"{kind}-shipped")
    return None


def _save(kind: DerivedFile, arrays: Mapping[str, np.ndarray], owner: Owner) -> None:
    with contextlib.suppress(RunError, OSError):
        if isinstance(owner, ArrayCache):
            owner.save(f"{kind}-shipped", arrays)
        elif owner.status().is_final:
            owner.save_derived(kind, arrays)
