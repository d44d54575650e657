"""A class of one server for the load: a person for each visitor, one run that trains and some that wait."""

import time
from pathlib import Path

from benchmarks.load_visitors import Crowd
from core.config.presets import PRESETS
from core.people import People, SignIn
from core.people.clearing import stop_runs
from core.people.cookies import COOKIE
from core.runs.quota import file_run
from core.runs.store import RunStore
from core.runs.workspaces import note_began

_WAITING = 5
_PATIENCE_S = 60.0


def enrol(home: Path, watchers: int, readers: int) -> Crowd:
    """Make so many people in a class and return their cookies."""
    people, sign_in = People(home), SignIn(home)
    found = [people.join(f"Pupil {number}", watchers + readers)[0] for number in range(1, watchers + readers + 1)]
    cookies = [f"{COOKIE}={sign_in.cookie_for(each)}" for each in found]
    return Crowd(tuple(cookies[:watchers]), tuple(cookies[watchers:]))


def file_class_runs(home: Path, preset: str) -> RunStore:
    """File a run of each of the first six people, of which the first one trains; return that person's store."""
    stores = [RunStore(each.root) for each in sorted(People(home).all(), key=lambda each: int(each.name.split()[1]))]
    for each in stores[: 1 + _WAITING]:
        file_run(each, PRESETS[preset].changed({"epochs": 200}))
    for each in stores[1:]:
        note_began(each.root)  # so that the first one's turn is before theirs
    return stores[0]


def end_class_runs(home: Path) -> None:
    """Stop all runs of the class, and wait until none trains; raises `TimeoutError`."""
    people = People(home).all()
    for each in people:
        stop_runs(each)
    deadline = time.monotonic() + _PATIENCE_S
    while any(run.status().is_live for each in people for run in RunStore(each.root).all()):
        if time.monotonic() > deadline:
            raise TimeoutError("The training has not ended.")
        time.sleep(0.2)
