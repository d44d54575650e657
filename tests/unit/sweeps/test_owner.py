"""The process that owns a sweep, in this process: every sampler, pruning, failures, and its end."""

import json
import time
from dataclasses import replace

import pytest

from core.runs.commands import CommandName
from core.runs.liveness import CRASHED
from core.runs.schema import RunState, Status
from core.sweeps import sweep_runs
from core.sweeps.owner import main
from core.sweeps.start import start_owner
from core.sweeps.sweep import SweepError, SweepStore
from core.sweeps.sweep_runs import runs_of_sweep
from core.sweeps.swept_field import SweptField
from core.sweeps.trials import TrialState
from core.sweeps.view import SweepView, describe_plan
from tests.support import sweep_owner
from tests.support.runs import finished_status
from tests.support.sweeps import owned_sweep, sweep_config

CREATE_TRIAL = 4  # in Optuna's journal
BATCHES = SweptField("batch_size", options=(32, 64, 128))


@pytest.mark.parametrize("sampler", ["tpe", "random"])
def test_a_sweep_finds_a_better_rate_and_says_so(store, monkeypatch, sampler):
    view = owned_sweep(store, monkeypatch, sweep_config(sampler=sampler, trials=12, seeds=2))
    assert view.state is RunState.FINISHED and view.told == 12
    assert view.trials[0].labels == {"learning_rate": 0.001}, "the recipe itself is the first"
    assert view.best.value > view.trials[0].value
    assert view.confirmation.is_complete and view.confirmation.is_better
    assert "clearly better than the recipe: with 3 new seeds" in view.sentence() and "test images" in view.sentence()
    assert len(store.all()) == 12 * 2 + 6
    best = [value for _, value in view.best_so_far()]
    assert best == sorted(best) and best[-1] == view.best.value
    assert list(view.importances) == ["learning_rate"]


def test_a_grid_ends_after_each_of_its_values(store, monkeypatch):
    view = owned_sweep(store, monkeypatch, sweep_config(BATCHES, SweptField("epochs", 2, 3), sampler="grid", trials=50))
    tried = [tuple(each.labels.values()) for each in view.trials]
    assert len(tried) == len(set(tried)) == 6 and view.told == 6


@pytest.mark.parametrize("pruning", ["median", "halving"])
def test_poor_trials_are_stopped_early_by_the_runs_own_command(store, monkeypatch, pruning):
    monkeypatch.setattr(sweep_owner, "is_gradual", True)
    view = owned_sweep(store, monkeypatch, sweep_config(trials=14, pruning=pruning, sampler="random", epochs=4))
    stopped = [each for each in view.trials if each.state is TrialState.STOPPED_EARLY]
    assert stopped and len(stopped) == view.stopped_early
    for trial in stopped:
        run = store.get(trial.run_ids[0])
        assert run.status().state is RunState.STOPPED and [each.command for each in run.commands()] == ["stop"]
        assert trial.steps < max(each.steps for each in view.trials) and trial.value < view.best.value


def test_a_smaller_loss_is_better(store, monkeypatch):
    view = owned_sweep(store, monkeypatch, sweep_config(objective="loss", trials=8))
    assert view.best.value == min(each.value for each in view.trials)


def test_what_is_no_better_than_the_recipe_is_not_trained_anew(store, monkeypatch):
    worse = SweptField("learning_rate", options=(0.001, 0.0001))
    view = owned_sweep(store, monkeypatch, sweep_config(worse, sampler="grid", trials=2))
    assert view.sentence() == "No trial was better than the recipe itself." and len(store.all()) == 2


def test_failed_runs_are_failed_trials_and_a_killed_worker_is_not(store, monkeypatch):
    monkeypatch.setattr(sweep_owner, "fails", lambda config: config.batch_size == 64)
    view = owned_sweep(store, monkeypatch, sweep_config(BATCHES, sampler="grid", trials=3))
    failed = next(each for each in view.trials if each.labels["batch_size"] == 64)
    assert failed.state is TrialState.FAILED and failed.error == "The loss is no longer a number."
    monkeypatch.setattr(sweep_owner, "fails", lambda config: True)
    view = owned_sweep(store, monkeypatch, sweep_config(trials=2))
    assert view.sentence() == "No trial came to its end, so there is no winner."


def test_a_sweep_ends_after_its_minutes(store, monkeypatch):
    monkeypatch.setattr("core.sweeps.trial_outcome.trained_s", lambda run: 40.0)
    view = owned_sweep(store, monkeypatch, sweep_config(trials=30, minutes=2.0))
    assert view.told == 3


def test_layers_from_a_list_are_trained(store, monkeypatch):
    stacks = SweptField("layers", options=("linear", ({"class_name": "Flatten"}, {"class_name": "Dense", "units": 9})))
    view = owned_sweep(store, monkeypatch, sweep_config(stacks, sampler="grid", trials=2))
    assert {each.labels["layers"] for each in view.trials} == {"linear", "own 2"}
    assert {each.network for each in runs_of_sweep(store, view.sweep.id)} == {"linear", "own", "mlp"}


def test_a_finished_sweep_is_not_begun_again(store, monkeypatch):
    view = owned_sweep(store, monkeypatch, sweep_config(trials=2))
    with pytest.raises(SweepError, match="has finished"):
        start_owner(view.sweep)
    with pytest.raises(SweepError, match="is not running"):
        view.sweep.request_stop()
    before = view.trials
    assert main(str(store.root), view.sweep.id) == 0
    assert SweepView.read(view.sweep).trials == before, "whoever owns it again finds nothing to do"


def test_a_half_written_entry_of_the_study_is_cut_off(store, monkeypatch):
    view = owned_sweep(store, monkeypatch, sweep_config(trials=3))
    whole = view.sweep.study_path.read_bytes()
    for half in (b'{"op_code":4,"worker', b'{"op_code":4,"worker\n'):
        view.sweep.study_path.write_bytes(whole + half)
        assert SweepView.read(view.sweep).trials == view.trials
        assert main(str(store.root), view.sweep.id) == 0
        assert view.sweep.study_path.read_bytes() == whole


@pytest.mark.parametrize("damage", [b"\x00\xff rubbish\n", b"[1, 2]\n", b'{"op_code": 99}\n', b'{"op_code": 5}\n'])
def test_a_damaged_study_is_a_sentence(store, monkeypatch, damage):
    view = owned_sweep(store, monkeypatch, sweep_config(trials=2))
    data = view.sweep.study_path.read_bytes()
    first = data.index(b"\n") + 1
    view.sweep.study_path.write_bytes(data[:first] + damage + data[first:])
    with pytest.raises(SweepError, match="The study of sweep .* is damaged"):
        SweepView.read(view.sweep)
    assert main(str(store.root), view.sweep.id) == 1
    assert "start a new sweep" in view.sweep.status().error


def test_damaged_files_and_wrong_ids_are_sentences(store, monkeypatch):
    sweeps = SweepStore(store)
    for sweep_id in ("", "..", "a/b", "none", "x" * 5000):
        with pytest.raises(SweepError, match="There is no sweep"):
            sweeps.get(sweep_id)
    sweep = sweeps.create(sweep_config())
    assert sweep.status().state is RunState.QUEUED and store.all() == [] and sweeps.all()[0].id == sweep.id
    (sweep.folder / "owner.json").write_text("[3]")
    with pytest.raises(SweepError, match=r"owner\.json .* is damaged"):
        sweep.status()
    (sweep.folder / "sweep.json").write_text("{")
    with pytest.raises(SweepError, match="cannot be used"):
        SweepView.read(sweep)


def test_a_full_queue_is_waited_for(store, monkeypatch):
    monkeypatch.setenv("DIGIT_STUDIO_MAX_WAITING_RUNS", "1")
    monkeypatch.setattr(sweep_runs, "QUOTA_INTERVAL_S", 0.0)
    other = store.create(sweep_config().base)
    view = owned_sweep(store, monkeypatch, sweep_config(trials=2))
    assert view.told == 2 and other.status().state is RunState.FINISHED


def test_a_grid_goes_on_where_it_was_killed_before_a_trial_had_its_place_in_the_grid(store, monkeypatch):
    view = owned_sweep(store, monkeypatch, sweep_config(BATCHES, sampler="grid", trials=3))
    lines = view.sweep.study_path.read_bytes().splitlines(keepends=True)
    values = {each.labels["batch_size"]: each.value for each in view.trials}
    created = [number for number, line in enumerate(lines, 1) if json.loads(line)["op_code"] == CREATE_TRIAL]
    assert len(created) == 3
    for kept in created:
        view.sweep.study_path.write_bytes(b"".join(lines[:kept]))
        again = owned_sweep(store, monkeypatch, view.sweep)
        assert {each.labels["batch_size"]: each.value for each in again.trials} == values, f"cut after {kept} entries"


def test_a_run_that_never_began_takes_no_time(store, monkeypatch):
    def refuse(store):
        for run in store.queue():
            run.write_status(Status(RunState.FAILED, ended=time.time(), error="The training process could not start."))

    config = sweep_config(trials=3, minutes=1.0)
    monkeypatch.setattr(sweep_owner, "end_waiting_runs", refuse)
    view = owned_sweep(store, monkeypatch, config)
    assert view.told == 3 and view.seconds == 0


def test_each_resumption_of_a_sweep_gives_its_run_new_tries(store):
    crashes = []
    run = store.create(sweep_config().base)
    runs = sweep_runs.SweepRuns(store, "sweep", "Sweep", lambda waits_for: None)
    for times in (4, 8):
        following = runs.follow(run, lambda row: False)
        with pytest.raises(StopIteration) as ended:
            while True:
                for each in store.queue():
                    crashes.append(each.id)
                    each.write_status(replace(finished_status(), state=RunState.FAILED, error=CRASHED))
                next(following)
        assert ended.value.value.error == CRASHED
        assert len(crashes) == times, "three tries more, and no end otherwise"
        run.send(CommandName.RESUME)


def test_sweeps_of_other_seeds_propose_other_recipes(store, monkeypatch):
    first, second = (
        {
            each.labels["learning_rate"]
            for each in owned_sweep(store, monkeypatch, sweep_config(sampler="random", trials=6, seed=seed)).trials[1:]
        }
        for seed in (0, 1)
    )
    assert not first & second


def test_a_winner_whose_runs_did_not_all_finish_is_said(store, monkeypatch):
    monkeypatch.setattr(sweep_owner, "fails", lambda config: not config.test_unseen)
    view = owned_sweep(store, monkeypatch, sweep_config(trials=8))
    assert view.state is RunState.FINISHED
    assert "6 of its 6 runs did not come to their end" in view.sentence()


def test_a_sweep_that_was_cut_off_near_its_end_says_so_first(store, monkeypatch):
    view = owned_sweep(store, monkeypatch, sweep_config(trials=8))
    view.sweep.write_status(Status(RunState.RUNNING, pid=2**22 + 1, process_started=1.0))
    assert SweepView.read(view.sweep).sentence().startswith("The process of the sweep is gone")
    view.sweep.write_status(replace(Status.of_this_process(), note="20 runs wait in the queue already."))
    assert SweepView.read(view.sweep).sentence().startswith("20 runs wait in the queue already. The winner is")


def test_the_plan_of_a_sweep_counts_with_its_time_limits(store):
    timed = sweep_config(objective="accuracy_in_time", time_limit_s=30, trials=10, epochs=100)
    assert "10 trials and 6 runs to confirm the winner: about 8 minutes" in describe_plan(store, timed)
    ended = describe_plan(store, sweep_config(trials=30, minutes=5.0))
    assert "No trial starts after 5 minutes of training." in ended


def test_a_trial_whose_epochs_end_before_its_time_is_said_in_the_plan(store):
    short = sweep_config(objective="accuracy_in_time", time_limit_s=86_400, epochs=1)
    assert "of the recipe will be over before the 86400 s of a trial" in describe_plan(store, short)
