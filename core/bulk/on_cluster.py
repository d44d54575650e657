"""Reading on a cluster: shards as tasks of Dask, a bounded number of them at a time."""

import contextlib
import logging
import queue
import time
import warnings
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.bulk.cluster_task import read_task, without_path
from core.bulk.items import parse_items
from core.bulk.opening import Packed, pack_items
from core.bulk.part_files import Part, join_parts
from core.bulk.shards import Shard, ShardTask, error_part
from core.bulk.task_results import SCHEDULER_GONE, LostResultError, fetch_result
from core.cluster.source_version import VERSION

if TYPE_CHECKING:
    from distributed import Client, Future

_TASKS_A_SLOT = 2  # one that is read, and one that is there when it is done
_MAX_SENT_BYTES = 1024**3  # of files and models, which the scheduler keeps until they are read
_WAIT_S = 2.0
_MAX_WITHOUT_WORKER_S = 60.0
_MAX_PAUSED_S = 600.0  # without a result: a worker that is paused ends what it has begun
_MAX_LOSSES = 10
_NO_WORKER = "The cluster has had no worker for a minute. What was read is kept: start workers, and repeat the command."
_PAUSED = (
    "Every worker of the cluster is paused, and for ten minutes none has read anything: its memory is nearly full. "
    "Start workers with more of it (dask worker --memory-limit), and repeat the command: what was read is kept."
)
_LOST = (
    f"What the workers read is lost before it arrives, {_MAX_LOSSES} times for the same pictures. See why workers end "
    "or do not answer, and repeat the command: what arrived is kept."
)


@dataclass
class _Piece:
    """A shard, or a part of one, as a task."""

    shard: Shard
    whole: "_Whole"
    begin: int  # of its lines, in the whole shard
    sent_bytes: int = 0
    files: Mapping[str, bytes] | None = None
    losses: int = 0  # of its result


@dataclass
class _Whole:
    """A shard and the parts of it that are read."""

    shard: Shard
    parts: dict[int, Part] = field(default_factory=dict)
    lines: int = 0  # that are in these parts


class ClusterReading:
    """A bulk reading whose shards are read by the workers of a cluster."""

    def __init__(self, client: "Client", task: ShardTask, files: Mapping[str, bytes], shares_paths: bool) -> None:
        """Prepare tasks for a client.

        files: those of the model, which are sent to workers that have not got it.
        shares_paths: the workers open the files by their paths; else their bytes are sent to them.
        """
        self._client, self._task, self._files = client, without_path(task), files
        self._shares_paths = shares_paths
        self._running: dict[Future, _Piece] = {}
        self._finished: queue.Queue[Future] = queue.Queue()
        self.sent_bytes = 0  # that the scheduler holds now: files, and models for workers that lacked them
        self._slots, self._count_again_s, self._had_worker_s = 0, 0.0, time.monotonic()

    def read(self, shards: Iterator[Shard]) -> Generator[tuple[Shard, Part], None, None]:
        """Yield each shard with its part, as they are finished.

        A shard whose worker dies is read by another one: Dask does that. Raises `RuntimeError` with a sentence where
        the scheduler or every worker is gone, or a worker cannot read.
        """
        for name in [each for each in logging.root.manager.loggerDict if each.startswith("distributed")]:
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what goes wrong is said in a sentence
        try:
            self._fill(shards)
            while self._running:
                with contextlib.suppress(queue.Empty):
                    yield from self._take(self._finished.get(timeout=_WAIT_S))
                self._fill(shards)
        except Exception as error:
            if self._client.status == "running":
                raise
            raise RuntimeError(SCHEDULER_GONE) from error
        finally:
            with contextlib.suppress(Exception):  # the scheduler may be gone
                self._client.cancel(list(self._running), force=True)

    def _fill(self, shards: Iterator[Shard]) -> None:
        """Submit shards until each worker has some to do."""
        self._count_slots()
        while len(self._running) < _TASKS_A_SLOT * max(1, self._slots) and self.sent_bytes < _MAX_SENT_BYTES:
            shard = next(shards, None)
            if shard is None:
                return
            self._submit(_Piece(shard, _Whole(shard), 0))

    def _count_slots(self) -> None:
        """Count every few seconds what the workers do at a time: they come, go and pause."""
        now_s = time.monotonic()
        if now_s < self._count_again_s:
            return
        workers: Mapping[str, Any] = self._client.scheduler_info(n_workers=-1)["workers"]
        self._slots = sum(each["nthreads"] for each in workers.values() if each["status"] != "paused")
        self._count_again_s = now_s + _WAIT_S
        if self._slots:
            self._had_worker_s = now_s
        elif now_s - self._had_worker_s > (_MAX_PAUSED_S if workers else _MAX_WITHOUT_WORKER_S):
            raise RuntimeError(_PAUSED if workers else _NO_WORKER)

    def _submit(self, piece: _Piece) -> None:
        lines: Any = list(piece.shard.lines)
        if not self._shares_paths:
            lines = pack_items(parse_items(piece.shard.lines))
        piece.sent_bytes = sum(map(len, (piece.files or {}).values()))
        piece.sent_bytes += sum(len(each.data or b"") for each in lines if isinstance(each, Packed))
        self.sent_bytes += piece.sent_bytes
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Sending large graph", UserWarning)
            future = self._client.submit(read_task, lines, self._task, piece.files, VERSION, pure=False)
        self._running[future] = piece
        future.add_done_callback(self._finished.put)

    def _take(self, future: "Future") -> Iterator[tuple[Shard, Part]]:
        """Yield the shard of a task that is done, where all of it is read now."""
        piece, self._had_worker_s = self._running.pop(future), time.monotonic()
        self.sent_bytes -= piece.sent_bytes
        try:
            found = fetch_result(future)
        except LostResultError:
            self._submit_again(piece)
            return
        if found is None:  # the worker has not got the model
            piece.files = self._files
            self._submit(piece)
        elif isinstance(found, Part):
            yield from self._add(piece, found)
        elif len(piece.shard.lines) > 1:
            self._split(piece)
        else:
            yield from self._add(piece, error_part(piece.shard, self._task, found.reason))

    def _submit_again(self, piece: _Piece) -> None:
        piece.losses += 1
        if piece.losses > _MAX_LOSSES:
            raise RuntimeError(_LOST)
        self._submit(piece)

    def _add(self, piece: _Piece, part: Part) -> Iterator[tuple[Shard, Part]]:
        """Add what is read to its shard, and yield that where it is whole now."""
        piece.whole.parts[piece.begin] = part
        piece.whole.lines += len(piece.shard.lines)
        if piece.whole.lines == len(piece.whole.shard.lines):
            yield piece.whole.shard, self._join(piece.whole)

    def _split(self, piece: _Piece) -> None:
        """Submit the halves of a shard that cannot be read as a whole: one of its pictures may be the cause."""
        first, second = piece.shard.halves()
        self._submit(_Piece(first, piece.whole, piece.begin))
        self._submit(_Piece(second, piece.whole, piece.begin + len(first.lines)))

    def _join(self, whole: _Whole) -> Part:
        parts = [part for _, part in sorted(whole.parts.items())]
        return parts[0] if len(parts) == 1 else join_parts(parts, self._task.format)
