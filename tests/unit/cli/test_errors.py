"""Errors of the operating system: a sentence with the path and what to do, and exit code 1."""

import errno
import os
import sys
from pathlib import Path

import pytest

from core.cli import main
from core.cli.errors import describe_os_error, name_file_in_errors


def os_error(number, path=None):
    return OSError(number, os.strerror(number), path)


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.EEXIST, "x.zip exists already. Choose another path, or remove it."),
        (errno.EISDIR, "x.zip is a folder. Choose a file."),
        (errno.ENOTDIR, "x.zip cannot be opened: a part of its path is a file, not a folder. Check the path."),
        (
            errno.EACCES,
            "x.zip cannot be opened: permission is denied. Change its permissions, or choose another path.",
        ),
        (errno.EPERM, "x.zip cannot be opened: permission is denied. Change its permissions, or choose another path."),
        (errno.EROFS, "x.zip cannot be written: its disk is read-only. Choose another path."),
        (errno.ENAMETOOLONG, "x.zip cannot be opened: its name is too long. Choose a shorter one."),
        (errno.ENOENT, "x.zip does not exist. Check the path."),
        (errno.ENOSPC, "No space is left on the disk for x.zip. Free some, then try again."),
        (errno.EDQUOT, "No space is left on the disk for x.zip. Free some, then try again."),
        (errno.EIO, "x.zip cannot be used: Input/output error."),
    ],
)
def test_an_error_of_a_file_names_it(number, sentence):
    assert describe_os_error(os_error(number, "x.zip")) == sentence


def test_an_error_without_a_file_is_a_sentence():
    assert describe_os_error(os_error(errno.ENOSPC)) == "No space is left on the disk. Free some, then try again."
    assert describe_os_error(os_error(errno.EPIPE)) == "Broken pipe."
    assert describe_os_error(OSError("the file is locked.")) == "the file is locked."
    assert describe_os_error(TimeoutError()) == "TimeoutError."


def test_a_name_that_no_terminal_shows_is_made_printable():
    assert (
        describe_os_error(os_error(errno.EISDIR, "a\n\x1b[31m.zip"))
        == "a\ufffd\ufffd[31m.zip is a folder. Choose a file."
    )


def test_the_file_that_is_written_is_named():
    with pytest.raises(OSError, match="No space left on device: 'x.zip'") as caught, name_file_in_errors(Path("x.zip")):
        raise os_error(errno.ENOSPC)
    assert caught.value.filename == "x.zip"
    with pytest.raises(OSError, match="'y.zip'"), name_file_in_errors(Path("x.zip")):
        raise os_error(errno.ENOSPC, "y.zip")


def assert_fails(arguments, sentence, capsys):
    assert main([str(each) for each in arguments]) == 1
    printed = capsys.readouterr()
    assert printed.out == "" and printed.err.splitlines()[-1] == f"python -m core: {sentence}"
    assert "Errno" not in printed.err


def test_a_bundle_that_is_not_there(tmp_path, capsys):
    missing = tmp_path / "missing.zip"
    assert_fails(["import", missing], f"{missing} does not exist. Check the path.", capsys)


def test_a_folder_is_no_bundle(tmp_path, capsys):
    assert_fails(["import", tmp_path], f"{tmp_path} is a folder. Choose a file.", capsys)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is closed to the superuser")
def test_a_bundle_that_may_not_be_read(tmp_path, capsys):
    closed = tmp_path / "closed.zip"
    closed.touch(mode=0)
    sentence = f"{closed} cannot be opened: permission is denied. Change its permissions, or choose another path."
    assert_fails(["import", closed], sentence, capsys)


def test_a_bundle_is_not_written_over_a_file(finished_run, tmp_path, capsys):
    target = tmp_path / "thesis.zip"
    target.write_text("months of work")
    sentence = f"{target} exists already. Choose another path, or remove it."
    assert_fails(["bundle", finished_run.id, "--output", target], sentence, capsys)
    assert target.read_text() == "months of work"


def test_a_bundle_for_a_folder_that_is_not_there(finished_run, tmp_path, capsys):
    target = tmp_path / "missing" / "run.zip"
    sentence = f"{target} cannot be opened: there is no folder {target.parent}. Create it, or choose another path."
    assert_fails(["bundle", finished_run.id, "--output", target], sentence, capsys)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a file that is always full")
def test_a_bundle_on_a_full_disk_names_the_file_and_leaves_no_half(finished_run, tmp_path, capsys, monkeypatch):
    target = tmp_path / "run.zip"
    write = Path.write_bytes
    monkeypatch.setattr(Path, "write_bytes", lambda path, data: write(Path("/dev/full"), data))
    sentence = f"No space is left on the disk for {target}. Free some, then try again."
    assert_fails(["bundle", finished_run.id, "--output", target], sentence, capsys)
    assert not target.exists()


def test_scores_that_are_not_there_or_no_text(finished_run, tmp_path, capsys):
    scores = tmp_path / "scores.json"
    arguments = ["release", finished_run.id, "--scores", scores]
    assert_fails(arguments, f"{scores} does not exist. Check the path.", capsys)
    scores.write_bytes(b"\xff\xfe")
    assert main([str(each) for each in arguments]) == 2
    assert f"{scores} is not text in UTF-8; --scores takes a JSON file." in capsys.readouterr().err


def test_a_runs_folder_that_is_a_file(tmp_path, monkeypatch, capsys):
    root = tmp_path / "runs"
    root.write_text("a file")
    monkeypatch.setenv("DIGIT_STUDIO_HOME", str(root))
    assert_fails(["train", "--epochs", "1"], f"{root} exists already. Choose another path, or remove it.", capsys)
