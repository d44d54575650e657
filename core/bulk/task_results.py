"""The result of a task of a bulk reading: of one that is done, lost with its worker, or given up."""

import contextlib
from typing import TYPE_CHECKING, cast

from core.bulk.part_files import Part
from core.bulk.shards import CRASHED, Unread, error_words
from core.cluster.connection import ClusterError

if TYPE_CHECKING:
    from distributed import Future

SCHEDULER_GONE = (
    "The scheduler of the cluster is gone. What was read is kept: start it and its workers again, and repeat the "
    "command."
)

_FETCH_TIMEOUT_S = 30.0  # Dask waits without an end for a worker that was killed before it gave its result


class LostResultError(Exception):
    """A result that was there and is gone, or does not come: its worker was killed before it was fetched."""


def fetch_result(future: "Future") -> Part | Unread | None:
    """Return the result of a task that is done; None from a worker that has not got the model.

    Raises `LostResultError` where the task must be submitted again, `RuntimeError` with a sentence where no result is
    to be had.
    """
    if future.status == "finished":
        with contextlib.suppress(Exception):  # what has become of it is seen by its status
            return future.result(timeout=_FETCH_TIMEOUT_S)
    if future.status == "cancelled":
        raise RuntimeError(SCHEDULER_GONE)
    if future.status != "error":
        raise LostResultError
    error = cast(Exception, future.exception())
    if _killed_workers(error):
        return Unread(CRASHED)
    if isinstance(error, ClusterError):
        raise error
    raise RuntimeError(f"A worker could not read: {error_words(error)}.") from error


def _killed_workers(error: Exception) -> bool:
    """Return whether Dask has given up a task because several workers ended while they had it."""
    return type(error).__name__ == "KilledWorker"
