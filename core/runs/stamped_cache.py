"""A value for each run, computed again only where the run's files have changed."""

from collections.abc import Callable, Hashable, Iterable
from pathlib import Path
from typing import Generic, TypeVar

from core.runs.run import Run

_Value = TypeVar("_Value")


class StampedCache(Generic[_Value]):
    """A cache of one value for each run folder, with a stamp of the files that it was read from.

    stamp: returns what changes whenever these files do. read: returns the value of a run. keep: whether a value holds
    as long as the stamp does; the value of a live run does not, since its process may be gone with no file changed.
    """

    def __init__(
        self, stamp: Callable[[Run], Hashable], read: Callable[[Run], _Value], keep: Callable[[_Value], bool]
    ) -> None:
        self._stamp, self._read, self._keep = stamp, read, keep
        self._known: dict[Path, tuple[Hashable, _Value]] = {}

    def values(self, root: Path, runs: Iterable[Run]) -> list[_Value]:
        """Return the value of each run of a root in turn, and forget the root's other runs."""
        runs = list(runs)
        for folder in self._gone(root, {run.folder for run in runs}):
            self._known.pop(folder, None)
        return [self._value(run) for run in runs]

    def _gone(self, root: Path, there: set[Path]) -> list[Path]:
        return [folder for folder in tuple(self._known) if folder.parent == root and folder not in there]

    def _value(self, run: Run) -> _Value:
        stamp = self._stamp(run)
        known = self._known.get(run.folder)
        if known and known[0] == stamp and self._keep(known[1]):
            return known[1]
        value = self._read(run)
        self._known[run.folder] = stamp, value
        return value
