"""The files of the maps of digits: in a run's folder, or in the runs folder for the shipped model."""

import contextlib

from core.explanation.digit_map import DigitMap
from core.explanation.network import ExplainedNetwork
from core.runs.array_cache import ArrayCache
from core.runs.run import Run
from core.runs.schema import RunError

_SHIPPED = "map-shipped"


def load_map(network: ExplainedNetwork, owner: Run | ArrayCache) -> DigitMap | None:
    """Return the map that was saved for this network; None where there is none, or it is damaged or of another one.

    owner: the network's run, or the cache of the runs folder for the shipped model.
    """
    with contextlib.suppress(RunError):
        arrays = owner.digit_map() if isinstance(owner, Run) else owner.load(_SHIPPED)
        return DigitMap.from_arrays(arrays, network) if arrays else None
    return None


def save_map(digit_map: DigitMap, owner: Run | ArrayCache) -> None:
    """Save a map for later and for other servers: that of a run only when it has ended, and none on a full disk."""
    with contextlib.suppress(RunError, OSError):
        if isinstance(owner, ArrayCache):
            owner.save(_SHIPPED, digit_map.arrays())
        elif owner.status().is_final:
            owner.save_digit_map(digit_map.arrays())
