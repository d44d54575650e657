"""The commands of a run that trains: followed once, at the step that their mark says, also after it was resumed."""

import pytest

from core.config.train_config import TrainConfig
from core.runs.commands import CommandName
from core.runs.plan import TrainingPlan
from core.runs.schema import MarkKind
from core.training.command_listener import CommandListener

STEPS_PER_EPOCH = 10


@pytest.fixture
def run(store):
    return store.create(TrainConfig(epochs=5))


def listen(run):
    """A listener as a worker that begins or resumes the run makes it."""
    return CommandListener(run, TrainingPlan(run.config(), STEPS_PER_EPOCH, run.marks()))


def marks(run):
    return [(mark.kind, mark.step, mark.value, mark.acknowledged) for mark in run.marks()]


def test_a_command_is_followed_once_and_marked_where_it_took_effect(run):
    listener = listen(run)
    listener.poll(0, 0.0)
    assert marks(run) == [] and listener.halt is None
    run.send("extend", 3)
    listener.poll(12, 1.5)
    listener.poll(13, 1.6)
    assert marks(run) == [(MarkKind.EXTEND, 12, 3, 1)] and listener.plan.epochs == 8
    (mark,) = run.marks()
    assert (mark.epoch, mark.elapsed_s) == (1.2, 1.5) and mark.time > 0


def test_a_rate_set_by_hand_holds_from_the_next_step(run):
    listener = listen(run)
    run.send("rate", 0.25)
    listener.poll(20, 2.0)
    assert listener.plan.rates(19, 21).tolist() == pytest.approx([run.config().learning_rate, 0.25])


def test_what_halts_the_run_follows_from_all_its_commands(run):
    listener = listen(run)
    for name, halt in (("pause", CommandName.PAUSE), ("resume", None), ("stop_after_epoch", "stop_after_epoch")):
        run.send(name)
        listener.poll(1, 0.1)
        assert listener.halt == halt
    run.send("stop")
    listener.poll(2, 0.2)
    run.send("pause")
    listener.poll(3, 0.3)
    assert listener.halt is CommandName.STOP, "only a resume takes back a stop"


def test_a_resumed_run_follows_no_command_twice(run):
    run.send("extend", 3)
    listen(run).poll(5, 0.5)
    run.send("rate", 0.25)
    resumed = listen(run)
    assert resumed.plan.epochs == 8
    resumed.poll(7, 0.7)
    assert resumed.plan.epochs == 8
    assert marks(run) == [(MarkKind.EXTEND, 5, 3, 1), (MarkKind.RATE, 7, 0.25, 2)]


def test_a_place_in_the_queue_is_no_mark(run):
    run.send("first")
    run.send("rate", 0.25)
    listen(run).poll(0, 0.0)
    assert marks(run) == [(MarkKind.RATE, 0, 0.25, 2)]


def test_an_extension_that_was_stopped_before_it_was_received_is_cancelled(run):
    for name, value in (("extend", 3), ("stop", None), ("resume", None)):
        run.send(name, value)
    listener = listen(run)
    listener.poll(0, 0.0)
    assert listener.plan.epochs == 5 and listener.halt is None
    assert [mark.kind for mark in run.marks()] == [MarkKind.STOP, MarkKind.RESUME]


def test_an_early_end_changes_what_an_extension_adds_to(run):
    listener = listen(run)
    listener.mark(MarkKind.ENDED_EARLY, 20, 2.0)
    run.send("extend", 1)
    listener.poll(20, 2.0)
    assert listener.plan.epochs == 3
