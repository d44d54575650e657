"""Reading on all cores of this machine: processes of one thread each, each given a shard at a time."""

import contextlib
import queue
import threading
from collections.abc import Generator, Iterator
from pathlib import Path

import psutil

from core.bulk.part_files import Part, join_parts
from core.bulk.reading_process import READY, decode
from core.bulk.shards import CRASHED, Shard, ShardTask, Unread, error_part
from core.jobs import launcher
from core.storage.messages import read_message, write_message
from core.storage.printable import to_printable

_MODULE = "core.bulk.reading_process"
_PROCESS_BYTES = 800 * 1024**2  # that a process needs at most for ordinary pictures
_MAX_WAITING_PARTS = 64  # that are not written yet
_MAX_STARTS = 3
_WAIT_S = 0.2


def default_processes() -> int:
    """Return how many processes suit this machine: one for each core, as far as its free memory goes."""
    with contextlib.suppress(AttributeError):  # macOS says of no process on which cores it may run
        cores = len(psutil.Process().cpu_affinity() or ())
        return max(1, min(cores, psutil.virtual_memory().available // _PROCESS_BYTES))
    return max(1, min(psutil.cpu_count() or 1, psutil.virtual_memory().available // _PROCESS_BYTES))


def read_locally(
    shards: Iterator[Shard], task: ShardTask, processes: int, log: Path
) -> Generator[tuple[Shard, Part], None, None]:
    """Yield each shard with its part, as they are finished; the shards are taken when a process is free for one.

    The processes end with the iterator. Raises `RuntimeError` with a sentence where one cannot be started or cannot
    read, and what `shards` raises.
    """
    crew = _Crew(shards, task, log)
    threads = [threading.Thread(target=crew.work, daemon=True) for _ in range(processes)]
    for thread in threads:
        thread.start()
    try:
        yield from crew.results(processes)
    finally:
        crew.stop()
        for thread in threads:
            thread.join()


class _Crew:
    """Threads that each have a process, and take shards from one iterator."""

    def __init__(self, shards: Iterator[Shard], task: ShardTask, log: Path) -> None:
        self._shards, self._task, self._log = shards, task, log
        self._results = queue.Queue[tuple[Shard, Part] | BaseException | None](_MAX_WAITING_PARTS)
        self._taking, self._stopped, self._running = threading.Lock(), threading.Event(), set[_ReadingProcess]()

    def results(self, threads: int) -> Iterator[tuple[Shard, Part]]:
        """Yield what the threads have read until all of them are done; raises what one of them raised."""
        while threads:
            with contextlib.suppress(queue.Empty):
                found = self._results.get(timeout=_WAIT_S)  # a wait without an end would not let Ctrl+C through
                if isinstance(found, BaseException):
                    raise found
                threads -= found is None
                if found:
                    yield found

    def stop(self) -> None:
        """Kill the processes; the threads end then."""
        self._stopped.set()
        with self._taking:
            for each in self._running:
                each.kill()

    def work(self) -> None:
        """Read shards until there are no more: the body of each thread."""
        try:
            with contextlib.closing(_ReadingProcess(self._task, self._log)) as process:
                with self._taking:
                    self._running.add(process)
                while shard := self._take():
                    part = self._read(process, shard)
                    if part is None:
                        break
                    self._put((shard, part))
            self._put(None)
        except BaseException as error:
            self._put(error)

    def _put(self, found: tuple[Shard, Part] | BaseException | None) -> None:
        """Wait until there is room for a result; once all is to stop nobody wants it."""
        while not self._stopped.is_set():
            with contextlib.suppress(queue.Full):
                self._results.put(found, timeout=_WAIT_S)
                return

    def _take(self) -> Shard | None:
        with self._taking:
            return None if self._stopped.is_set() else next(self._shards, None)

    def _read(self, process: "_ReadingProcess", shard: Shard) -> Part | None:
        """Return the part of a shard, in halves where it cannot be read as a whole; None when all is to stop."""
        found = process.read(shard) or process.read(shard) or Unread(CRASHED)  # killed twice
        if self._stopped.is_set():
            return None
        if isinstance(found, Part):
            return found
        if len(shard.lines) == 1:
            return error_part(shard, self._task, found.reason)
        parts = [self._read(process, half) for half in shard.halves()]
        whole = [part for part in parts if part]
        return join_parts(whole, self._task.format) if len(whole) == len(parts) else None


class _ReadingProcess:
    """A process that reads shards, started again where it was killed."""

    def __init__(self, task: ShardTask, log: Path) -> None:
        self._task, self._log = task, log
        self._process: launcher.WorkerProcess | None = None
        self._is_over = False

    def read(self, shard: Shard) -> Part | Unread | None:
        """Return the result of a shard; None where the process ended meanwhile. Raises `RuntimeError`, `OSError`."""
        process = self._process or self._start()
        if process is None or self._is_over:
            return None
        assert process.stdin is not None and process.stdout is not None, "both are pipes"
        with contextlib.suppress(BrokenPipeError):
            write_message(process.stdin, b"".join(shard.lines))
            if message := read_message(process.stdout):
                return decode(message)
        self.close()
        return None

    def _start(self) -> launcher.WorkerProcess | None:
        """Return a process whose reader is loaded; None where all is to stop."""
        for _ in range(_MAX_STARTS):
            with open(self._log, "ab") as log:
                process = self._process = launcher.start_reading_process(_MODULE, [self._task.to_json()], log)
            assert process.stdout is not None, "it is a pipe"
            message = read_message(process.stdout)
            if message == READY:
                return process
            if message:
                decode(message)
            self.close()
            if self._is_over:
                return None
        raise RuntimeError(
            "A process that reads ended before it began, perhaps for want of memory: choose fewer --processes. "
            f"{to_printable(str(self._log))} may say more."
        )

    def kill(self) -> None:
        """Kill the process for good, so that whoever waits for it goes on."""
        self._is_over = True
        if process := self._process:
            process.kill()

    def close(self) -> None:
        """End the process and wait for it."""
        if process := self._process:
            self._process = None
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    if pipe:
                        pipe.close()
            process.kill()
            process.wait()
