"""One execution of a run's task by a worker of a cluster, as the follower on the launching machine sees it."""

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from core.cluster.channel import Inbox, Outbox
from core.cluster.file_pieces import FolderWatcher, Piece, PieceError
from core.jobs.cluster_task import BEAT_S, LEASE_S
from core.jobs.run_mirror import RunMirror
from core.jobs.sent_files import sent_pieces
from core.runs.relayed_files import CHECKPOINT, COMMANDS, STATUS
from core.runs.run import Run
from core.runs.schema import Status
from core.runs.store import RunStore

if TYPE_CHECKING:
    from distributed import Client


class ExecutionLostError(Exception):
    """An execution that does not come to its end; the text says why."""


class Execution:
    """The channels of one execution, and the folder that it fills."""

    def __init__(self, client: "Client", name: str, host: str, run: Run) -> None:
        self._outbox, self._inbox = Outbox(client, f"{name}-in"), Inbox(client, f"{name}-out")
        self.host, self._run = host, run
        self.has_checkpoint = False
        self._mirror = RunMirror(run)
        self._commands = FolderWatcher(run.folder, (COMMANDS,), is_known=False)
        self._heard = self._said = time.monotonic()

    def start(self, store: RunStore, between: Callable[[], None]) -> None:
        """Send all that training needs and have it begin; `between` is called after each piece.

        Raises as `sent_pieces` and `receive` do.
        """
        for piece in sent_pieces(store, self._run):
            self._send(piece)
            between()
            if time.monotonic() - self._heard > BEAT_S:
                list(self.receive())  # that it is there
        self._send_commands()
        self._outbox.send("start")

    def send_news(self) -> None:
        """Send new commands, and every two seconds that somebody is there."""
        self._send_commands()
        self._beat()

    def receive(self) -> Iterator[Status | None]:
        """Write what arrived into the run's folder, and return the new status after each message that holds one.

        Raises `ExecutionLostError` where the execution has ended without a last status, is not heard of, or sends what
        does not fit; `OSError`.
        """
        arrived = self._inbox.receive()
        for kind, content in arrived:
            if kind == "piece":
                yield self._write(Piece(*content))
            elif kind == "ended":
                raise ExecutionLostError(f"the training process ended with exit code {content}.")
            self._beat()
        if arrived:
            self._heard = time.monotonic()
        elif time.monotonic() - self._heard > LEASE_S:
            raise ExecutionLostError(f"it was not heard of for {LEASE_S:.0f} s.")

    def close(self) -> None:
        """Have the execution end if it still goes on, as far as it can be reached, and drop what is half there.

        A task whose channels are closed ends.
        """
        self._outbox.close()
        self._inbox.close()
        self._mirror.close()

    def _write(self, piece: Piece) -> Status | None:
        try:
            name = self._mirror.write(piece)
        except PieceError as error:
            raise ExecutionLostError(str(error)) from error
        self.has_checkpoint |= name == CHECKPOINT
        return self._mirror.status() if name == STATUS else None

    def _send_commands(self) -> None:
        for piece in self._commands.changes():
            self._send(piece._replace(name=f"{self._run.id}/{piece.name}"))

    def _send(self, piece: Piece) -> None:
        self._outbox.send("piece", list(piece))
        self._said = time.monotonic()

    def _beat(self) -> None:
        if time.monotonic() - self._said > BEAT_S:
            self._outbox.send("beat")
            self._said = time.monotonic()
