"""Views of live runs whose metrics all sessions of a server share, so that what is drawn of them is drawn once."""

from dataclasses import dataclass, replace
from pathlib import Path

from core.runs.metrics_schema import Metrics
from core.runs.run import Run
from core.runs.view import RunView
from core.storage.recent_slots import RecentSlots

_MAX_RUNS = 16
_NO_METRICS = Metrics()


@dataclass(frozen=True)
class _Known:
    view: RunView
    read_at: float


class SharedViews:
    """The metrics of the runs that were looked at last. Any number of threads may ask for views."""

    def __init__(self) -> None:
        self._slots = RecentSlots[Path, _Known](_MAX_RUNS)

    def view(self, run: Run, max_age_s: float, now: float) -> RunView:
        """Return the run as it is now, but for the metrics of a live one: they may be `max_age_s` old.

        now: seconds on a monotonic clock. Until so much time has passed, every caller gets the very same rows. Raises
        `RunError` as `RunView.read` does.
        """
        slot = self._slots.slot(run.folder)
        with slot.lock:
            known = slot.value
            view = RunView.read(run, known.view.metrics if known else _NO_METRICS)
            if known and view.status.is_live and now - known.read_at < max_age_s:
                return replace(view, metrics=known.view.metrics)
            slot.value = _Known(view, now)
            return view

    def recent_view(self, run: Run, max_age_s: float, now: float) -> RunView:
        """Return the run as it was at most `max_age_s` ago, all of it; otherwise as `view` does."""
        known = self._slots.slot(run.folder).value
        return known.view if known and now - known.read_at < max_age_s else self.view(run, max_age_s, now)
