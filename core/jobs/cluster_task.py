"""The task that a worker of a cluster carries out for one run: it trains the run in a process of its own.

The task holds no run folder but a temporary one. What the training writes there is sent to the follower, the process on
the launching machine that owns the run, and what the follower sends is written there. It ends where the follower is not
heard of for half a minute: a run is never trained for nobody.
"""

import contextlib
import shutil
import socket
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from core.cluster.channel import Announcements, ConnectionLostError, Inbox, Outbox
from core.cluster.file_pieces import FolderWatcher, Piece, PieceWriter
from core.cluster.source_version import VERSION
from core.jobs import launcher
from core.runs.relayed_files import APPENDED_LINES, APPENDED_LOGS, replaced_files
from core.runs.run import Run
from core.storage import temporary

if TYPE_CHECKING:
    from distributed import Client

LEASE_S = 30.0
"""For how long a task goes on without hearing of its follower, and a follower without hearing of its task."""

BEAT_S = 2.0
"""How often both say that they are there."""

_POLL_INTERVAL_S = 0.2
_WAIT_S = 0.02


def train_on_worker(task: str, run_id: str) -> None:
    """Train a run; the follower listens under the name of the task. A scheduler may carry a task out again."""
    from distributed import get_client

    client, execution = get_client(), f"{task}-{uuid.uuid4().hex[:8]}"
    Announcements(client, task).announce([execution, socket.gethostname(), VERSION])
    temporary.remove_leftovers()
    root = temporary.make_folder()
    try:
        _Execution(client, execution, root, run_id).carry_out()
    finally:
        shutil.rmtree(root, ignore_errors=True)


class _LeftError(Exception):
    """The follower is not heard of."""


class _Execution:
    """One execution of the task."""

    def __init__(self, client: "Client", name: str, root: Path, run_id: str) -> None:
        self._inbox, self._outbox = Inbox(client, f"{name}-in"), Outbox(client, f"{name}-out")
        self._root, self._run = root, Run(root / run_id)
        self._writer = PieceWriter(root)
        self._started = False
        self._heard = self._said = time.monotonic()

    def carry_out(self) -> None:
        """Receive what training needs, train, send what comes of it; return when it has ended, or nobody wants it."""
        try:
            while not self._started:
                self._receive()
                self._beat()
                time.sleep(_WAIT_S)
            self._train()
            self._wait_for_follower()
        except (_LeftError, ConnectionLostError) as why:
            print(f"The training of run {self._run.id} on this worker ends: {why}", flush=True)
        finally:
            self._writer.close()
            self._inbox.close()
            self._outbox.close()

    def _train(self) -> None:
        watcher = FolderWatcher(self._run.folder, APPENDED_LINES, APPENDED_LOGS, replaced_files)
        with open(self._run.log_path, "ab") as log:
            process = launcher.start_cluster_training(self._root, self._run.id, log)
        try:
            while process.poll() is None:
                self._receive()
                self._send(watcher)
                time.sleep(_POLL_INTERVAL_S)
            self._send(watcher)
            self._outbox.send("ended", process.returncode)
        finally:
            if process.stdin:
                process.stdin.close()
            process.kill()
            process.wait()

    def _wait_for_follower(self) -> None:
        """Return when the follower has received all, and so closed the channels, or is not heard of."""
        with contextlib.suppress(_LeftError, ConnectionLostError):
            while True:
                self._receive()
                time.sleep(_WAIT_S)

    def _send(self, watcher: FolderWatcher) -> None:
        for piece in watcher.changes():
            self._outbox.send("piece", list(piece))
            self._said = time.monotonic()
            if self._said - self._heard > BEAT_S:  # its messages wait, of which the scheduler holds so many
                self._receive()
        self._beat()

    def _beat(self) -> None:
        if time.monotonic() - self._said > BEAT_S:
            self._outbox.send("beat")
            self._said = time.monotonic()

    def _receive(self) -> None:
        """Write what the follower sent.

        Raises `ConnectionLostError` where it has closed the channels, `_LeftError` where it is not heard of.
        """
        arrived = self._inbox.receive()
        for kind, content in arrived:
            if kind == "piece":
                self._writer.write(Piece(*content))
            elif kind == "start":
                self._started = True
            self._beat()
        if arrived:
            self._heard = time.monotonic()
        elif time.monotonic() - self._heard > LEASE_S:
            raise _LeftError(f"the follower was not heard of for {LEASE_S:.0f} s.")
