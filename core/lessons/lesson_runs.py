"""The runs of a lesson: filing them as one group, following them, and saying what went wrong with one."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.config.train_config import TrainConfig
from core.lessons.lesson import Lesson
from core.runs.index import RunSummary, run_summaries
from core.runs.metrics_schema import Metrics
from core.runs.quota import file_runs
from core.runs.schema import RunError, RunState
from core.runs.store import RunStore
from core.runs.view import RunView
from core.training.time_estimate import TimeEstimate, estimate

_AGAIN = "Start over to run the lesson again."

_beginning = threading.Lock()
"""Held from the look for runs that others have begun until new ones are filed: two sessions may begin at once."""


@dataclass(frozen=True)
class LessonRuns:
    """The runs of one lesson as they are now: a view of each arm whose run can be read, and sentences on the others."""

    views: Mapping[str, RunView]
    problems: tuple[str, ...]

    @property
    def is_busy(self) -> bool:
        """Return whether one of them waits or trains."""
        return any(not view.status.is_final for view in self.views.values())

    @property
    def is_whole(self) -> bool:
        """Return whether all of them have come to their end."""
        return not self.problems and not self.is_busy

    def progress(self) -> tuple[float, str]:
        """Return how much is trained, 0 to 1, and what goes on, in words."""
        shares = {arm: _share(view) for arm, view in self.views.items()}
        share = sum(shares.values()) / max(1, len(shares))
        active = next((view for view in self.views.values() if view.status.is_live), None)
        if active is None:
            return share, "Waiting for its start"
        epoch = active.last_row.epoch if active.last_row else 0.0
        return share, f"Training “{_arm_of(active, self.views)}”: epoch {epoch:.1f} of {active.epochs}"


def _share(view: RunView) -> float:
    if view.status.is_final:
        return 1.0
    return min(1.0, view.last_row.epoch / view.epochs) if view.last_row else 0.0


def _arm_of(active: RunView, views: Mapping[str, RunView]) -> str:
    return next(arm for arm, view in views.items() if view is active)


def file_lesson_runs(lesson: Lesson, store: RunStore) -> tuple[str, ...]:
    """Create a queued run for each arm, as one group, and return their ids in the order of the arms.

    Where runs of this lesson wait or train already, because another visitor has begun it, those are returned: a class
    that begins a lesson together watches the same runs. Else each time has a seed of its own. Raises as
    `quota.file_run` does; then none is created for want of room.
    """
    with _beginning:
        known = [each for each in run_summaries(store) if each.lesson == lesson.name and each.config is not None]
        return _unfinished(lesson, known) or _file_new(lesson, store, known)


def _file_new(lesson: Lesson, store: RunStore, known: Sequence[RunSummary]) -> tuple[str, ...]:
    """Create the runs with a seed that none of the `known` ones has, and return their ids."""
    seed = 1 + max((each.config.seed for each in known if each.config), default=-1)
    ids: list[str] = []

    def file_all() -> None:
        for arm, config in lesson.configs(seed).items():
            notes = {"name": f"{lesson.title}: {arm}", "lesson": lesson.name}
            ids.append(store.create(config, lambda run, notes=notes: run.write_notes(**notes)).id)

    file_runs(store, len(lesson.arms), file_all)
    return tuple(ids)


def _unfinished(lesson: Lesson, known: Sequence[RunSummary]) -> tuple[str, ...]:
    """Return the ids of a whole group of runs of which one is not over; () where there is none."""
    newest: dict[TrainConfig, RunSummary] = {}
    for each in known:
        if each.config is not None:
            newest.setdefault(each.config, each)
    for seed in {config.seed for config in newest}:
        group = [newest.get(config) for config in lesson.configs(seed).values()]
        usable = [each for each in group if each and each.state not in _USELESS]
        if len(usable) == len(group) and any(not each.state.is_final for each in usable):
            return tuple(each.id for each in usable)
    return ()


_USELESS = (RunState.FAILED, RunState.STOPPED, RunState.DAMAGED)


def read_lesson_runs(lesson: Lesson, store: RunStore, ids: Sequence[str], known: Mapping[str, Metrics]) -> LessonRuns:
    """Return the runs of these ids, one for each arm; of their metrics only those behind the `known` ones are read.

    known: by the run's id.
    """
    views, problems = {}, []
    for arm, run_id in zip(lesson.arms, ids, strict=False):
        try:
            view = RunView.read(store.get(run_id), known.get(run_id, Metrics()))
        except RunError:
            problems.append(
                f"The run “{arm}” is not there any more: it was deleted, or its files are damaged. {_AGAIN}"
            )
            continue
        views[arm] = view
        if view.state is RunState.FAILED:
            problems.append(f"The run “{arm}” failed: {view.status.error} {_AGAIN}")
        elif view.state is RunState.STOPPED:
            problems.append(f"The run “{arm}” was stopped before its end. {_AGAIN}")
    if len(ids) < len(lesson.arms):
        problems.append(f"A run of this lesson is missing. {_AGAIN}")
    return LessonRuns(views, tuple(problems))


def lesson_time(lesson: Lesson, store: RunStore) -> TimeEstimate:
    """Return how long all runs of the lesson take on this machine, one after the other."""
    times = [estimate(store, config) for config in lesson.configs(0).values()]
    return TimeEstimate(sum(each.low_s for each in times), sum(each.high_s for each in times))
