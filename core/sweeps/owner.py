"""The process that owns a sweep: it asks for recipes, files runs of them and tells what came of them.

`python -m core.sweeps.owner ROOT SWEEP` owns that sweep until its end. Killed at any moment it goes on where it was:
the study is in the sweep's folder, a run is found by its notes, and only what has ended is told.
"""

import contextlib
import sys
import time
import traceback
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from core.config.field_spec import ConfigError
from core.config.train_config import TrainConfig
from core.jobs.scheduler import EXIT_NOT_ACQUIRED, process_scheduler
from core.runs.metrics_schema import MetricRow
from core.runs.run import Run
from core.runs.schema import RunError, RunState, Status
from core.runs.store import RunStore
from core.storage.os_errors import error_text
from core.sweeps.study import import_optuna, open_study, set_sampler, suggest
from core.sweeps.sweep import Sweep, SweepError, SweepStore
from core.sweeps.sweep_config import SamplerName
from core.sweeps.sweep_runs import NO_TRIAL, StopRequestedError, SweepRuns
from core.sweeps.swept_field import Label
from core.sweeps.trial_outcome import best_labels, is_poor, tell, validation_value
from core.sweeps.works import Slots, Work, takes_step_to_end

if TYPE_CHECKING:
    import optuna

_LOCK_WAIT_S = 2.0
_HEARTBEAT_S = 3.0
_HALTED = "halted"  # the attribute of the study that names the runs which were stopped because the sweep was


def main(root: str, sweep_id: str) -> int:
    """Own a sweep until its end; return the exit code of the process.

    The code is `EXIT_NOT_ACQUIRED` where another process owns it.
    """
    sweep = SweepStore(RunStore(root)).get(sweep_id)
    try:
        with FileLock(sweep.lock_path).acquire(timeout=_LOCK_WAIT_S):
            return _own(sweep)
    except Timeout:
        print(f"Sweep {sweep.id} is run by another process already: a sweep has one.", file=sys.stderr)
        return EXIT_NOT_ACQUIRED
    finally:
        process_scheduler.warm_worker.stop()


def _own(sweep: Sweep) -> int:
    status = sweep.begin()
    try:
        with contextlib.closing(Slots(sweep.config().cluster)) as slots:
            note = _Owner(sweep, status, slots).carry_out()
    except StopRequestedError:
        sweep.write_status(replace(status, state=RunState.STOPPED, ended=time.time()))
    except Exception as error:
        traceback.print_exc()
        with contextlib.suppress(OSError):
            sweep.write_status(replace(status, state=RunState.FAILED, ended=time.time(), error=error_text(error)))
        return 1
    else:
        sweep.write_status(replace(status, state=RunState.FINISHED, ended=time.time(), note=note))
    return 0


class _Owner:
    """The owner of one sweep."""

    def __init__(self, sweep: Sweep, status: Status, slots: Slots) -> None:
        self.sweep, self.status, self.config, self.slots = sweep, status, sweep.config(), slots
        study = open_study(sweep, self.config, is_owner=True)
        assert study is not None, "the owner makes it"
        self.study = study
        title = self.config.name or "Sweep"
        self.runs = SweepRuns(sweep.store, sweep.id, title, self._beat, self.config.cluster)
        self._next_beat = 0.0
        self._in_work: set[int] = set()  # the numbers of the trials
        self._is_used_up = False
        self._followed: dict[str, Run] = {}

    def carry_out(self) -> str:
        """Try recipes until the budget is used up, then confirm the winner; return a note, or ''."""
        self._begin_with_recipe()
        self._work_off(self._next_trial)
        best = best_labels(self.study)
        if best is None:
            return "No trial came to its end, so there is no winner."
        if best == self.config.base_labels():
            return "No trial was better than the recipe itself."
        confirming = self._confirm(best)
        self._work_off(lambda: next(confirming, None))
        return ""

    def _work_off(self, next_work: Callable[[], Work | None]) -> None:
        """Carry out one work after the other, as many at a time as runs can be trained at a time."""
        works: list[Work] = []
        try:
            while True:
                while len(works) < self.slots.count() and (work := next_work()):
                    works.append(work)
                if not works:
                    return
                works = [each for each in works if not takes_step_to_end(each)]
                if works:
                    self.runs.look_after()
        except StopRequestedError:
            self.study.set_user_attr(_HALTED, [*self._halted(), *self._followed])
            self.runs.halt(self._followed.values())
            raise

    def _halted(self) -> list[str]:
        """Return the ids of the runs that were stopped with the sweep; early versions kept one."""
        found = self.study.user_attrs.get(_HALTED, [])
        return [found] if isinstance(found, str) else found

    def _beat(self, waits_for: str) -> None:
        if self.sweep.is_stop_requested():
            raise StopRequestedError
        if time.monotonic() >= self._next_beat or waits_for != self.status.note:
            self.status = replace(self.status, note=waits_for)
            self.sweep.write_status(self.status)
            self._next_beat = time.monotonic() + _HEARTBEAT_S

    def _begin_with_recipe(self) -> None:
        """Have the recipe itself be the first trial, where it lies in the ranges."""
        labels = self.config.base_labels()
        if labels and not self.study.trials and self.config.sampler is not SamplerName.GRID:
            self.study.enqueue_trial(labels)

    def _next_trial(self) -> Work | None:
        """Return the work on a trial that goes on, or on a new one; None once the budget is used up."""
        if self._is_used_up:
            return None
        optuna = import_optuna()
        states = optuna.trial.TrialState
        begun = [each for each in self.study.get_trials(deepcopy=False) if each.state is not states.WAITING]
        left = [each for each in begun if each.state is states.RUNNING and each.number not in self._in_work]
        set_sampler(self.study, self.config, left[0].number if left else len(begun))
        if left:
            return self._train(optuna.trial.Trial(self.study, left[0]._trial_id))
        spent_s = sum(each.user_attrs.get("seconds", 0.0) for each in begun)
        is_late = self.config.minutes is not None and spent_s >= 60 * self.config.minutes
        self._is_used_up = is_late or len(begun) >= self.config.number_of_trials
        return None if self._is_used_up else self._train(self.study.ask())

    def _train(self, trial: "optuna.Trial") -> Work:
        """Return the work on a trial, whose labels are proposed at once, while the sampler is the trial's."""
        labels = {each.name: suggest(trial, each) for each in self.config.fields}
        self._in_work.add(trial.number)
        return self._train_runs(trial, labels)

    def _train_runs(self, trial: "optuna.Trial", labels: Mapping[str, Label]) -> Work:
        """Train a trial's runs and tell what came of them."""
        runs: list[Run] = []
        values: list[float] = []
        states = import_optuna().trial.TrialState
        try:
            for seed in self.config.trial_seeds:
                config = self.config.trial_config(labels, seed)
                run = yield from self.runs.find_or_file(trial.number, config, f"trial {trial.number + 1}")
                runs.append(run)
                trial.set_user_attr("runs", [each.id for each in runs])
                status = yield from self._follow(run, trial if run is runs[0] else None)
                if status.state is RunState.STOPPED:
                    self._tell(trial, runs, states.PRUNED)
                    return
                values.append(validation_value(run, status, self.config.objective))
        except (ConfigError, RunError, SweepError) as error:
            trial.set_user_attr("error", error_text(error))
            self._tell(trial, runs, states.FAIL)
        else:
            self._tell(trial, runs, states.COMPLETE, sum(values) / len(values))

    def _follow(self, run: Run, trial: "optuna.Trial | None") -> Generator[None, None, Status]:
        """Train a run to its end; one that was stopped with the sweep goes on with it."""
        self._followed[run.id] = run
        try:
            if run.id in (halted := self._halted()):
                yield from self.runs.go_on(run)
                self.study.set_user_attr(_HALTED, [each for each in halted if each != run.id])
            epochs = run.config().epochs

            def is_to_stop(row: MetricRow) -> bool:
                return trial is not None and is_poor(self.study, self.config, trial, row, epochs)

            return (yield from self.runs.follow(run, is_to_stop))
        finally:
            del self._followed[run.id]

    def _tell(self, trial: "optuna.Trial", runs: list[Run], state: Any, value: float | None = None) -> None:
        tell(self.study, trial, runs, state, value)
        self._in_work.discard(trial.number)

    def _confirm(self, best: Mapping[str, Label]) -> Iterator[Work]:
        """Return the works of training winner and recipe anew with other seeds, on which the test images decide."""
        for seed in self.config.confirming_seeds:
            for labels, what in ((best, "winner"), ({}, "recipe")):
                yield self._train_confirming(self.config.confirming_config(labels, seed), what)

    def _train_confirming(self, config: TrainConfig, what: str) -> Work:
        run = yield from self.runs.find_or_file(NO_TRIAL, config, what)
        with contextlib.suppress(RunError):  # a run that was deleted meanwhile is missing in the comparison
            yield from self._follow(run, None)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
