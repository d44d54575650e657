"""The look for changes of a run that does not train: its page is drawn anew only where something has changed."""

import time
from typing import NamedTuple

import streamlit as st

from core.datasets import probe_digits
from core.runs.index import folder_stamp
from core.runs.queue_view import Queue, read_queue
from core.runs.run import Run
from core.runs.state_cache import busy_run
from core.runs.store import RunStore
from pages.widgets.train import watchers


class Seen(NamedTuple):
    """All that the drawing of a run depends on that does not train; notes, reports and predictions are files too."""

    busy: str | None
    queue: Queue
    files: tuple[object, ...] | None  # of the run
    digits_ns: int  # when the ten digits that the networks are shown were changed


def seen_now(store: RunStore, run: Run | None) -> Seen:
    """Return what a drawing of the run that begins now depends on; None is the page before there is a run."""
    files = folder_stamp(run) if run else None
    return Seen(busy_id(store), read_queue(store), files, probe_digits.modified_ns(store.root))


def busy_id(store: RunStore) -> str | None:
    """Return the id of the run that trains or is about to, or None where none is."""
    busy = busy_run(store)
    return busy.id if busy else None


def redraw_where_changed(store: RunStore, run: Run | None, seen: Seen) -> None:
    """Have the page drawn anew where something has changed since: to draw the run takes far longer than to look.

    Who looks counts among those that watch.
    """
    watchers.live_interval_s(time.monotonic())
    if seen_now(store, run) != seen:
        st.rerun(scope="app")
