"""The training from drawn things: what it writes, how it is halted, and that a break changes no bit of it."""

import threading
from pathlib import Path

import numpy as np
import pytest

from core.config.objective_config import ObjectiveConfig
from core.runs.objective_run import ObjectiveRun
from core.runs.schema import RunState
from core.training import objective_loop
from core.training.objective_loop import train_objective
from tests.support.objectives import BATCH, SumObjective, draws
from tests.support.processes import wait_until

EXAMPLES = 80
STEPS = EXAMPLES // BATCH


class CutOff(BaseException):
    """The process is gone: nothing is caught, nothing is said."""


def cut_off():
    raise CutOff


@pytest.fixture(scope="module", autouse=True)
def few_steps():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(objective_loop, "_ROW_STEPS", 2)
        patch.setattr(objective_loop, "_CHECKPOINT_STEPS", 6)
        yield


@pytest.fixture(scope="module")
def objective():
    return SumObjective(Path("adder.keras"))


def file(folder):
    return ObjectiveRun.file(folder, ObjectiveConfig("ink", EXAMPLES))


def weights(run):
    """The state of a training, whose network's names differ from one process to the next."""
    state = run.checkpoint()
    return [state[name] for name in sorted(state)]


def metrics(run):
    return [(row.step, row.loss, row.score, row.val_scores) for row in run.rows()]


@pytest.fixture(scope="module")
def whole(objective, tmp_path_factory):
    """A training without a break."""
    run = file(tmp_path_factory.mktemp("trained") / "whole")
    assert train_objective(objective, run, draws(objective, EXAMPLES)).state is RunState.FINISHED
    return run


def test_a_training_fills_its_folder(whole):
    status, rows, card = whole.status(), whole.rows(), whole.card()
    assert (status.state, status.parameters) == (RunState.FINISHED, 3 * 8 + 8 + 8 + 1)
    assert status.train_s > 0 and status.images_per_s > 0
    assert [row.step for row in rows if row.val_scores is None] == list(range(2, STEPS + 1, 2))
    assert [row.step for row in rows if row.val_scores] == list(range(2, STEPS + 1, 2)), "ten times"
    assert rows[-1].examples == EXAMPLES and rows[-1].val_loss == 0.25 and rows[-1].score == 0.5
    assert all(a.elapsed_s <= b.elapsed_s for a, b in zip(rows, rows[1:], strict=False))
    assert card["sums"] == EXAMPLES and card["scores"] == rows[-1].val_scores and card["parameters"] == 41
    assert whole.has_model and int(whole.checkpoint()["step"]) == STEPS


@pytest.mark.parametrize("steps", [(7,), (1, 19)])
def test_a_training_that_is_stopped_and_resumed_has_the_same_bits(objective, whole, tmp_path, steps):
    run = file(tmp_path / "stopped")
    script = {step: lambda: run.send("stop") for step in steps}
    for step in steps:
        assert train_objective(objective, run, draws(objective, EXAMPLES, script)).state is RunState.STOPPED
        # The stop is followed before the step whose batch has been drawn.
        assert int(run.checkpoint()["step"]) == step
        run.send("resume")
        assert run.is_waiting()
    train_objective(objective, run, draws(objective, EXAMPLES))
    assert all(np.array_equal(*pair) for pair in zip(weights(run), weights(whole), strict=True))
    assert run.model_path.read_bytes() == whole.model_path.read_bytes()
    assert run.card_path.read_bytes() == whole.card_path.read_bytes()


@pytest.mark.parametrize("step", [3, 15])
def test_a_training_that_is_killed_goes_on_from_its_checkpoint_with_the_same_bits(objective, whole, tmp_path, step):
    run = file(tmp_path / "killed")
    with pytest.raises(CutOff):
        train_objective(objective, run, draws(objective, EXAMPLES, {step: cut_off}))
    train_objective(objective, run, draws(objective, EXAMPLES))
    assert all(np.array_equal(*pair) for pair in zip(weights(run), weights(whole), strict=True))
    assert metrics(run) == metrics(whole)


def test_a_training_that_was_killed_before_it_validated_validates_first(objective, whole, tmp_path):
    run = file(tmp_path / "killed")
    made = objective.make

    class Killed(SumObjective):
        def make(self):
            trained = made()
            object.__setattr__(trained, "validate", lambda poll: cut_off())
            return trained

    with pytest.raises(CutOff):
        train_objective(Killed(objective.asset), run, draws(objective, EXAMPLES))
    train_objective(objective, run, draws(objective, EXAMPLES))
    assert metrics(run) == metrics(whole)


def test_a_paused_training_waits_until_it_is_resumed(objective, whole, tmp_path):
    run = file(tmp_path / "paused")
    seen = []

    def resume():
        wait_until(lambda: run.status().state is RunState.PAUSED)
        seen.append(run.rows())
        run.send("resume")

    def pause():
        run.send("pause")
        threading.Thread(target=resume).start()

    assert train_objective(objective, run, draws(objective, EXAMPLES, {8: pause})).state is RunState.FINISHED
    assert seen[0][-1].step == 8
    assert metrics(run) == metrics(whole)


def test_a_stop_while_paused_is_followed(objective, tmp_path):
    run = file(tmp_path / "paused")

    def stop():
        wait_until(lambda: run.status().state is RunState.PAUSED)
        run.send("stop")

    def pause():
        run.send("pause")
        threading.Thread(target=stop).start()

    assert train_objective(objective, run, draws(objective, EXAMPLES, {8: pause})).state is RunState.STOPPED


def test_what_fails_leaves_a_sentence(objective, tmp_path):
    run = file(tmp_path / "failed")

    def fail():
        raise RuntimeError("The process that draws ended.")

    with pytest.raises(RuntimeError):
        train_objective(objective, run, draws(objective, EXAMPLES, {8: fail}))
    status = run.status()
    assert (status.state, status.error) == (RunState.FAILED, "The process that draws ended.")
