"""The process that owns a sweep, in this process: every sampler, pruning, failures, and its end."""

import pytest

from core.runs.schema import RunState
from core.sweeps import sweep_runs
from core.sweeps.owner import main
from core.sweeps.start import start_owner
from core.sweeps.sweep import SweepError, SweepStore
from core.sweeps.sweep_runs import runs_of_sweep
from core.sweeps.swept_field import SweptField
from core.sweeps.trials import TrialState
from core.sweeps.view import SweepView
from tests.support import sweep_owner
from tests.support.sweeps import owned_sweep, sweep_config

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
    monkeypatch.setattr("core.sweeps.owner._seconds", lambda run: 40.0)
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
