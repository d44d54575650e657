"""Shards given to processes and to a cluster: each is read once, whoever dies, and a picture that kills is one row."""

import psutil
import pytest

from core.bulk import local_processes
from core.bulk import on_cluster as on_cluster_module
from core.bulk.asked import FileFormat
from core.bulk.items import Item
from core.bulk.local_processes import default_processes, read_locally
from core.bulk.on_cluster import ClusterReading
from core.bulk.part_files import parse_part
from core.bulk.shards import CRASHED, Shard, ShardTask, Unread
from core.cluster import ClusterError
from core.cluster.source_version import VERSION
from tests.support.shard_process import part_of

UNREAD = "Reading it failed: as OpenCV says. It was passed over."
TASK = ShardTask(None, True, FileFormat.CSV)


def shards(names=("a", "b", "c", "d"), count=3):
    return [Shard(number, tuple(Item(f"/{number}/{name}").to_line() for name in names)) for number in range(count)]


def rows(found):
    """The sources and errors of each shard, by its number."""
    return {
        shard.number: [(row["source"], row["error"]) for row in parse_part(part.data, FileFormat.CSV)]
        for shard, part in found
    }


def expected(given):
    return rows((shard, part_of(shard.lines, TASK)) for shard in given)


# processes


@pytest.fixture
def read(tmp_path, monkeypatch):
    monkeypatch.setattr(local_processes, "_MODULE", "tests.support.shard_process")
    return lambda given, task=TASK, processes=2: read_locally(iter(given), task, processes, tmp_path / "log")


def children():
    return {each.pid for each in psutil.Process().children(recursive=True)}


def test_each_shard_is_read_once_and_no_process_stays(read):
    before = children()
    found = list(read(shards(count=20)))
    assert len(found) == 20 and rows(found) == expected(shards(count=20))
    assert children() <= before


def test_a_picture_that_ends_its_processes_is_a_row_and_the_others_are_read(read):
    given = [*shards(count=2), *shards(("a", "crash", "c"), 3)[2:]]
    found = rows(read(given))
    assert found == expected(given) | {2: [("/2/a", "as a test"), ("/2/crash", CRASHED), ("/2/c", "as a test")]}


def test_a_picture_whose_reading_raises_is_a_row_and_the_others_are_read(read):
    given = [*shards(count=2), *shards(("a", "raise", "c"), 3)[2:]]
    found = rows(read(given, processes=1))
    assert found == expected(given) | {2: [("/2/a", "as a test"), ("/2/raise", UNREAD), ("/2/c", "as a test")]}


def test_processes_end_when_nobody_wants_more(read):
    before = children()
    reading = read(shards(count=1000))
    next(reading)
    reading.close()
    assert children() <= before


@pytest.mark.parametrize(
    ("model", "words"), [("refuse", "ended before it began"), ("damaged", "The model is damaged.")]
)
def test_processes_that_cannot_begin_say_so(read, model, words):
    with pytest.raises(RuntimeError, match=words):
        list(read(shards(), ShardTask(model, True, FileFormat.CSV)))


def test_what_the_shards_raise_is_raised(read):
    def broken():
        yield shards()[0]
        raise OSError("the listing is gone")

    with pytest.raises(OSError, match="the listing is gone"):
        list(read(broken()))


def test_there_is_a_process_at_least():
    assert default_processes() >= 1


# a cluster


class KilledWorker(Exception):
    """As Dask's."""


class Future:
    def __init__(self, status, value):
        self.status, self._value = status, value

    def result(self):
        return self._value

    exception = result

    def add_done_callback(self, call):
        call(self)


class Client:
    """Carries out each task at once; one that holds "crash" kills workers, and the first ones lack the model."""

    status = "running"

    def __init__(self, without_model=0, ends_after=1000):
        self.submitted, self._without_model, self._ends_after = [], without_model, ends_after

    def scheduler_info(self, n_workers):
        return {"workers": {"a": {"nthreads": 1}}}

    def cancel(self, futures, force):
        assert futures == [] or self._ends_after < 1000

    def submit(self, function, lines, task, model, files, version, pure):
        assert version == VERSION
        self.submitted.append((lines, files))
        if len(self.submitted) > self._ends_after:
            self.status = "closed"
            return Future("lost", None)
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
    return ClusterReading(client, TASK, "fingerprint", {"sent.keras": b"x"}, True).read(iter(given))


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


def test_a_model_that_is_sent_counts_among_what_the_scheduler_holds(monkeypatch):
    monkeypatch.setattr(on_cluster_module, "_MAX_SENT_BYTES", 1)
    client, held = Client(without_model=1), []
    reading = ClusterReading(client, TASK, "fingerprint", {"sent.keras": b"xy"}, shares_paths=True)
    submit = client.submit

    def note(*arguments, pure):
        held.append(reading.sent_bytes)
        return submit(*arguments, pure=pure)

    client.submit = note
    assert rows(reading.read(iter(shards(count=2)))) == expected(shards(count=2))
    assert held[:3] == [0, 0, 2] and reading.sent_bytes == 0
