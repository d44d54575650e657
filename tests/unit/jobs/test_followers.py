"""The followers that a process has started: which one follows a run, and when it ends."""

import json
import os

import pytest

from core.config.train_config import TrainConfig
from core.jobs import followers, launcher
from core.jobs.followers import IDLE_S, Followers, has_followed
from core.runs.commands import CommandName
from core.runs.schema import RunState, Status
from tests.support.fake_cluster import Clock


class Process:
    """A follower that follows nothing but notes what it is told."""

    pid = os.getpid()  # of a process that lives, so that a run of it is live

    def __init__(self, run_id):
        self.told, self.returncode, self.stdin = [run_id], None, self
        self.closed = False

    def poll(self):
        return self.returncode

    def write(self, line):
        if self.returncode is not None:
            raise BrokenPipeError
        self.told.append(json.loads(line)[1])

    def flush(self):
        pass

    def close(self):
        self.closed = True


@pytest.fixture
def started(monkeypatch):
    """The followers that were started."""
    processes = []

    def start(root, run_id, log):
        processes.append(Process(run_id))
        return processes[-1]

    monkeypatch.setattr(launcher, "start_follower", start)
    return processes


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(followers, "time", clock)
    return clock


@pytest.fixture
def new_run(store):
    return lambda: store.create(TrainConfig(), lambda new: new.set_cluster("tcp://127.0.0.1:9"))


def write_status(run, state):
    run.write_status(Status.of_this_process() if state is RunState.RUNNING else Status(state, pid=os.getpid()))


def test_a_follower_whose_run_has_ended_is_given_the_next_run(started, clock, new_run):
    followed, (first, second, third) = Followers(), [new_run() for _ in range(3)]
    followed.follow(first)
    write_status(first, RunState.RUNNING)
    followed.look_after()
    followed.follow(second)
    assert [each.told for each in started] == [[first.id], [second.id]]
    write_status(first, RunState.FINISHED)
    followed.look_after()
    followed.follow(third)
    followed.follow(third)
    assert [each.told for each in started] == [[first.id, third.id], [second.id]]


def test_a_run_that_is_resumed_is_followed_again_by_the_same_process(started, clock, new_run):
    followed, run = Followers(), new_run()
    followed.follow(run)
    write_status(run, RunState.STOPPED)
    run.send(CommandName.RESUME)
    followed.look_after()
    followed.follow(run)
    followed.follow(run)
    assert [each.told for each in started] == [[run.id, run.id]]


def test_a_follower_that_has_waited_long_enough_takes_no_run_any_more(started, clock, new_run):
    followed, run, other = Followers(), new_run(), new_run()
    followed.follow(run)
    write_status(run, RunState.FINISHED)
    followed.look_after()
    clock.now += IDLE_S + 0.1
    followed.look_after()
    assert started[0].closed
    followed.follow(other)
    assert started[1].told == [other.id]


def test_a_run_that_was_deleted_keeps_no_follower(started, clock, new_run, store):
    followed, run = Followers(), new_run()
    followed.follow(run)
    write_status(run, RunState.RUNNING)
    followed.look_after()
    run.folder.rename(store.root / "elsewhere")
    followed.look_after()
    clock.now += IDLE_S + 0.1
    followed.look_after()
    assert started[0].closed


def test_one_that_ended_before_its_first_run_began_is_told_of_once(started, clock, new_run):
    followed, run = Followers(), new_run()
    followed.follow(run)
    started[0].returncode = 1
    assert followed.look_after() == [(run, started[0])]
    assert followed.look_after() == []


def test_the_run_of_one_that_was_killed_before_it_began_is_given_to_another(started, clock, new_run):
    followed, first, second = Followers(), new_run(), new_run()
    followed.follow(first)
    write_status(first, RunState.FINISHED)
    followed.look_after()
    followed.follow(second)
    started[0].returncode = -9
    assert followed.look_after() == []
    followed.follow(second)
    assert [each.told for each in started] == [[first.id, second.id], [second.id]]


def test_one_that_ends_at_the_very_moment_is_replaced(started, clock, new_run):
    followed, first, second = Followers(), new_run(), new_run()
    followed.follow(first)
    write_status(first, RunState.FINISHED)
    followed.look_after()
    started[0].poll = lambda: None  # it is not known yet
    started[0].returncode = -9
    followed.follow(second)
    assert [each.told for each in started] == [[first.id], [second.id]]


def test_no_more_than_so_many_are_started(started, clock, new_run, monkeypatch):
    monkeypatch.setattr(followers, "MAX_FOLLOWERS", 2)
    followed, runs = Followers(), [new_run() for _ in range(3)]
    for run in runs:
        followed.follow(run)
    assert [each.told for each in started] == [[run.id] for run in runs[:2]]


def test_a_run_is_followed_to_its_end_by_who_wrote_that(new_run):
    run = new_run()
    assert not has_followed(run, os.getpid())
    write_status(run, RunState.FINISHED)
    assert has_followed(run, os.getpid()) and not has_followed(run, os.getpid() + 1)
