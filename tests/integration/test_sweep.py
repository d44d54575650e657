"""A sweep that is killed again and again, with its real owning process, and one that really trains."""

import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from core.config.train_config import TrainConfig
from core.jobs.scheduler import EXIT_NOT_ACQUIRED
from core.sweeps.start import start_owner
from core.sweeps.sweep import SweepError, SweepStore
from core.sweeps.sweep_config import SweepConfig
from core.sweeps.sweep_runs import NO_TRIAL, runs_of_sweep
from core.sweeps.swept_field import SweptField
from core.sweeps.trials import TrialState
from core.sweeps.view import SweepView
from tests.support.processes import PATIENCE_S, QUICK, wait_until

PROJECT = Path(__file__).resolve().parents[2]
KILLS, TRIALS, SEEDS = 10, 16, 2
RATES = SweptField("learning_rate", 1e-4, 1e-1, log=True)


def own(sweep):
    command = [sys.executable, "-m", "tests.support.sweep_owner", str(sweep.store.root), sweep.id]
    return subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.PIPE, text=True)


def ended(view):
    return {each.number: each for each in view.trials if each.state not in (TrialState.RUNNING, TrialState.WAITING)}


def test_a_sweep_killed_ten_times_loses_and_repeats_no_trial(store):
    sweep = SweepStore(store).create(SweepConfig(TrainConfig(epochs=2), (RATES,), trials=TRIALS, seeds=SEEDS))
    moments, known = random.Random(0), {}
    for _ in range(KILLS):
        process = own(sweep)
        wait_until(lambda pid=process.pid: sweep.status().pid == pid)
        time.sleep(moments.uniform(0.0, 0.7))
        assert process.poll() is None, process.stderr.read()
        process.kill()
        process.communicate()
        assert sweep.status().state == "failed" and "Resume goes on" in sweep.status().error
        now = ended(SweepView.read(sweep))
        assert {number: now[number] for number in known} == known, "what was told stays as it was"
        known = now
    process = own(sweep)
    wait_until(lambda: sweep.status().pid == process.pid)
    process.send_signal(signal.SIGSTOP)  # so that it is not done before the other one begins
    other = own(sweep)
    assert "is run by another process already" in other.communicate(timeout=PATIENCE_S)[1]
    process.send_signal(signal.SIGCONT)
    assert process.wait(PATIENCE_S) == 0, process.stderr.read()
    assert other.returncode == EXIT_NOT_ACQUIRED
    process.communicate()

    view = SweepView.read(sweep)
    now = ended(view)
    assert {number: now[number] for number in known} == known
    assert len(now) == len(view.trials) == TRIALS and view.state == "finished"
    runs = runs_of_sweep(store, sweep.id)
    assert len(runs) == len(store.all()) == TRIALS * SEEDS + 6
    for trial in view.trials:
        mine = {each.id for each in runs if each.trial == trial.number}
        assert mine == set(trial.run_ids) and len(mine) == SEEDS
    assert sum(each.trial == NO_TRIAL for each in runs) == 6
    assert view.confirmation.is_better and view.sentence().startswith("The winner is clearly better than the recipe")


def test_a_sweep_is_trained_by_the_queue_and_stopped_and_resumed(store):
    base = QUICK.changed({"training_share": 0.05, "epochs": 100, "batch_size": 64})  # not over before it is stopped
    config = SweepConfig(base, (SweptField("learning_rate", options=(0.001, 0.01)),), sampler="grid", trials=2)
    sweep = SweepStore(store).create(config)
    start_owner(sweep)
    wait_until(lambda: any(run.has_metrics for run in store.all()))
    sweep.request_stop()
    wait_until(lambda: sweep.status().is_final)
    assert sweep.status().state == "stopped"
    (run,) = store.all()
    assert run.status().is_final
    start_owner(sweep)
    wait_until(lambda: SweepView.read(sweep).told == 2)
    with suppress(SweepError):  # it has ended where the recipe is the better one of the two
        sweep.request_stop()
    wait_until(lambda: sweep.status().is_final)
    view = SweepView.read(sweep)
    assert [each.state for each in view.trials] == [TrialState.FINISHED] * 2
    trials = [each for each in runs_of_sweep(store, sweep.id) if each.trial != NO_TRIAL]
    assert [each.id for each in trials][0] == run.id and len(trials) == 2
    report = run.report()
    assert report.count == 5000 and report.accuracy == view.trials[0].value, "on the validation images"
    assert trials[0].test_accuracy is None
