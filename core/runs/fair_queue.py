"""The queue of a machine with several people: round robin, whoever's last run began longest ago goes first."""

import time
from collections.abc import Mapping, Sequence
from itertools import chain, zip_longest
from pathlib import Path
from typing import TypeVar

from core.runs.class_settings import ClassSettings
from core.runs.commands import CommandName
from core.runs.run import Run
from core.runs.schema import RunState
from core.runs.state_cache import run_states, waiting_among
from core.runs.store import RunStore
from core.runs.workspaces import last_began, machine_root, workspaces_in

PAGE_AGE_S = 1.0
"""How old the state of other people's runs may be on a page, in seconds."""

_Run = TypeVar("_Run")


def fair_order(waiting: Mapping[Path, Sequence[_Run]], began: Mapping[Path, float]) -> list[_Run]:
    """Return the waiting runs of all people in the order in which they are trained.

    waiting: each person's runs, by workspace, in the order that this person wants. began: when a run of each last
    began, in seconds since 1970. In each round everybody who waits has one run trained.
    """
    people = sorted((root for root in waiting if waiting[root]), key=lambda root: (began.get(root, 0.0), str(root)))
    rounds = zip_longest(*(waiting[root] for root in people))
    return [run for run in chain.from_iterable(rounds) if run is not None]


def stores_of(root: Path) -> list[RunStore]:
    """Return the machine's own store and that of each person, for any runs folder of the machine."""
    machine = machine_root(root)
    return [RunStore(machine), *map(RunStore, workspaces_in(machine))]


def machine_queue(root: Path) -> list[Run]:
    """Return the waiting runs of the whole machine in the order in which they are trained.

    root: any runs folder of the machine. Raises `RunError` where a run's commands cannot be read.
    """
    return read_machine(root)[1]


def read_machine(root: Path, max_age_s: float = 0.0) -> tuple[tuple[Run, RunState] | None, list[Run]]:
    """Return the run that trains on the machine itself with its state, None where none does, and all those that wait.

    These are as of `machine_queue`, which also says what is raised. max_age_s: how old that may be which is known of
    other people's runs; those of `root` itself are read now.
    """
    live: tuple[Run, RunState] | None = None
    waiting: dict[Path, list[Run]] = {}
    for store in stores_of(root):
        states = run_states(store) if store.root == root else _recent_states(store, max_age_s)
        live = live or next((each for each in states if each[1].is_live and not each[0].cluster), None)
        waiting[store.root] = waiting_among(states)
    return live, fair_order(waiting, {each: last_began(each) for each in waiting})


_States = list[tuple[Run, RunState]]
_recent: dict[Path, tuple[float, _States]] = {}
"""The runs of each person with their states, and when they were read: every open page asks for those of all."""


def _recent_states(store: RunStore, max_age_s: float) -> _States:
    known, now = _recent.get(store.root), time.monotonic()
    if known is None or now - known[0] >= max_age_s:
        _recent[store.root] = known = now, run_states(store)
    return known[1]


def is_busy(root: Path) -> bool:
    """Return whether something is, or is about to be, trained on the machine of a runs folder."""
    live, waiting = read_machine(root, PAGE_AGE_S)
    return live is not None or not all(run.cluster for run in waiting)


def stop_overdue_run(root: Path, now: float) -> bool:
    """Stop the run of a person that has held the machine for longer than the class allows; return whether it did.

    now: seconds since 1970. What it has learned stays, and it can be resumed: it then waits in its turn. The machine's
    own runs have no limit, and those on a cluster, which may wait long for a worker, do not hold it. Raises
    `ConfigError`, `CommandError`, `RunError` and `OSError`.
    """
    for store in stores_of(root)[1:]:
        for run, state in run_states(store):
            if state in (RunState.RUNNING, RunState.PAUSED) and not run.cluster:
                limit_s = 60 * ClassSettings.read(machine_root(root)).minutes_a_run
                if now - run.status().started > limit_s:
                    return run.send(CommandName.STOP)
    return False
