"""The task of a worker: it has each model once, says what it cannot read, and refuses another version's shards."""

from dataclasses import replace

import cv2
import pytest

from core.bulk import cluster_task
from core.bulk.asked import SENT_MODEL, FileFormat, fingerprint, model_files
from core.bulk.cluster_task import MAX_READERS, read_task
from core.bulk.shards import ShardTask, Unread, read_shard
from core.cluster import ClusterError
from core.cluster.source_version import VERSION
from core.networks.safe_loading import ModelError
from core.storage.recent_slots import RecentSlots
from tests.support.scans import lines_of

TASK = ShardTask(None, True, FileFormat.CSV, "fingerprint")


def by(model):
    """The task of a model with that fingerprint."""
    return replace(TASK, fingerprint=model)


@pytest.fixture
def loaded(reader, monkeypatch):
    """The files of each model that a worker has loaded, None for the shipped one; the reader is the shipped one's."""
    loaded = []

    def load(path):
        loaded.append(path and {each.name: each.read_bytes() for each in path.parent.iterdir()})
        folders.append(path and path.parent)
        return reader

    folders = []
    monkeypatch.setattr(cluster_task, "load_reader", load)
    monkeypatch.setattr(cluster_task, "_readers", RecentSlots(cluster_task.MAX_READERS))
    yield loaded
    assert not any(each.exists() for each in folders if each), "a model's files are removed once it is loaded"


def test_a_worker_asks_for_a_model_that_it_has_not_got_and_loads_each_once(reader, folder, loaded):
    lines, files = lines_of(folder), model_files(None)
    shipped, other = fingerprint(files), fingerprint(files | {"sent.json": b"{}"})
    for _ in range(2):
        assert read_task(lines, by(shipped), None, VERSION) == read_shard(reader, lines, TASK)
    assert read_task(lines, by(other), None, VERSION) is None
    for sent in (files, None):
        assert read_task(lines, by(other), sent, VERSION) == read_shard(reader, lines, TASK)
    assert loaded == [None, files]


def test_models_of_readings_at_the_same_time_are_not_sent_and_loaded_again_and_again(loaded):
    models = [f"model {number}" for number in range(MAX_READERS)]
    for model in models:
        assert read_task([], by(model), {SENT_MODEL: model.encode()}, VERSION) is not None
    assert all(read_task([], by(model), None, VERSION) is not None for model in models)
    assert read_task([], by("one more"), {SENT_MODEL: b""}, VERSION) is not None
    assert read_task([], by(models[0]), None, VERSION) is None, "it was used longest ago"
    assert len(loaded) == MAX_READERS + 1


def test_a_model_that_cannot_be_loaded_leaves_no_files(monkeypatch, tmp_path):
    monkeypatch.setattr(cluster_task, "make_folder", lambda: tmp_path)
    with pytest.raises(ModelError):
        read_task([], by("damaged"), {SENT_MODEL: b"no model"}, VERSION)
    assert not tmp_path.exists()


def test_a_worker_of_another_version_refuses_to_read(loaded):
    with pytest.raises(ClusterError, match=r"has another version of this project .*start the worker again\.$"):
        read_task([], by("model"), None, "another")


def test_a_worker_says_why_a_shard_cannot_be_read_and_raises_why_a_model_cannot(reader, folder, monkeypatch):
    shipped = fingerprint(model_files(None))
    monkeypatch.setattr(cluster_task, "_readers", RecentSlots(1))
    monkeypatch.setattr(cluster_task, "load_reader", fail(ModelError("The model is damaged.")))
    with pytest.raises(ModelError, match="The model is damaged"):
        read_task(lines_of(folder), by(shipped), None, VERSION)
    monkeypatch.setattr(cluster_task, "load_reader", lambda path: reader)
    for error, words in ((MemoryError(), "MemoryError"), (cv2.error("(-215) ssize.empty()"), "(-215) ssize.empty()")):
        monkeypatch.setattr(cluster_task, "read_shard", fail(error))
        found = read_task(lines_of(folder), by(shipped), None, VERSION)
        assert found == Unread(f"Reading it failed: {words}. It was passed over.")


def fail(error):
    def call(*_):
        raise error

    return call
