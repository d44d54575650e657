"""Reading on a cluster: shards as tasks of Dask, a bounded number of them at a time."""

import contextlib
import queue
import time
import warnings
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.bulk.cluster_task import read_task, without_path
from core.bulk.items import parse_items
from core.bulk.opening import pack_items
from core.bulk.part_files import Part, join_parts
from core.bulk.shards import Shard, ShardTask, crashed_part
from core.cluster.connection import count_slots

if TYPE_CHECKING:
    from distributed import Client, Future

_TASKS_A_SLOT = 2  # one that is read, and one that is there when it is done
_MAX_SENT_BYTES = 1024**3  # of files, which the scheduler keeps until they are read
_WAIT_S = 2.0
_GONE = (
    "The scheduler of the cluster is gone. What was read is kept: start it and its workers again, and repeat the "
    "command."
)


@dataclass
class _Piece:
    """A shard, or a part of one, as a task."""

    shard: Shard
    whole: "_Whole"
    begin: int  # of its lines, in the whole shard
    sent_bytes: int = 0
    files: Mapping[str, bytes] | None = None


@dataclass
class _Whole:
    """A shard and the parts of it that are read."""

    shard: Shard
    parts: dict[int, Part] = field(default_factory=dict)
    lines: int = 0  # that are in these parts


class ClusterReading:
    """A bulk reading whose shards are read by the workers of a cluster."""

    def __init__(
        self, client: "Client", task: ShardTask, model: str, files: Mapping[str, bytes], shares_paths: bool
    ) -> None:
        """Prepare tasks for a client.

        model, files: the fingerprint of the model and its files, which are sent to workers that have not got it.
        shares_paths: the workers open the files by their paths; else their bytes are sent to them.
        """
        self._client, self._task, self._model, self._files = client, without_path(task), model, files
        self._shares_paths = shares_paths
        self._running: "dict[Future, _Piece]" = {}
        self._finished: "queue.Queue[Future]" = queue.Queue()
        self._sent_bytes, self._slots, self._count_again_s = 0, 0, 0.0

    def read(self, shards: Iterator[Shard]) -> Generator[tuple[Shard, Part], None, None]:
        """Yield each shard with its part, as they are finished.

        A shard whose worker dies is read by another one: Dask does that. Raises `RuntimeError` with a sentence where
        the scheduler is gone, or a worker cannot read.
        """
        try:
            self._fill(shards)
            while self._running:
                with contextlib.suppress(queue.Empty):
                    yield from self._take(self._finished.get(timeout=_WAIT_S))
                self._check_connection()
                self._fill(shards)
        finally:
            with contextlib.suppress(Exception):  # the scheduler may be gone
                self._client.cancel(list(self._running), force=True)

    def _fill(self, shards: Iterator[Shard]) -> None:
        """Submit shards until each worker has some to do."""
        if time.monotonic() > self._count_again_s:
            self._slots, self._count_again_s = max(1, count_slots(self._client)), time.monotonic() + _WAIT_S
        while len(self._running) < _TASKS_A_SLOT * self._slots and self._sent_bytes < _MAX_SENT_BYTES:
            shard = next(shards, None)
            if shard is None:
                return
            self._submit(_Piece(shard, _Whole(shard), 0))

    def _submit(self, piece: _Piece) -> None:
        lines: Any = list(piece.shard.lines)
        if not self._shares_paths:
            lines = pack_items(parse_items(piece.shard.lines))
            piece.sent_bytes = sum(len(each.data or b"") for each in lines)
            self._sent_bytes += piece.sent_bytes
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Sending large graph", UserWarning)
            future = self._client.submit(read_task, lines, self._task, self._model, piece.files, pure=False)
        self._running[future] = piece
        future.add_done_callback(self._finished.put)

    def _take(self, future: "Future") -> Iterator[tuple[Shard, Part]]:
        """Yield the shard of a task that is done, where all of it is read now."""
        piece = self._running.pop(future)
        self._sent_bytes -= piece.sent_bytes
        if future.status == "error" and type(error := future.exception()).__name__ != "KilledWorker":
            raise RuntimeError(f"A worker could not read: {error}") from error
        if future.status == "error":
            if len(piece.shard.lines) > 1:
                self._split(piece)
                return
            part = crashed_part(piece.shard.lines[0], self._task)
        elif future.status == "finished":
            part = future.result()
        else:
            raise RuntimeError(_GONE)
        if part is None:  # the worker has not got the model
            piece.files = self._files
            self._submit(piece)
            return
        piece.whole.parts[piece.begin] = part
        piece.whole.lines += len(piece.shard.lines)
        if piece.whole.lines == len(piece.whole.shard.lines):
            yield piece.whole.shard, self._join(piece.whole)

    def _split(self, piece: _Piece) -> None:
        """Submit the halves of a shard that ended several workers: one of its pictures may be the cause."""
        first, second = piece.shard.halves()
        self._submit(_Piece(first, piece.whole, piece.begin))
        self._submit(_Piece(second, piece.whole, piece.begin + len(first.lines)))

    def _join(self, whole: _Whole) -> Part:
        parts = [part for _, part in sorted(whole.parts.items())]
        return parts[0] if len(parts) == 1 else join_parts(parts, self._task.format)

    def _check_connection(self) -> None:
        if self._client.status != "running":
            raise RuntimeError(_GONE)
