"""Progress is kept by visitor and lesson; a damaged file costs nothing but itself."""

import errno
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from filelock import FileLock

from core.lessons import progress
from core.lessons.progress import LessonProgress, ProgressFile, count_done


@pytest.fixture
def file(tmp_path):
    return ProgressFile(tmp_path / "runs")


def test_what_is_changed_is_kept_for_that_visitor_and_lesson(file):
    assert file.read("a") == {}
    file.change("a", "pixels", guess=50)
    file.change("a", "pixels", is_done=True)
    file.change("a", "learning-rate", guess="rate 0.3", runs=("r1", "r2", "r3"))
    file.change("b", "pixels", guess=1)
    assert file.read("a") == {
        "pixels": LessonProgress(50, (), True),
        "learning-rate": LessonProgress("rate 0.3", ("r1", "r2", "r3"), False),
    }
    assert file.read("b") == {"pixels": LessonProgress(1)}
    assert count_done(file.read("a")) == 1


@pytest.mark.parametrize("text", ["", "{", "[]", '{"visitors": 5}', '{"visitors": {"a": [1]}}', "[" * 100_000])
def test_a_damaged_file_counts_as_not_begun_and_is_written_anew(file, tmp_path, text):
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "lessons.json").write_text(text)
    assert file.read("a") == {}
    file.change("a", "pixels", guess=50)
    assert file.read("a") == {"pixels": LessonProgress(50)}


def test_a_damaged_lesson_leaves_the_others(file, tmp_path):
    lessons = {
        "pixels": {"guess": 50, "runs": [], "is_done": True},
        "overfitting": {"guess": 900},
        "honesty": {"guess": "much"},
        "letters": {"runs": "abc"},
        "learning-rate": {"guess": "rate 7"},
        "no such lesson": {"guess": 5},
    }
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "lessons.json").write_text(json.dumps({"visitors": {"a": lessons}}))
    assert file.read("a") == {"pixels": LessonProgress(50, (), True)}


@pytest.mark.parametrize("code", [errno.EACCES, errno.EMFILE])
def test_a_file_that_cannot_be_read_for_a_moment_is_an_error_and_not_replaced(file, monkeypatch, code):
    file.change("a", "pixels", guess=1)

    def fail(*_):
        raise OSError(code, "no")

    with monkeypatch.context() as moment:
        moment.setattr(progress.json_files, "read_limited", fail)
        assert file.read("a") == {}
        with pytest.raises(OSError, match="no"):
            file.change("b", "pixels", guess=2)
    assert file.read("a") == {"pixels": LessonProgress(1)} and file.read("b") == {}


def test_those_who_have_not_come_for_longest_are_left_out(file, monkeypatch):
    monkeypatch.setattr(progress, "MAX_VISITORS", 2)
    for visitor in ("a", "b", "a", "c"):
        file.change(visitor, "pixels", guess=1)
    assert (file.read("a"), file.read("b"), file.read("c")) == (file.read("c"), {}, {"pixels": LessonProgress(1)})


def test_many_who_write_at_once_lose_nothing(file):
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: file.change(f"v{number}", "pixels", guess=number), range(24)))
    assert [file.read(f"v{number}")["pixels"].guess for number in range(24)] == list(range(24))


def test_a_file_that_another_process_keeps_is_an_error_in_words(file, tmp_path, monkeypatch):
    monkeypatch.setattr(progress, "_LOCK_S", 0.05)
    (tmp_path / "runs").mkdir()
    with FileLock(tmp_path / "runs" / ".lessons.lock"), pytest.raises(OSError, match="another process; try again"):
        file.change("a", "pixels", guess=1)


def test_a_full_disk_is_an_error_and_the_old_file_stays(file, monkeypatch):
    file.change("a", "pixels", guess=1)

    def fail(*_):
        raise OSError(errno.EACCES, "no")

    monkeypatch.setattr(progress.atomic, "replace_json", fail)
    with pytest.raises(OSError, match="no"):
        file.change("a", "pixels", guess=2)
    assert file.read("a")["pixels"].guess == 1
