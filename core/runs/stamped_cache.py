"""A value for each run, computed again only where the run's files have changed."""

import time
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from core.runs.own_changes import count_all_changes, count_changes
from core.runs.run import Run
from core.runs.stamped_file import StampedFile

_Value = TypeVar("_Value")

_MAX_UNSAVED = 32  # runs that are read anew in another process: fewer are not worth writing a long file
_MAX_SEEN = 50  # of a root's newest runs, whose files are looked at whenever values are asked for
SEEN_EACH_S = 20.0
"""How often the files of an older run that has ended are looked at: only another process changes it unseen."""
_SEEN_SO_OFTEN = 650  # so many older runs; more are looked at less often, 2,000 each minute


class _Known(NamedTuple, Generic[_Value]):
    stamp: Any
    value: _Value
    has_ended: bool
    seen_s: float  # on a monotonic clock
    changes: int  # by this process


class _Older(NamedTuple, Generic[_Value]):
    """The values of all older runs, each of which has ended: they hold as they are until one is to be looked at."""

    runs: list[Run]
    values: list[_Value]
    seen_s: float  # the one that was looked at longest ago
    changes: int  # of any run by this process


@dataclass(eq=False)
class _Root(Generic[_Value]):
    known: dict[str, _Known[_Value]]  # by the run's id
    unsaved: int = 0
    older: _Older[_Value] | None = None


class StampedCache(Generic[_Value]):
    """A cache of one value for each run folder, with a stamp of the files that it was read from.

    stamp: returns what changes whenever these files do. read: returns the value of a run. keep: whether a value holds
    as long as the stamp does; the value of a live run does not, since its process may be gone with no file changed.
    has_ended: whether a run of this value is one that has ended: of very many these are looked at now and then.
    file: where values are kept for other processes.
    """

    def __init__(
        self,
        stamp: Callable[[Run], Hashable],
        read: Callable[[Run], _Value],
        keep: Callable[[_Value], bool],
        has_ended: Callable[[_Value], bool] = lambda value: False,
        file: StampedFile[_Value] | None = None,
    ) -> None:
        self._stamp, self._read, self._keep, self._has_ended, self._file = stamp, read, keep, has_ended, file
        self._roots: dict[Path, _Root[_Value]] = {}

    def values(self, root: Path, runs: Iterable[Run]) -> list[_Value]:
        """Return the value of each run of a root in turn, newest first, and forget the root's other runs."""
        runs = list(runs)
        there = self._roots.get(root) or self._roots.setdefault(root, self._load(root))
        if len(there.known) > len(runs):
            for gone in list(there.known.keys() - {run.id for run in runs}):
                there.known.pop(gone, None)
        values = [self._looked_at(there, run).value for run in runs[:_MAX_SEEN]]
        values += self._older_values(there, runs[_MAX_SEEN:])
        self._save(root, there)
        return values

    def _older_values(self, there: "_Root[_Value]", runs: list[Run]) -> list[_Value]:
        """Return the values of older runs, as they were known together where nothing tells of a change."""
        since_s = time.monotonic() - SEEN_EACH_S * max(1.0, len(runs) / _SEEN_SO_OFTEN)
        older, changes = there.older, count_all_changes()
        if older and older.seen_s > since_s and older.changes == changes and older.runs == runs:
            return older.values
        # What is known is collected here: a thread with another listing may forget a run of it meanwhile.
        known = [self._seldom_looked_at(there, run, since_s) for run in runs]
        values = [each.value for each in known]
        seen_s = min((each.seen_s for each in known), default=0.0)
        there.older = _Older(runs, values, seen_s, changes) if all(each.has_ended for each in known) else None
        return values

    def _seldom_looked_at(self, there: "_Root[_Value]", run: Run, since_s: float) -> "_Known[_Value]":
        """Return what is known of an older run, as it is where it had ended and was looked at since then."""
        known = there.known.get(run.id)
        if known and known.seen_s > since_s and known.has_ended and known.changes == count_changes(run.id):
            return known
        return self._looked_at(there, run)

    def _looked_at(self, there: "_Root[_Value]", run: Run) -> "_Known[_Value]":
        """Return what is known of a run once its files have been looked at."""
        seen_s, changes, stamp = time.monotonic(), count_changes(run.id), self._stamp(run)
        known = there.known.get(run.id)
        if known and known.stamp == stamp and self._keep(known.value):
            value = known.value
        else:
            value = self._read(run)
            there.unsaved += self._keep(value)
        there.known[run.id] = found = _Known(stamp, value, self._has_ended(value), seen_s, changes)
        return found

    def _load(self, root: Path) -> "_Root[_Value]":
        """Return what another process has read, all of which is still to be compared with the files."""
        saved = self._file.load(root) if self._file else {}
        return _Root({run_id: _Known(stamp, value, False, 0.0, 0) for run_id, (stamp, value) in saved.items()})

    def _save(self, root: Path, there: "_Root[_Value]") -> None:
        if self._file and there.unsaved >= _MAX_UNSAVED:
            there.unsaved = 0
            kept = [(run_id, each) for run_id, each in there.known.copy().items() if self._keep(each.value)]
            self._file.save(root, {run_id: (each.stamp, each.value) for run_id, each in kept})
