"""Values that were read from runs, kept in a file, so that the next process need not read every run again."""

import contextlib
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

from core.storage import atomic, json_files

Stamp = tuple[tuple[str, int, int, int], ...]
"""Of each file in a folder its name, inode, time of change in ns and size: another one where any file is another."""

_Value = TypeVar("_Value")

_MAX_BYTES = 64 * 1024**2
_SOURCES = ("config", "runs")  # the packages of core that decide what a value is


class StampedFile(Generic[_Value]):
    """A file in the hidden folder `.cache` of a runs folder: a value for each run, and the stamp it was read under.

    It may be missing, damaged, out of date or of another version of the app: what is not known is read from the runs.
    """

    def __init__(self, name: str, value: type[_Value]) -> None:
        """Make the file of this name; `value` is a dataclass of plain values."""
        self._name = f"{name}.json"
        self._kind: Any = dict[str, tuple[Stamp, value]]

    def load(self, root: Path) -> dict[str, tuple[Stamp, _Value]]:
        """Return stamp and value by the run's id; none where the file cannot be used."""
        with contextlib.suppress(OSError, ValueError, RecursionError):  # msgspec's and Unicode's errors are ValueErrors
            data = json_files.read_limited(self._path(root), _MAX_BYTES)
            made_by, _, values = data.partition(b"\n")
            text = values.decode()
            if made_by == _version() and b"\\u" not in values and json_files.clean_text(text) == text:
                return msgspec.json.decode(values, type=self._kind)
        return {}

    def save(self, root: Path, values: Mapping[str, tuple[Stamp, _Value]]) -> None:
        """Replace the file, where it can be written; nobody waits for the disk."""
        data = _version() + b"\n" + msgspec.json.encode(values)
        with contextlib.suppress(OSError):
            self._path(root).parent.mkdir(exist_ok=True)
            atomic.replace_file(self._path(root), lambda file: file.write(data), durable=False)

    def _path(self, root: Path) -> Path:
        return root / ".cache" / self._name


@cache
def _version() -> bytes:
    """Return a line that is another one where values may be: other sources, another time zone."""
    folders = [Path(__file__).parents[1] / name for name in _SOURCES]
    stats = [path.stat() for folder in folders for path in sorted(folder.rglob("*.py"))]
    parts = [*time.tzname, len(stats), sum(each.st_size for each in stats), max(each.st_mtime_ns for each in stats)]
    return " ".join(map(str, parts)).encode()
