"""Errors of the operating system: exit code 1, or 2 where a path that the command line names is not there."""

import errno
import os
import sys
from pathlib import Path

import pytest

from core.cli import main
from core.cli.errors import name_file_in_errors
from tests.support.app import failing


def os_error(number, path=None):
    return OSError(number, os.strerror(number), path)


def test_the_file_that_is_written_is_named():
    with pytest.raises(OSError, match="No space left on device: 'x.zip'") as caught, name_file_in_errors(Path("x.zip")):
        raise os_error(errno.ENOSPC)
    assert caught.value.filename == "x.zip"
    with pytest.raises(OSError, match="'y.zip'"), name_file_in_errors(Path("x.zip")):
        raise os_error(errno.ENOSPC, "y.zip")


def assert_fails(arguments, sentence, capsys, code=1):
    assert main([str(each) for each in arguments]) == code
    printed = capsys.readouterr()
    assert printed.out == "" and printed.err.splitlines()[-1] == f"python -m core: {sentence}"
    assert "Errno" not in printed.err


def test_a_bundle_that_is_not_there(tmp_path, capsys):
    missing = tmp_path / "missing.zip"
    assert_fails(["import", missing], f"{missing} does not exist. Check the path.", capsys, code=2)


def test_a_folder_is_no_bundle(tmp_path, capsys):
    assert_fails(["import", tmp_path], f"{tmp_path} is a folder. Choose a file.", capsys)


def test_a_bundle_that_may_not_be_read(tmp_path, capsys, monkeypatch):
    closed = tmp_path / "closed.zip"
    monkeypatch.setattr("builtins.open", failing(os_error(errno.EACCES)))  # to the superuser no file is closed
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
    assert_fails(["bundle", finished_run.id, "--output", target], sentence, capsys, code=2)


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
    assert_fails(arguments, f"{scores} does not exist. Check the path.", capsys, code=2)
    scores.write_bytes(b"\xff\xfe")
    assert main([str(each) for each in arguments]) == 2
    assert f"{scores} is not text in UTF-8; --scores takes a JSON file." in capsys.readouterr().err


def test_a_runs_folder_that_is_a_file(tmp_path, monkeypatch, capsys):
    root = tmp_path / "runs"
    root.write_text("a file")
    monkeypatch.setenv("DIGIT_STUDIO_HOME", str(root))
    assert_fails(["train", "--epochs", "1"], f"{root} exists already. Choose another path, or remove it.", capsys)


def test_a_file_that_is_gone_but_not_named_on_the_command_line_is_no_wrong_use(finished_run, monkeypatch, capsys):
    def gone(run):
        raise os_error(errno.ENOENT, "elsewhere.npz")

    monkeypatch.setattr("core.export.bundle.make_bundle", gone)
    assert_fails(["bundle", finished_run.id], "elsewhere.npz does not exist. Check the path.", capsys)
