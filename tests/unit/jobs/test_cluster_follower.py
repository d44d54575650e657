"""What a run's follower does when its worker, its task or its scheduler is lost."""

import contextlib
import errno
import io
import json
import os
import re
import sys

import pytest
from filelock import FileLock

from core.cluster.channel import ConnectionLostError
from core.cluster.file_pieces import Piece
from core.config.train_config import TrainConfig
from core.jobs import cluster_execution, cluster_follower
from core.jobs.cluster_patience import MAX_LOSSES, RECONNECT_S
from core.runs.commands import CommandName
from core.runs.liveness import CLUSTER_GONE
from core.runs.schema import RunState
from tests.support.fake_cluster import Client, Clock, Queues, works

ADDRESS = "tcp://127.0.0.1:9"


@pytest.fixture
def queues(monkeypatch):
    queues = Queues()
    queues.stand_in(monkeypatch)
    return queues


@pytest.fixture
def clock(monkeypatch, queues):
    clock = Clock()
    clock.stand_in(monkeypatch)
    return clock


@pytest.fixture
def run(store):
    return store.create(TrainConfig(), lambda new: new.set_cluster(ADDRESS))


@pytest.fixture
def follow(store, run, clock, monkeypatch):
    """Follow the run on a cluster of these workers to its end; return the client."""
    monkeypatch.setattr(cluster_follower.scheduler, "start_next", lambda store: None)

    def follow(*workers, prepare=lambda client: None):
        client = Client(clock, *workers)
        client.stand_in(monkeypatch)
        prepare(client)
        cluster_follower.follow(run)
        return client

    return follow


def falls_silent(worker):
    """Begin, and be killed without a word."""
    worker.announce()
    yield


def sends_a_checkpoint(worker):
    """Train an epoch, and be killed."""
    worker.announce()
    while not worker.receive():
        yield
    worker.send("checkpoint.npz", b"weights")
    yield


def has_no_room(worker):
    """End with an error, of which the follower hears later than of the closed channels."""
    worker.announce()
    while not worker.receive():
        yield
    worker.inbox.close()
    worker.outbox.close()
    yield
    yield
    worker.fail(OSError(errno.ENOSPC, "No space left"))


def sent(number):
    return Piece(f"run/{number}", 0, b"", True)


def test_what_is_trained_elsewhere_is_the_runs_own(follow, run, queues):
    client = follow(works)
    status = run.status()
    assert status.state is RunState.FINISHED and status.pid == os.getpid() and status.train_s == 2.0
    assert f"{run.id}/config.json" in [piece[0] for kind, piece in client.workers[0].got if kind == "piece"]
    assert queues.items == {}, "nothing is left in the scheduler"


def test_workers_that_fall_silent_are_given_up_after_some(follow, run, queues):
    client = follow(falls_silent)
    assert run.status().state is RunState.FAILED and len(client.workers) == MAX_LOSSES + 1
    sentence = "The run was given to the cluster 6 times and lost, each time before a checkpoint came back. The last "
    assert run.status().error.startswith(sentence + "time: the worker on host-5 is lost: it was not heard of for 30 s.")
    assert queues.items == {}, "those who were killed have left nothing either"


def test_a_run_that_comes_on_is_not_given_up(follow, run):
    workers = [falls_silent] * MAX_LOSSES + [sends_a_checkpoint] + [falls_silent] * (MAX_LOSSES - 1)
    assert len(follow(*workers, works).workers) == 2 * MAX_LOSSES + 1
    assert run.status().state is RunState.FINISHED


def test_a_worker_that_takes_nothing_is_lost(follow, run, queues, monkeypatch):
    monkeypatch.setattr(cluster_execution, "sent_pieces", lambda *_: map(sent, range(100)))
    client = follow(falls_silent)
    assert len(client.workers) == MAX_LOSSES + 1 and "does not answer any more (TimeoutError)" in run.status().error
    assert queues.items == {}


def test_the_workers_own_error_is_the_reason(follow, run):
    follow(has_no_room)
    assert "the worker on host-5 is lost: its task ended (OSError: No space is left on the disk." in run.status().error


def test_a_task_that_fails_while_files_are_sent_is_lost_at_once(follow, run, clock, monkeypatch, capsys):
    def fails(worker):
        worker.announce()
        yield
        worker.fail(ImportError("no module"))

    def pieces(*_):
        for number in range(20):
            clock.sleep(1)
            yield sent(number)

    monkeypatch.setattr(cluster_execution, "sent_pieces", pieces)
    follow(fails, works)
    assert run.status().state is RunState.FINISHED
    assert "its task ended (ImportError: no module)" in capsys.readouterr().out
    assert clock.now < 1000 + 30


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (lambda worker: worker.send("../notes.json"), "is no file that a training writes"),
        (lambda worker: worker.outbox.send("ended", -9), "ended with exit code -9"),
        (lambda worker: setattr(worker.future, "status", "finished"), "its task ended before the training did"),
        (lambda worker: setattr(worker.future, "status", "lost"), r"its task ended \(lost\)"),
    ],
)
def test_what_is_wrong_with_an_execution_is_said(follow, run, capsys, end, reason):
    def ends(worker):
        worker.announce()
        while not worker.receive():
            yield
        end(worker)
        while worker.future.status != "cancelled":
            yield
            with contextlib.suppress(ConnectionLostError):
                worker.outbox.send("beat")

    client = follow(ends, works)
    assert run.status().state is RunState.FINISHED and len(client.workers) == 2
    assert re.search(f"The worker on host-0 is lost: .*{reason}", capsys.readouterr().out)


def test_a_task_that_another_worker_begins_again_is_followed_there(follow, run, queues, capsys):
    def is_killed(worker):
        worker.announce()
        while not worker.receive():
            yield
        worker.client.begin(worker.task, worker.future)

    client = follow(is_killed, works)
    assert run.status().state is RunState.FINISHED and len(client.workers) == 2
    assert "host-0 is lost: its task was begun again by another worker" in capsys.readouterr().out
    assert queues.items == {}


def test_a_scheduler_that_is_killed_again_and_again_says_nothing_against_the_run(follow, run, queues):
    def loses_its_scheduler(worker):
        worker.announce()
        while not worker.receive():
            yield
        worker.client.status = "connecting"
        queues.items.clear()
        queues.opened.clear()

    client = follow(*[loses_its_scheduler] * 3 * MAX_LOSSES, works)
    assert run.status().state is RunState.FINISHED and len(client.workers) == 3 * MAX_LOSSES + 1


@pytest.mark.parametrize("lacks", ["is_there", "slots"])
def test_a_cluster_that_is_not_there_is_waited_for_so_long(follow, run, clock, lacks):
    follow(works, prepare=lambda client: setattr(client, lacks, 0))
    assert run.status().state is RunState.FAILED and run.status().error.endswith(CLUSTER_GONE)
    assert RECONNECT_S < clock.now - 1000 < RECONNECT_S + 20


def test_a_worker_of_another_version_is_refused(follow, run, queues):
    def is_older(worker):
        worker.announce(version="another")
        yield

    follow(is_older)
    assert "The worker on host-0 has another version of this project (another;" in run.status().error


def test_a_run_that_waits_for_a_worker_can_be_stopped(follow, run):
    def stops(worker):
        run.send(CommandName.STOP)
        yield

    follow(stops)
    assert run.status().state is RunState.STOPPED


@pytest.fixture
def follow_all(store, clock, monkeypatch, tmp_path):
    """Have a follower's process follow a run, then those that it is told; return what it writes to who started it."""
    started, said = [], tmp_path / "said"
    monkeypatch.setattr(cluster_follower.scheduler, "start_next", started.append)

    def follow_all(first, *lines):
        Client(clock, works).stand_in(monkeypatch)
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        kept = os.dup(1), os.dup(2)
        try:
            with open(said, "wb") as output:
                os.dup2(output.fileno(), 1)
            monkeypatch.setattr(sys, "stdout", open(1, "w", closefd=False))  # noqa: SIM115  # as in a process of its own
            cluster_follower.main(str(store.root), first.id)
        finally:
            for number, fd in enumerate(kept, 1):
                os.dup2(fd, number)
                os.close(fd)
        assert len(started) == 1, "what waits is started when it ends, not while it may be told more"
        return said.read_bytes()

    return follow_all


def test_a_follower_follows_one_run_after_the_other(follow_all, store, run):
    gone, second = "20000101-000000-000000", store.create(TrainConfig(), lambda new: new.set_cluster(ADDRESS))
    assert follow_all(run, json.dumps([str(store.root), second.id]), json.dumps([str(store.root), gone])) == b"\n\n"
    assert [each.status().state for each in (run, second)] == [RunState.FINISHED] * 2
    for each in (run, second):
        assert each.log_path.read_text().count("Trained on") == 1, "each run's log has what was printed of it"


def test_that_a_run_ends_is_said_before_it_can_be_read(store, run, clock, monkeypatch):
    """Who starts the next run when this one has ended then finds that there is a follower for it."""
    Client(clock, works).stand_in(monkeypatch)
    seen = []
    cluster_follower.follow(run, lambda: seen.append(run.status().state))
    assert seen == [RunState.RUNNING] and run.status().state is RunState.FINISHED


def test_a_follower_that_could_not_take_a_run_may_be_told_another(follow_all, store, run):
    second = store.create(TrainConfig(), lambda new: new.set_cluster(ADDRESS))
    with FileLock(run.follower_lock_path):
        assert follow_all(run, json.dumps([str(store.root), second.id])) == b"\n\n"
    assert run.is_waiting() and second.status().state is RunState.FINISHED


def test_a_follower_leaves_a_run_that_another_process_has(store, run):
    with FileLock(run.follower_lock_path):
        assert cluster_follower.follow(run) == cluster_follower.scheduler.EXIT_NOT_ACQUIRED
