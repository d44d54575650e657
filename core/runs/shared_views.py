"""Views of live runs whose metrics all sessions of a server share, so that what is drawn of them is drawn once."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path

from core.runs.run import Run
from core.runs.schema import Metrics
from core.runs.view import RunView

_MAX_RUNS = 16
_NO_METRICS = Metrics()


@dataclass(frozen=True)
class _Known:
    view: RunView
    read_at: float


class _Entry:
    """The newest view of one run, and the lock under which it is read: other runs do not wait for it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.known: _Known | None = None


class SharedViews:
    """The metrics of the runs that were looked at last. Any number of threads may ask for views."""

    def __init__(self) -> None:
        self._entries: OrderedDict[Path, _Entry] = OrderedDict()
        self._lock = threading.Lock()

    def view(self, run: Run, max_age_s: float, now: float) -> RunView:
        """Return the run as it is now, but for the metrics of a live one: they may be `max_age_s` old.

        now: seconds on a monotonic clock. Until so much time has passed, every caller gets the very same rows. Raises
        `RunError` as `RunView.read` does.
        """
        entry = self._entry(run.folder)
        with entry.lock:
            known = entry.known
            view = RunView.read(run, known.view.metrics if known else _NO_METRICS)
            if known and view.status.is_live and now - known.read_at < max_age_s:
                return replace(view, metrics=known.view.metrics)
            entry.known = _Known(view, now)
            return view

    def recent_view(self, run: Run, max_age_s: float, now: float) -> RunView:
        """Return the run as it was at most `max_age_s` ago, all of it; otherwise as `view` does."""
        known = self._entry(run.folder).known
        return known.view if known and now - known.read_at < max_age_s else self.view(run, max_age_s, now)

    def _entry(self, folder: Path) -> _Entry:
        """Return the entry of a run's folder; of more than `_MAX_RUNS` those that were asked for longest ago go."""
        with self._lock:
            entry = self._entries.setdefault(folder, _Entry())
            self._entries.move_to_end(folder)
            while len(self._entries) > _MAX_RUNS:
                self._entries.popitem(last=False)
            return entry
