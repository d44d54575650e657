"""Runs that people of a class share: all others may look at them and read with them, and change nothing."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core.people.names import tell_apart
from core.people.register import People
from core.runs.index import RunSummary, run_summaries
from core.runs.run import Run
from core.runs.schema import RunError
from core.runs.store import RunStore


@dataclass(frozen=True)
class SharedRun:
    """A run that somebody shares, and that person's name."""

    owner: str
    summary: RunSummary


def shared_runs(machine: Path, own: Path) -> list[SharedRun]:
    """Return the runs with a model that others share, newest first; machine, own: the machine's root and one's own."""
    everybody = (People(machine).teacher, *People(machine).all())
    names = tell_apart({each.id: each.name for each in everybody})
    found = [
        SharedRun(names[each.id], run)
        for each in everybody
        if each.root != own
        for run in run_summaries(RunStore(each.root))
        if run.shared and run.has_model and run.state.is_final
    ]
    return sorted(found, key=lambda shared: shared.summary.id, reverse=True)


def find_shared_run(machine: Path, run_id: str) -> Run:
    """Return the run of that id that somebody shares now; raises `RunError` where nobody does."""
    for each in (People(machine).teacher, *People(machine).all()):
        with suppress(RunError):
            run = RunStore(each.root).get(run_id)
            if run.notes().shared:
                return run
    raise RunError(f"There is no run {run_id!r} here.")
