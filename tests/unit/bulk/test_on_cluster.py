"""Shards given to a cluster: each is read once, whoever dies, and a picture that kills is one row."""

import pytest

from core.bulk import on_cluster as on_cluster_module
from core.bulk.on_cluster import ClusterReading
from core.bulk.shards import CRASHED, Unread
from core.cluster import ClusterError
from core.cluster.source_version import VERSION
from tests.support.shard_process import part_of
from tests.support.shards import TASK, UNREAD, expected, rows, shards


class KilledWorker(Exception):
    """As Dask's."""


class Future:
    def __init__(self, status, value):
        self.status, self._value = status, value

    def result(self, timeout):
        return self._value

    def exception(self):
        return self._value

    def add_done_callback(self, call):
        call(self)


class Client:
    """Carries out each task at once; one that holds "crash" kills workers, and the first ones lack the model."""

    status = "running"

    def __init__(self, without_model=0, ends_after=1000):
        self.submitted, self._without_model, self._ends_after = [], without_model, ends_after

    def scheduler_info(self, n_workers):
        return {"workers": {"a": {"nthreads": 1, "status": "running"}}}

    def cancel(self, futures, force):
        assert futures == [] or self._ends_after < 1000

    def submit(self, function, lines, task, files, version, pure):
        assert version == VERSION
        self.submitted.append((lines, files))
        if len(self.submitted) > self._ends_after:
            self.status = "closed"
            return Future("cancelled", None)
        if len(self.submitted) <= self._without_model:
            return Future("finished", None)
        if any(b"crash" in line for line in lines):
            return Future("error", KilledWorker("three of them"))
        if any(b"raise" in line for line in lines):
            return Future("finished", Unread(UNREAD))
        if any(b"old" in line for line in lines):
            return Future("error", ClusterError("The worker on a has another version."))
        if any(b"broken" in line for line in lines):
            return Future("error", ValueError("The model is damaged."))
        return Future("finished", part_of(lines, task))


def on_cluster(client, given):
    return ClusterReading(client, TASK, {"sent.keras": b"x"}, True).read(iter(given))


def test_a_cluster_reads_each_shard_once():
    client = Client()
    assert rows(on_cluster(client, shards(count=9))) == expected(shards(count=9)) and len(client.submitted) == 9


def test_the_model_is_sent_to_a_worker_that_asks_for_it():
    client = Client(without_model=2)
    assert rows(on_cluster(client, shards())) == expected(shards())
    assert sorted(files is not None for _, files in client.submitted) == [False, False, False, True, True]


def test_a_picture_that_kills_workers_is_a_row():
    given = shards(("a", "b", "crash", "d", "e"), 1)
    (found,) = rows(on_cluster(Client(), given)).values()
    assert found == [
        (f"/0/{name}", CRASHED if name == "crash" else "as a test") for name in ("a", "b", "crash", "d", "e")
    ]


def test_a_picture_whose_reading_raises_on_a_worker_is_a_row():
    given = shards(("a", "b", "raise", "d", "e"), 1)
    (found,) = rows(on_cluster(Client(), given)).values()
    assert found == [
        (f"/0/{name}", UNREAD if name == "raise" else "as a test") for name in ("a", "b", "raise", "d", "e")
    ]


def test_a_scheduler_that_is_gone_and_a_worker_that_cannot_read_end_the_reading_in_a_sentence():
    with pytest.raises(RuntimeError, match="The scheduler of the cluster is gone. What was read is kept"):
        list(on_cluster(Client(ends_after=2), shards(count=5)))
    with pytest.raises(RuntimeError, match="A worker could not read: The model is damaged"):
        list(on_cluster(Client(), shards(("broken",))))
    with pytest.raises(ClusterError, match=r"^The worker on a has another version\.$"):
        list(on_cluster(Client(), shards(("old",))))


class Waiting(Future):
    """A task that no worker takes."""

    def add_done_callback(self, call):
        pass


class LateFuture(Future):
    """A task that was done, whose worker was killed before its result was asked for."""

    def __init__(self, then, value=None):
        super().__init__("finished", value)
        self._then = then

    def result(self, timeout):
        self.status = self._then
        raise TimeoutError if self._then == "pending" else self._value


def losing(client, *losses):
    """Let the first tasks of a client be these instead of what they are."""
    submit, left = client.submit, list(losses)

    def lose(*arguments, pure):
        found = submit(*arguments, pure=pure)
        return left.pop(0) if left else found

    client.submit = lose
    return client


@pytest.mark.parametrize("loss", [Future("lost", None), LateFuture("pending")])
def test_a_result_that_is_lost_with_its_worker_is_asked_for_again(loss):
    client = losing(Client(), loss)
    assert rows(on_cluster(client, shards())) == expected(shards()) and len(client.submitted) == 4


def test_results_that_are_lost_each_time_end_the_reading_in_a_sentence():
    client = losing(Client(), *[LateFuture("pending") for _ in range(100)])
    with pytest.raises(RuntimeError, match=r"^What the workers read is lost .* what arrived is kept\.$"):
        list(on_cluster(client, shards(count=1)))
    assert len(client.submitted) < 100


def test_a_task_that_is_given_up_while_its_result_is_fetched_is_read_in_halves():
    client = losing(Client(), LateFuture("error", KilledWorker("four of them")))
    assert rows(on_cluster(client, shards())) == expected(shards()) and len(client.submitted) == 5


@pytest.mark.parametrize(
    ("workers", "words"),
    [
        ({}, r"^The cluster has had no worker for a minute\."),
        ({"a": {"nthreads": 1, "status": "paused"}}, r"paused.*--memory-limit"),
    ],
)
def test_a_cluster_that_carries_out_nothing_for_a_minute_ends_the_reading(monkeypatch, workers, words):
    monkeypatch.setattr(on_cluster_module, "_MAX_WITHOUT_WORKER_S", 0.01)
    monkeypatch.setattr(on_cluster_module, "_MAX_PAUSED_S", 0.01)
    monkeypatch.setattr(on_cluster_module, "_WAIT_S", 0.02)
    monkeypatch.setattr(Client, "scheduler_info", lambda client, n_workers: {"workers": workers})
    monkeypatch.setattr(Client, "submit", lambda *_, pure: Waiting("pending", None))
    with pytest.raises(RuntimeError, match=words):
        list(on_cluster(Client(ends_after=0), shards()))


def test_a_model_that_is_sent_counts_among_what_the_scheduler_holds(monkeypatch):
    monkeypatch.setattr(on_cluster_module, "_MAX_SENT_BYTES", 1)
    client, held = Client(without_model=1), []
    reading = ClusterReading(client, TASK, {"sent.keras": b"xy"}, shares_paths=True)
    submit = client.submit

    def note(*arguments, pure):
        held.append(reading.sent_bytes)
        return submit(*arguments, pure=pure)

    client.submit = note
    assert rows(reading.read(iter(shards(count=2)))) == expected(shards(count=2))
    assert held[:3] == [0, 0, 2] and reading.sent_bytes == 0
