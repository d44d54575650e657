"""Files that are sent in pieces: what is appended to a file as it grows, and what replaces a file as a whole."""

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, NamedTuple

from core.storage import atomic
from core.storage.file_stamp import Stamp, file_stamp, stamp_of

MAX_PIECE_BYTES = 1024**2
_NAME = re.compile(r"(?:[\w@-][\w.@-]*/)*[\w@-][\w.@-]*", re.ASCII)


class PieceError(RuntimeError):
    """A piece that does not follow those before it, or whose file may not be written; the text says which."""


class Piece(NamedTuple):
    """The bytes of a file from an offset on; `name` is its path within a folder, with slashes.

    `is_last` is None where they are appended to the file. Else the pieces from offset 0 to the last one replace it.
    """

    name: str
    offset: int
    data: bytes
    is_last: bool | None = None


def file_pieces(name: str, file: IO[bytes]) -> Iterator[Piece]:
    """Return the pieces that replace a file by what this one holds: at least one."""
    offset = 0
    while True:
        data = file.read(MAX_PIECE_BYTES)
        is_last = len(data) < MAX_PIECE_BYTES
        yield Piece(name, offset, data, is_last)
        offset += len(data)
        if is_last:
            return


class FolderWatcher:
    """A watcher of what changes in a folder that another process writes.

    `lines` are the files whose whole lines are sent as they are appended, `logs` those of which all bytes are.
    `replaced` returns the files that are sent whole at each change, in the order in which they are written. With
    `is_known` False what is there already counts as a change.
    """

    def __init__(
        self,
        folder: Path,
        lines: Sequence[str],
        logs: Sequence[str] = (),
        replaced: Callable[[Path], Iterable[str]] = lambda folder: (),
        is_known: bool = True,
    ) -> None:
        self._folder, self._replaced = folder, replaced
        self._lines, self._logs = lines, logs
        self._offsets = {name: self._size(name) if is_known else 0 for name in (*lines, *logs)}
        self._stamps: dict[str, Stamp | None] = (
            {name: file_stamp(folder / name) for name in replaced(folder)} if is_known else {}
        )

    def changes(self) -> Iterator[Piece]:
        """Return the pieces of all that has changed since the last call; raises `OSError`.

        Whole files are opened before the growing ones are read, the last written first, and sent after these in the
        order in which they were written. So whoever has a file has all that was written before it.
        """
        with contextlib.ExitStack() as opened:
            files: dict[str, IO[bytes]] = {}
            for name in reversed(list(self._replaced(self._folder))):
                path = self._folder / name
                if file_stamp(path) == self._stamps.get(name):
                    continue
                with contextlib.suppress(FileNotFoundError):
                    files[name] = opened.enter_context(open(path, "rb"))
                    self._stamps[name] = stamp_of(os.fstat(files[name].fileno()))
            for name in (*self._logs, *self._lines):
                yield from self._appended(name)
            for name in reversed(files):
                yield from file_pieces(name, files[name])

    def _appended(self, name: str) -> Iterator[Piece]:
        while True:
            try:
                with open(self._folder / name, "rb") as file:
                    file.seek(self._offsets[name])
                    data = file.read(MAX_PIECE_BYTES)
            except FileNotFoundError:
                return
            if name in self._lines:
                data = data[: data.rfind(b"\n") + 1]
            if not data:
                return
            yield Piece(name, self._offsets[name], data)
            self._offsets[name] += len(data)

    def _size(self, name: str) -> int:
        with contextlib.suppress(FileNotFoundError):
            return (self._folder / name).stat().st_size
        return 0


class PieceWriter:
    """The writer of files that arrive in pieces into a folder.

    A file that is replaced appears with its last piece, whole; of one whose pieces end before nothing is seen. What is
    appended must follow what was appended before.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._spools: dict[str, IO[bytes]] = {}
        self._ends: dict[str, int] = {}  # the offset behind what was appended, in the sender's file

    def write(self, piece: Piece) -> bool:
        """Write a piece; return whether its file is now as the sender's was. Raises `PieceError`, `OSError`."""
        if not _NAME.fullmatch(piece.name):
            raise PieceError(f"{piece.name[:80]!r} is no file that may be sent.")
        path = self._folder / piece.name
        path.parent.mkdir(parents=True, exist_ok=True)
        if piece.is_last is None:
            self._append(path, piece)
            return True
        self._spool(piece)
        if piece.is_last:
            with self._spools.pop(piece.name) as spool:
                spool.seek(0)
                atomic.replace_file(path, lambda file: shutil.copyfileobj(spool, file))
        return piece.is_last

    def _append(self, path: Path, piece: Piece) -> None:
        if self._ends.setdefault(piece.name, piece.offset) != piece.offset:
            raise PieceError(f"What was sent of {piece.name} does not follow what was sent before.")
        with open(path, "ab") as file:
            file.write(piece.data)
        self._ends[piece.name] += len(piece.data)

    def _spool(self, piece: Piece) -> None:
        if piece.offset == 0:
            self._drop(piece.name)
            self._spools[piece.name] = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115  # closed by `close`
        spool = self._spools.get(piece.name)
        if spool is None or spool.tell() != piece.offset:
            raise PieceError(f"What was sent of {piece.name} does not follow what was sent before.")
        spool.write(piece.data)

    def close(self) -> None:
        """Drop the files whose last pieces have not arrived."""
        for name in list(self._spools):
            self._drop(name)

    def _drop(self, name: str) -> None:
        if spool := self._spools.pop(name, None):
            spool.close()
