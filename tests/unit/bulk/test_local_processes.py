"""Shards given to processes: each is read once, whichever dies, and a picture that kills is one row."""

import psutil
import pytest

from core.bulk import local_processes
from core.bulk.asked import FileFormat
from core.bulk.local_processes import default_processes, read_locally
from core.bulk.shards import CRASHED, ShardTask
from tests.support.shards import TASK, UNREAD, expected, rows, shards


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
        list(read(shards(), ShardTask(model, True, FileFormat.CSV, "fingerprint")))


def test_what_the_shards_raise_is_raised(read):
    def broken():
        yield shards()[0]
        raise OSError("the listing is gone")

    with pytest.raises(OSError, match="the listing is gone"):
        list(read(broken()))


def test_there_is_a_process_at_least():
    assert default_processes() >= 1
