"""Both ends of an execution hear of each other, however long it takes to send, and notice who is silent."""

import pytest

from core.cluster.channel import MAX_WAITING, Inbox, Outbox
from core.cluster.file_pieces import Piece
from core.config.train_config import TrainConfig
from core.jobs import cluster_execution, cluster_task
from core.jobs.cluster_execution import Execution, ExecutionLostError
from core.jobs.cluster_task import BEAT_S, LEASE_S
from tests.support.fake_cluster import Clock, Queues

SLOW = 40  # pieces, of which each takes a few seconds
PIECE_S = 5.0


class Training:
    """A training process that lives for some polls."""

    stdin = None
    returncode = 0

    def __init__(self, polls=1):
        self._polls = polls

    def poll(self):
        self._polls -= 1
        return None if self._polls >= 0 else 0

    def kill(self):
        pass

    wait = kill


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    clock.stand_in(monkeypatch)
    Queues().stand_in(monkeypatch)
    return clock


@pytest.fixture
def execution(store, clock):
    return Execution(None, "x", "host", store.create(TrainConfig()))


@pytest.fixture
def slow_pieces(monkeypatch, clock):
    """Have what is sent to a training be many pieces that take a while each."""

    def pieces(*_):
        for number in range(SLOW):
            clock.sleep(PIECE_S)
            yield Piece(f"run/{number}", 0, b"", True)

    monkeypatch.setattr(cluster_execution, "sent_pieces", pieces)


def test_a_run_whose_files_take_long_to_send_is_begun(store, clock, execution, slow_pieces):
    outbox, inbox = Outbox(None, "x-out"), Inbox(None, "x-in")
    got = []

    def work():
        got.extend(inbox.receive())
        outbox.send("beat")

    clock.meanwhile = work
    execution.start(store, lambda: None)
    got.extend(inbox.receive())
    assert [kind for kind, _ in got] == ["piece"] * SLOW + ["start"]
    assert list(execution.receive()) == []


def test_a_worker_that_is_silent_while_files_are_sent_is_lost(store, clock, execution, slow_pieces):
    clock.meanwhile = Inbox(None, "x-in").receive
    with pytest.raises(ExecutionLostError, match="not heard of for 30 s"):
        execution.start(store, lambda: None)


def test_a_worker_says_that_it_is_there_while_it_is_sent_files(clock, tmp_path, monkeypatch):
    outbox, inbox = Outbox(None, "x-in"), Inbox(None, "x-out")
    silences, sent = [clock.now], iter([*range(SLOW)])
    monkeypatch.setattr(cluster_task, "_WAIT_S", PIECE_S)
    monkeypatch.setattr(cluster_task.launcher, "start_cluster_training", lambda *_: Training())

    def follow():
        arrived = inbox.receive()
        silences.extend([clock.now] * bool(arrived))
        if ("ended", 0) in arrived:
            outbox.close()
            return
        number = next(sent, None)
        outbox.send(*(("start",) if number is None else ("piece", [f"r/{number}", 0, b"", True])))

    clock.meanwhile = follow
    (tmp_path / "r").mkdir()
    cluster_task._Execution(None, "x", tmp_path, "r").carry_out()
    assert len(silences) > SLOW and max(b - a for a, b in zip(silences, silences[1:], strict=False)) <= 2 * PIECE_S


def test_a_worker_that_has_much_to_send_hears_its_follower_meanwhile(clock, tmp_path, monkeypatch):
    outbox, inbox = Outbox(None, "x-in"), Inbox(None, "x-out")
    got = []

    def follow():
        got.extend(inbox.receive())
        if ("ended", 0) in got:
            outbox.close()
        else:
            outbox.send("beat")

    def changes(_):
        for number in range(2 * SLOW):
            clock.sleep(PIECE_S)
            yield Piece("metrics.jsonl", number, b"\n")

    monkeypatch.setattr(cluster_task.FolderWatcher, "changes", changes)
    monkeypatch.setattr(cluster_task.launcher, "start_cluster_training", lambda *_: Training())
    clock.meanwhile = follow
    (tmp_path / "r").mkdir()
    outbox.send("start")
    cluster_task._Execution(None, "x", tmp_path, "r").carry_out()
    assert [kind for kind, _ in got if kind != "beat"] == ["piece"] * 4 * SLOW + ["ended"]


@pytest.mark.parametrize("is_follower", [True, False])
def test_whoever_writes_slowly_says_that_it_is_there(store, clock, execution, tmp_path, monkeypatch, is_follower):
    other = Outbox(None, "x-out" if is_follower else "x-in")
    for number in range(MAX_WAITING):
        name = f"snapshots/{number}.npz" if is_follower else f"r/{number}"
        other.send("piece", [name, 0, b"", True])
    monkeypatch.setattr("core.cluster.file_pieces.PieceWriter.write", lambda *_: clock.sleep(BEAT_S + 0.5))
    if is_follower:
        list(execution.receive())
    else:
        cluster_task._Execution(None, "x", tmp_path, "r")._receive()
    beats = Inbox(None, "x-in" if is_follower else "x-out").receive()
    assert len(beats) == MAX_WAITING and clock.now > 1000 + LEASE_S
