"""The database of corrections: opened, made where there is none, and its errors said in sentences."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from core.corrections.records import CorrectionError
from core.storage.os_errors import os_reason
from core.storage.printable import to_printable

SCHEMA_VERSION = 2
_BUSY_S = 5.0
_SCHEMA = """
CREATE TABLE corrections (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    place TEXT NOT NULL UNIQUE,
    created REAL NOT NULL,
    label TEXT NOT NULL,
    source TEXT NOT NULL,
    split TEXT NOT NULL CHECK (split IN ('learn', 'measure')),
    model TEXT NOT NULL,
    model_name TEXT NOT NULL,
    answer TEXT NOT NULL,
    confidence REAL NOT NULL,
    image BLOB NOT NULL,
    picture BLOB NOT NULL,
    strokes TEXT NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    classes TEXT NOT NULL DEFAULT ''
);
CREATE INDEX corrections_by_label ON corrections (deleted, label, id);
"""
_FROM_VERSION_1 = "ALTER TABLE corrections ADD COLUMN classes TEXT NOT NULL DEFAULT ''"  # '': the ten digits


@contextlib.contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the database to read it; an empty one in memory where there is no file. Raises `CorrectionError`."""
    with _as_sentences(path), contextlib.closing(_open(path if path.exists() else None)) as connection:
        yield connection


@contextlib.contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the database and change it: all or nothing, on the disk when this ends. Raises `CorrectionError`."""
    with _as_sentences(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(_open(path)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):  # after a full disk SQLite has rolled back already
                    connection.execute("ROLLBACK")
                raise


def compact(path: Path) -> None:
    """Give back the space of what was removed, so that nothing of it is left in the files; raises `CorrectionError`."""
    with _as_sentences(path), contextlib.closing(_open(path)) as connection:
        connection.execute("VACUUM")
        is_busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if is_busy:
            raise CorrectionError(
                f"They are removed, but another program reads {to_printable(str(path))} just now: its files may hold "
                "their pictures until that has ended."
            )


def _open(path: Path | None) -> sqlite3.Connection:
    connection = sqlite3.connect(path or ":memory:", timeout=_BUSY_S, isolation_level=None)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute(f"PRAGMA busy_timeout = {round(1000 * _BUSY_S)}")
        connection.execute("PRAGMA secure_delete = ON")
        _prepare(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path | None) -> None:
    """Make the table, or bring an earlier one up to date; raises `CorrectionError` for one of a later version."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA_VERSION:
        raise CorrectionError(f"{path} was written by a later version of this app. Update the app to use it.")
    if version == SCHEMA_VERSION:
        connection.execute("PRAGMA synchronous = FULL")
        return
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # with WAL: a correction outlives a power cut
    connection.execute("BEGIN IMMEDIATE")
    version = connection.execute("PRAGMA user_version").fetchone()[0]  # another process may have changed it meanwhile
    statements = {0: _SCHEMA.split(";\n"), 1: [_FROM_VERSION_1]}.get(version, [])
    for statement in filter(str.strip, statements):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.execute("COMMIT")


@contextlib.contextmanager
def _as_sentences(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise CorrectionError(f"{to_printable(str(path))} {_reason(error)}") from error
    except OSError as error:
        raise CorrectionError(f"{to_printable(str(path))} cannot be used: {os_reason(error)}.") from error


def _reason(error: sqlite3.Error) -> str:
    """Return how a sentence goes on that begins with the database's path."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if isinstance(code, int) else -1
    return _REASONS.get(primary, f"cannot be used: {str(error).rstrip('.')}.")


_DAMAGED = (
    "is damaged. Move it, and the files beside it that begin with its name, elsewhere: new corrections are then kept "
    "in a new one. Models that learned from the old ones stay as they are."
)
_UNOPENABLE = "cannot be opened. Check that it is a file and that you may write in its folder."
_REASONS = {
    sqlite3.SQLITE_BUSY: "is being written by another program and did not become free. Try again in a moment.",
    sqlite3.SQLITE_LOCKED: "is being written by another program and did not become free. Try again in a moment.",
    sqlite3.SQLITE_READONLY: "is read-only, so nothing was kept. Change its permissions, or those of its folder.",
    sqlite3.SQLITE_FULL: "could not be written: no space is left on the disk. Free some, then try again.",
    sqlite3.SQLITE_IOERR: "could not be used: the disk reports an error, or is full. Check it, then try again.",
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_ERROR: _DAMAGED,
    sqlite3.SQLITE_CANTOPEN: _UNOPENABLE,
    sqlite3.SQLITE_PERM: _UNOPENABLE,
}
