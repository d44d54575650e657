"""The folders in a folder: listed anew only where it has changed, and never out of date."""

import errno
import os
import re
import time
from pathlib import Path

import pytest

from core.config.train_config import TrainConfig
from core.runs import trash
from core.runs.store import RunStore
from core.storage import folder_listing
from core.storage.folder_listing import list_shown
from tests.support.runs import finished_status


def names(parent):
    return [Path(path).name for path in list_shown(parent)]


@pytest.fixture
def scans(monkeypatch):
    """The folders that were read, in their order."""
    read, real = [], os.scandir
    monkeypatch.setattr(folder_listing.os, "scandir", lambda path: read.append(path) or real(path))
    return read


@pytest.fixture
def old(tmp_path):
    """A folder with two others, changed an hour ago."""
    for name in ("b", "a", ".hidden", "not\nshown"):
        (tmp_path / name).mkdir()
    (tmp_path / "file").write_text("")
    os.utime(tmp_path, (time.time() - 3600, time.time() - 3600))
    return tmp_path


def test_a_folder_that_has_not_changed_is_read_once(old, scans):
    assert [names(old) for _ in range(3)] == [["a", "b"]] * 3 and scans == [old]


def test_what_comes_and_goes_is_seen_at_once(old):
    assert names(old) == ["a", "b"]
    (old / "c").mkdir()
    assert names(old) == ["a", "b", "c"]
    (old / "a").rename(old / "d")
    (old / "b").rmdir()
    assert names(old) == ["c", "d"]


def test_a_folder_that_has_just_changed_is_read_each_time(tmp_path, scans):
    """Another change may have the same time."""
    assert [names(tmp_path) for _ in range(3)] == [[]] * 3 and scans == [tmp_path] * 3


def test_a_file_system_without_times_is_read_now_and_then(old, monkeypatch):
    before = old.stat().st_mtime_ns
    assert names(old) == ["a", "b"]
    (old / "c").mkdir()
    os.utime(old, ns=(before, before))
    monkeypatch.setattr(folder_listing, "_LISTED_EACH_S", 0.0)
    assert names(old) == ["a", "b", "c"]


def test_there_is_nothing_in_what_is_no_folder(old):
    assert list_shown(old / "file") == list_shown(old / "none") == ()


@pytest.mark.parametrize("number", [errno.EMFILE, errno.EACCES, errno.EIO, errno.ESTALE])
def test_a_folder_that_cannot_be_read_is_not_an_empty_one(old, monkeypatch, number):
    def refuse(path):
        raise OSError(number, os.strerror(number), str(path))

    with monkeypatch.context() as patch, pytest.raises(OSError, match=re.escape(os.strerror(number))):
        patch.setattr(folder_listing.os, "scandir", refuse)
        list_shown(old)
    assert names(old) == ["a", "b"]


def test_what_changes_while_a_folder_is_read_for_long_is_not_missed(old, monkeypatch):
    """Its times are compared with the moment before it was read: afterwards it may look old."""
    changed_ns = time.time_ns()
    os.utime(old, ns=(changed_ns, changed_ns))
    now_ns, real = [changed_ns], os.scandir

    def scan_for_long(path):
        now_ns[0] += 60 * 10**9
        return real(path)

    with monkeypatch.context() as patch:
        patch.setattr(folder_listing.os, "scandir", scan_for_long)
        patch.setattr(folder_listing.time, "time_ns", lambda: now_ns[0])
        assert names(old) == ["a", "b"]
    (old / "c").mkdir()
    os.utime(old, ns=(changed_ns, changed_ns))  # in the same moment, as the file system's clock has it
    assert names(old) == ["a", "b", "c"]


def test_what_this_process_files_deletes_and_restores_is_seen_without_times(tmp_path):
    """Some file systems keep no modification time of folders."""
    store, hour_ago = RunStore(tmp_path), time.time() - 3600

    def listed():
        os.utime(tmp_path, (hour_ago, hour_ago))
        return [run.id for run in store.all()]

    assert listed() == []
    run = store.create(TrainConfig())
    run.write_status(finished_status())
    assert listed() == [run.id]
    trash.delete(store, run)
    assert listed() == []
    trash.restore(store, run.id)
    assert listed() == [run.id]
