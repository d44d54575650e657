"""The folder of a run on this machine, filled with what its training writes elsewhere."""

from dataclasses import replace

from core.cluster.file_pieces import Piece, PieceError, PieceWriter
from core.runs.relayed_files import CHECKPOINT, STATUS, comes_back, is_snapshot
from core.runs.run import Run
from core.runs.schema import RunError, Status
from core.storage import json_files


class RunMirror:
    """The writer of a run's folder while it is trained elsewhere, by one execution of its task."""

    def __init__(self, run: Run) -> None:
        self._run, self._writer = run, PieceWriter(run.folder)
        self._status = b""

    def write(self, piece: Piece) -> str:
        """Write a piece; return the name of the file where that is complete by it, else ''.

        The status is not written but kept for `status`: that in the folder is of the process here. Raises `PieceError`
        for a file that no training writes, and `OSError`.
        """
        if not comes_back(piece.name):
            raise PieceError(f"{piece.name[:80]!r} is no file that a training writes.")
        if piece.name == STATUS:
            self._status = (self._status if piece.offset else b"") + piece.data
            return STATUS if piece.is_last else ""
        if piece.name == CHECKPOINT and piece.is_last:
            self._run.sync_metrics()
            self._run.remove_report()
        if not self._writer.write(piece):
            return ""
        if is_snapshot(piece.name):
            self._run.snapshots.drop_excess()
        return piece.name

    def status(self) -> Status:
        """Return the newest status of the training elsewhere; raises `RunError` where it is damaged."""
        try:
            return Status.from_json(json_files.parse_json(self._status), STATUS)
        except (ValueError, RecursionError, AttributeError, TypeError) as error:
            raise RunError(f"The worker sent a {STATUS} that cannot be read.") from error

    def close(self) -> None:
        """Drop the files that did not arrive whole."""
        self._writer.close()


def as_followed(own: Status, sent: Status, host: str) -> Status:
    """Return the status of a training on another machine, `host`, as that of the process here that follows it.

    own: its status so far, whose times and process stay: they are by this machine's clock.
    """
    return replace(
        own,
        state=sent.state,
        error=f"{sent.error} (On the worker {host}.)" if sent.error else "",
        note=sent.note,
        parameters=sent.parameters,
        train_s=sent.train_s,
        images_per_s=sent.images_per_s,
    )
