"""Files that one process writes and others read: replaced whole, or appended to by whole lines."""

import errno
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.storage.atomic import append_line, read_lines, replace_file, replace_json


def names(folder):
    return {path.name for path in folder.iterdir()}


def test_a_file_is_replaced_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "status"
    path.write_bytes(b"old")
    replace_file(path, lambda file: file.write(b"new"))
    assert path.read_bytes() == b"new" and names(tmp_path) == {"status"}


def test_the_old_file_is_seen_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / "status"
    path.write_bytes(b"old")

    def write(file):
        file.write(b"half")
        file.flush()
        assert path.read_bytes() == b"old"

    replace_file(path, write)
    assert path.read_bytes() == b"half"


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), ValueError("broken"), KeyboardInterrupt()])
def test_a_writer_that_fails_leaves_the_old_file_and_no_copy(tmp_path, error):
    path = tmp_path / "status"
    path.write_bytes(b"old")

    def write(file):
        file.write(b"half")
        raise error

    with pytest.raises(type(error)):
        replace_file(path, write)
    assert path.read_bytes() == b"old" and names(tmp_path) == {"status"}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_every_error_of_no_space_is_that_of_a_full_disk(tmp_path, number):
    def full(file):
        raise OSError(number, os.strerror(number))

    with pytest.raises(OSError) as caught:
        replace_file(tmp_path / "status", full)
    assert caught.value.errno == errno.ENOSPC and names(tmp_path) == set()
    (tmp_path / "status").write_text("{}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", full)
        replace_json(tmp_path / "status", {"state": "failed"})
    assert json.loads((tmp_path / "status").read_text()) == {"state": "failed"}


def test_a_first_writer_that_fails_leaves_nothing(tmp_path):
    with pytest.raises(ZeroDivisionError):
        replace_file(tmp_path / "status", lambda file: 1 / 0)
    assert names(tmp_path) == set()


def test_two_threads_may_write_the_same_file(tmp_path):
    with ThreadPoolExecutor(4) as threads:
        written = [threads.submit(replace_json, tmp_path / "notes.json", {"star": turn}) for turn in range(200)]
    assert [each.result() for each in written] == [None] * 200
    assert [path.name for path in tmp_path.iterdir()] == ["notes.json"]


def test_a_folder_in_the_way_is_an_error_and_leaves_no_copy(tmp_path):
    (tmp_path / "status").mkdir()
    with pytest.raises(OSError):
        replace_file(tmp_path / "status", lambda file: file.write(b"new"))
    assert names(tmp_path) == {"status"}


def test_json_is_replaced(tmp_path):
    path = tmp_path / "notes"
    for value in ({"a": 1, "long": "x" * 1000}, {"é": [1.5, None]}):
        replace_json(path, value)
        assert json.loads(path.read_text("utf-8")) == value
    assert names(tmp_path) == {"notes"}


def test_json_on_a_full_disk_is_written_over_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "status"
    path.write_text('{"state": "running"}')

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    replace_json(path, {"state": "failed"})
    assert json.loads(path.read_text()) == {"state": "failed"} and names(tmp_path) == {"status"}


def test_json_on_a_full_disk_without_an_old_file_is_a_full_disk(tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        replace_json(tmp_path / "report", {"accuracy": 1.0})
    assert names(tmp_path) == set()


def test_another_error_is_not_hidden(tmp_path):
    with pytest.raises(FileNotFoundError):
        replace_json(tmp_path / "missing" / "status", {})


def test_what_is_no_json_leaves_the_old_file(tmp_path):
    path = tmp_path / "notes"
    replace_json(path, {"a": 1})
    with pytest.raises(TypeError):
        replace_json(path, {"a": object()})
    assert json.loads(path.read_text()) == {"a": 1}


def test_appended_lines_are_read_in_order_and_only_once(tmp_path):
    path = tmp_path / "lines"
    append_line(path, {"n": 1})
    append_line(path, {"n": 2})
    rows, offset = read_lines(path)
    assert rows == [{"n": 1}, {"n": 2}] and offset == path.stat().st_size
    assert read_lines(path, offset) == ([], offset)
    append_line(path, {"n": 3, "words": "a\nb · é"})
    assert read_lines(path, offset) == ([{"n": 3, "words": "a\nb · é"}], path.stat().st_size)


def test_a_half_written_line_waits_for_its_end(tmp_path):
    path = tmp_path / "lines"
    path.write_bytes(b'{"n": 1}\n{"n": 2')
    rows, offset = read_lines(path)
    assert (rows, offset) == ([{"n": 1}], 9)
    with open(path, "ab") as file:
        file.write(b"5}\n")
    assert read_lines(path, offset) == ([{"n": 25}], 19)


@pytest.mark.parametrize(
    "damage", [b"", b"not json", b"[1, 2]", b"3", b"\xff\xfe\x00", b'{"n": ', b"[" * 100_000, b"\x00" * 50]
)
def test_a_damaged_line_is_skipped(tmp_path, damage):
    path = tmp_path / "lines"
    path.write_bytes(b'{"n": 1}\n' + damage + b'\n{"n": 2}\n')
    assert read_lines(path) == ([{"n": 1}, {"n": 2}], path.stat().st_size)


def test_a_missing_file_has_no_lines(tmp_path):
    assert read_lines(tmp_path / "missing", 7) == ([], 7)


def test_a_folder_is_no_file_of_lines(tmp_path):
    with pytest.raises(OSError):
        read_lines(tmp_path)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_line_that_finds_no_space_is_an_error():
    with pytest.raises(OSError, match="No space left"):
        append_line(Path("/dev/full"), {"n": 1})
