"""The options of bulk reading: what is refused, in a sentence, before anything is read."""

import json

import pytest

from core.__main__ import main
from core.bulk.items import parse_items
from core.bulk.part_files import make_part
from core.bulk.parts_folder import PartsFolder
from core.bulk.rows import error_row
from core.cli import read_parts

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


def test_where_all_parts_are_there_nothing_is_started(tmp_path, capsys, monkeypatch):

    def read(shards, task, processes, log):
        for shard in shards:
            yield (
                shard,
                make_part([error_row(each.source, None, "x") for each in parse_items(shard.lines)], task.format),
            )

    (tmp_path / "scans").mkdir()
    (tmp_path / "scans" / "a.png").write_bytes(b"x")
    command = ["read", str(tmp_path / "scans"), "--out", str(tmp_path / "parts"), "--json"]
    monkeypatch.setattr(read_parts, "read_locally", read)
    assert main(command) == 0
    first = json.loads(capsys.readouterr().out)
    assert (first["pictures"], first["failed"], first["read_now"]) == (1, 1, 1)
    monkeypatch.setattr(read_parts, "read_locally", pytest.fail)
    assert main([*command, "--cluster", "tcp://127.0.0.1:1"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["read_now"] == 0
