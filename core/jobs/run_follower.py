"""One run followed while workers of a cluster train it, from the first to the one that ends it."""

import contextlib
import time
import uuid
from typing import TYPE_CHECKING, Any

from core.cluster.channel import Announcements, ClosedError, ConnectionLostError, as_lost
from core.cluster.connection import ClusterError, UnreachableError, count_slots, open_client
from core.cluster.source_version import VERSION
from core.jobs.cluster_execution import Execution, ExecutionLostError
from core.jobs.cluster_patience import Patience
from core.jobs.cluster_task import train_on_worker
from core.jobs.run_mirror import as_followed
from core.runs.commands import CommandName
from core.runs.run import Run
from core.runs.schema import RunState
from core.runs.status_writer import StatusWriter
from core.runs.store import RunStore
from core.storage.os_errors import error_text

if TYPE_CHECKING:
    from distributed import Client, Future

_POLL_INTERVAL_S = 0.2
_LOOK_INTERVAL_S = 1.0  # whether another worker has begun the task, which only a loss leads to
_RETRY_S = 1.0
_COUNT_INTERVAL_S = 5.0
_ENDED_GRACE_S = 5.0
_MAX_REASON = 300


class RunFollower:
    """The follower of one run, which it has trained by workers of a cluster and writes into the run's folder."""

    def __init__(self, store: RunStore, run: Run, address: str, status: StatusWriter) -> None:
        self._store, self._run, self._address, self._status = store, run, address, status
        self._execution: Execution | None = None
        self._patience = Patience()
        self._counted = float("-inf")

    def follow(self) -> None:
        """Have the run trained to its end, or until it is stopped, and write its last status.

        Raises `ClusterError` where it is given up, `OSError` where the folder cannot be written.
        """
        while True:
            try:
                with open_client(self._address) as client:
                    self._follow_on(client)
                return
            except (UnreachableError, ConnectionLostError) as error:
                self._patience.check(str(error))
            if self._is_stopped():
                return
            self._wait(_RETRY_S)

    def _follow_on(self, client: "Client") -> None:
        """Have the run trained by the cluster of this client; raises `ConnectionLostError` where another is needed."""
        while True:
            future, task = None, f"digit-studio-{self._run.id}-{uuid.uuid4().hex[:8]}"
            announcements = Announcements(client, task)
            try:
                with as_lost():
                    future = client.submit(train_on_worker, task, self._run.id, key=task, pure=False)
                self._follow_task(client, announcements, future)
                return
            except (ExecutionLostError, ConnectionLostError) as error:
                self._lose(client, _reason(future, error))
                if isinstance(error, ConnectionLostError):
                    raise
                with contextlib.suppress(ConnectionLostError), as_lost():
                    if future:
                        future.cancel()
                time.sleep(_RETRY_S)
            finally:
                self._leave()
                announcements.close()

    def _follow_task(self, client: "Client", announcements: Announcements, future: "Future") -> None:
        self._note("waits for a worker of the cluster.")
        ended, looked = None, float("-inf")
        while True:
            self._status.beat()
            if self._execution is None or time.monotonic() - looked > _LOOK_INTERVAL_S:
                looked = time.monotonic()
                for name, host, version in announcements.receive():
                    self._begin(client, future, name, host, version)
            if self._execution is None:
                if self._is_stopped():
                    return
                self._check_workers(client)
            elif self._exchange(self._execution):
                return
            _check_task(future)
            if future.status == "finished":
                ended = ended or time.monotonic()
                if time.monotonic() - ended > _ENDED_GRACE_S:
                    raise ExecutionLostError("its task ended before the training did.")
            time.sleep(_POLL_INTERVAL_S)

    def _begin(self, client: "Client", future: "Future", name: str, host: str, version: str) -> None:
        """Listen to an execution that has announced itself, and to no earlier one any more."""
        if version != VERSION:
            raise ClusterError(
                f"The worker on {host} has another version of this project ({version}; this one is {VERSION}), whose "
                "results may differ. Bring both to the same version, and start the worker again."
            )
        if self._execution:
            self._lose(client, "its task was begun again by another worker.")
        self._note("")
        print(f"Trained on {host} from here on.", flush=True)
        self._execution = Execution(client, name, host, self._run)

        def between() -> None:
            self._status.beat()
            _check_task(future)

        self._execution.start(self._store, between)

    def _exchange(self, execution: Execution) -> bool:
        """Write what arrived, send what is to be; return whether the training has ended."""
        for status in execution.receive():
            self._patience.note_cluster()
            if execution.has_checkpoint:
                self._patience.note_checkpoint()
            if status:
                taken = as_followed(self._status.status, status, execution.host)
                if taken != self._status.status:
                    self._status.status = taken
                    self._status.write(status.state)
                if status.is_final:
                    return True
        execution.send_news()
        return False

    def _check_workers(self, client: "Client") -> None:
        """Wait for a worker only so long; raises `ClusterError`."""
        if time.monotonic() - self._counted < _COUNT_INTERVAL_S:
            return
        self._counted = time.monotonic()
        with as_lost():
            slots = count_slots(client)
        if slots:
            self._patience.note_cluster()
        self._patience.check(f"The scheduler at {self._address} has no worker.")

    def _lose(self, client: "Client", reason: str) -> None:
        """Note that the task or its execution is lost; raises `ClusterError` where that were too many in a row.

        What goes with its scheduler says nothing against the run.
        """
        where = f"The worker on {self._execution.host}" if self._execution else "The task"
        print(f"{where} is lost: {reason}", flush=True)
        self._leave()
        if client.status == "running":
            self._patience.note_loss(where, reason)

    def _leave(self) -> None:
        if self._execution:
            self._execution.close()
            self._execution = None

    def _is_stopped(self) -> bool:
        """Write that the run is stopped where it was sent a stop; nothing trains it."""
        if self._run.halt() is not CommandName.STOP:
            return False
        self._note("")
        self._status.write(RunState.STOPPED)
        return True

    def _note(self, note: str) -> None:
        if note != self._status.status.note:
            self._status.note(note)
            self._status.write(RunState.RUNNING)

    def _wait(self, seconds: float) -> None:
        self._note("waits for the scheduler of the cluster.")
        time.sleep(seconds)


def _check_task(future: "Future") -> None:
    """Raise `ExecutionLostError` where a task has failed, or is given up by its scheduler."""
    if future.status not in ("pending", "finished"):
        raise ExecutionLostError(f"its task ended ({future.status}).")


def _reason(future: "Future | None", error: Exception) -> str:
    """Return why a task is lost: by what the worker itself raised where it did, which arrives a little later."""
    ends = time.monotonic() + (_ENDED_GRACE_S if isinstance(error, ClosedError) else 0.0)
    with contextlib.suppress(ConnectionLostError), as_lost():
        while future and future.status == "pending" and time.monotonic() < ends:
            time.sleep(_POLL_INTERVAL_S)
        raised: Any = future.exception(timeout=_RETRY_S) if future and future.status == "error" else None
        if raised is not None:
            return f"its task ended ({type(raised).__name__}: {error_text(raised)})"[:_MAX_REASON]
    return str(error)
