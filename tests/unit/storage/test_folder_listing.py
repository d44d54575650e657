"""The folders in a folder: listed anew only where it has changed, and never out of date."""

import os
import time
from pathlib import Path

import pytest

from core.storage import folder_listing
from core.storage.folder_listing import list_shown


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
