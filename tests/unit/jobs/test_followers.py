"""The followers that a process has started: which one follows a run."""

import json
import queue
import threading

import pytest

from core.config.train_config import TrainConfig
from core.jobs import followers, launcher
from core.jobs.followers import Followers


class Process:
    """A follower that follows nothing but notes what it is told; it is its own standard input and output."""

    def __init__(self, run_id):
        self.told, self.returncode, self.stdin, self.stdout = [run_id], None, self, self
        self._said, self._listened = queue.SimpleQueue(), threading.Semaphore(0)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def end_run(self):
        """Say that the run has ended, and return when that was heard."""
        self._said.put(b"\n")
        self._listened.acquire()
        self._listened.acquire()
        self._listened.release()

    def read(self, count):
        self._listened.release()
        return self._said.get()

    def poll(self):
        return self.returncode

    def write(self, line):
        self.told.append(json.loads(line)[1])

    def flush(self):
        if self.returncode is not None:
            raise BrokenPipeError

    close = flush


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
def new_run(store):
    return lambda: store.create(TrainConfig(), lambda new: new.set_cluster("tcp://127.0.0.1:9"))


def told(processes):
    return [each.told for each in processes]


def test_a_follower_whose_run_has_ended_is_given_the_next_run(started, new_run):
    followed, (first, second, third) = Followers(), [new_run() for _ in range(3)]
    followed.follow(first)
    followed.follow(second)
    assert told(started) == [[first.id], [second.id]]
    started[0].end_run()
    followed.follow(third)
    followed.follow(third)
    assert told(started) == [[first.id, third.id], [second.id]]


def test_a_run_that_is_resumed_is_followed_again_by_the_same_process(started, new_run):
    followed, run = Followers(), new_run()
    for _ in range(3):
        followed.follow(run)
        followed.follow(run)
        started[0].end_run()
    assert told(started) == [[run.id] * 3]


def test_one_that_ended_before_its_first_run_did_is_told_of_once(started, new_run):
    followed, run = Followers(), new_run()
    followed.follow(run)
    started[0].returncode = 1
    assert followed.drop_ended() == [(run, started[0])]
    assert followed.drop_ended() == []


def test_one_that_waited_in_vain_leaves_nothing(started, new_run):
    followed = Followers()
    followed.follow(new_run())
    started[0].end_run()
    started[0].returncode = 0
    assert followed.drop_ended() == []
    followed.follow(other := new_run())
    assert told(started)[1:] == [[other.id]]


def test_the_run_of_one_that_was_killed_before_it_began_is_given_to_another(started, new_run):
    followed, first, second = Followers(), new_run(), new_run()
    followed.follow(first)
    started[0].end_run()
    followed.follow(second)
    started[0].returncode = -9
    assert followed.drop_ended() == []
    followed.follow(second)
    assert told(started) == [[first.id, second.id], [second.id]]


def test_one_that_ends_at_the_very_moment_is_replaced_and_forgotten(started, new_run):
    followed, first, second = Followers(), new_run(), new_run()
    followed.follow(first)
    started[0].end_run()
    started[0].poll = lambda: None  # it is not known yet
    started[0].returncode = -9
    followed.follow(second)
    assert started[1].told == [second.id]
    del started[0].poll
    assert followed.drop_ended() == []
    followed.follow(second)
    assert len(started) == 2


def test_no_more_than_so_many_are_started(started, new_run, monkeypatch):
    monkeypatch.setattr(followers, "MAX_FOLLOWERS", 2)
    followed, runs = Followers(), [new_run() for _ in range(3)]
    for run in runs:
        followed.follow(run)
    assert told(started) == [[run.id] for run in runs[:2]]
