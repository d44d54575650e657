"""The options of bulk reading: what is refused, in a sentence, before anything is read."""

import json

import pytest

from core.__main__ import main
from core.bulk.parts_folder import PartsFolder
from core.bulk.shards import error_part
from core.cli import read_parts
from core.cluster import ClusterError

_AT_ONCE = (
    (["--shard", "5"], "--shard needs --out"),
    (["--shared-paths"], "--shared-paths needs --out"),
    (["--out", "OUT", "--csv", "a.csv"], "--csv is one table"),
    (["--out", "OUT", "--processes", "0"], "--processes is 1 to 256, not 0"),
    (["--out", "OUT", "--shard", "0"], "A shard has 1 to 100,000 pictures, not 0"),
    (["--out", "OUT", "--shard", "1000000"], "not 1,000,000"),
    (["--out", "OUT", "--cluster", "tcp://a:1", "--processes", "2"], "--processes is for this machine alone"),
    (["--out", "OUT", "--shared-paths"], "it needs --cluster"),
    (["--out", "OUT", "--cluster", "there"], "tcp://host:8786"),
    (["--out", "OUT", "--model", "gone.keras"], "There is no model file"),
)


@pytest.fixture
def read_nothing(monkeypatch):
    """What reads on this machine makes a row for each picture, which says that it was not read."""

    def read(shards, task, processes, log):
        for shard in shards:
            yield shard, error_part(shard, task, "x")

    monkeypatch.setattr(read_parts, "read_locally", read)


@pytest.mark.parametrize(("options", "words"), _AT_ONCE)
def test_options_that_make_no_sense_are_refused_and_make_no_folder(
    store, tmp_path, capsys, monkeypatch, options, words
):
    monkeypatch.delenv("DIGIT_STUDIO_CLUSTER", raising=False)
    (tmp_path / "a.png").write_bytes(b"x")
    out = tmp_path / "parts"
    assert main(["read", str(tmp_path / "a.png"), *(str(out) if each == "OUT" else each for each in options)]) == 2
    assert words in capsys.readouterr().err
    assert not out.exists()


def test_a_source_that_is_not_there_and_an_empty_one_are_refused(tmp_path, capsys):
    out = str(tmp_path / "parts")
    assert main(["read", str(tmp_path / "gone"), "--out", out]) == 2
    assert f"There is nothing at {tmp_path}/gone. Check the path." in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert main(["read", str(tmp_path / "empty"), "--out", out]) == 2
    assert "There is no picture in" in capsys.readouterr().err


def test_ctrl_c_says_how_it_goes_on(tmp_path, capsys, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(PartsFolder, "opened", interrupted)
    assert main(["read", str(tmp_path), "--out", str(tmp_path / "parts")]) == 1
    assert "the same command goes on" in capsys.readouterr().err


def refused(address):
    raise ClusterError(f"Nothing answers at {address}.")


@pytest.mark.parametrize("begun", [False, True])
def test_a_cluster_that_does_not_answer_is_noticed_before_the_pictures_are_listed(
    tmp_path, capsys, monkeypatch, read_nothing, begun
):
    (tmp_path / "scans").mkdir()
    (tmp_path / "scans" / "a.png").write_bytes(b"x")
    out = tmp_path / "parts"
    command = ["read", str(tmp_path / "scans"), "--out", str(out)]
    if begun:
        assert main(command) == 0
        next(out.glob("part-*")).unlink()
    monkeypatch.setattr(read_parts, "check_cluster", refused)
    monkeypatch.setattr(PartsFolder, "opened", pytest.fail)
    assert main([*command, "--cluster", "tcp://127.0.0.1:1"]) == 1
    assert "Nothing answers at tcp://127.0.0.1:1." in capsys.readouterr().err
    assert out.exists() == begun


def test_here_is_this_machine_whatever_the_environment_says(tmp_path, capsys, monkeypatch, read_nothing):
    monkeypatch.setenv("DIGIT_STUDIO_CLUSTER", "tcp://127.0.0.1:1")
    (tmp_path / "a.png").write_bytes(b"x")
    command = ["read", str(tmp_path / "a.png"), "--out", str(tmp_path / "parts"), "--cluster", "here"]
    assert main([*command, "--processes", "2"]) == 0
    assert "1 pictures are read" in capsys.readouterr().out


def test_where_all_parts_are_there_nothing_is_started(tmp_path, capsys, monkeypatch, read_nothing):
    (tmp_path / "scans").mkdir()
    (tmp_path / "scans" / "a.png").write_bytes(b"x")
    command = ["read", str(tmp_path / "scans"), "--out", str(tmp_path / "parts"), "--json"]
    assert main(command) == 0
    first = json.loads(capsys.readouterr().out)
    assert (first["pictures"], first["failed"], first["read_now"]) == (1, 1, 1)
    monkeypatch.setattr(read_parts, "read_locally", pytest.fail)
    monkeypatch.setattr(read_parts, "check_cluster", pytest.fail)
    assert main([*command, "--cluster", "tcp://127.0.0.1:1"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["read_now"] == 0
