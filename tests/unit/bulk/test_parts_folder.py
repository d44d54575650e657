"""The folder of parts: what is done is kept, and another command or other things in it are refused with a sentence."""

import errno
import json
import sys
from dataclasses import replace

import pytest

from core.bulk.asked import Asked, FileFormat
from core.bulk.errors import BulkError
from core.bulk.items import parse_items
from core.bulk.part_files import make_part, parse_part
from core.bulk.parts_folder import PartsFolder
from core.bulk.reading import fill
from core.bulk.rows import error_row


def nothing(*_):
    """Do nothing, for what is called for each item or part."""


@pytest.fixture
def sources(tmp_path):
    folder = tmp_path / "scans"
    folder.mkdir()
    for number in range(7):
        (folder / f"{number}.png").write_bytes(b"x")
    return folder


@pytest.fixture
def out(tmp_path):
    return tmp_path / "parts"


def asked(folder, **changes):
    return replace(Asked((str(folder),), "model", format=FileFormat.CSV, shard_pictures=2), **changes)


def part_of(shard):
    return make_part([error_row(item.source, None, "as a test") for item in parse_items(shard.lines)], FileFormat.CSV)


def reader(read, limit=100):
    """Return what reads shards, notes their numbers in `read`, and ends with an error after some of them."""

    def read_shards(shards):
        for shard in shards:
            if len(read) == limit:
                raise KeyboardInterrupt
            read.append(shard.number)
            yield shard, part_of(shard)

    return read_shards


def run(out, what, read, limit=100):
    folder = PartsFolder(out, what)
    with folder.opened(nothing):
        return fill(folder, reader(read, limit), nothing)


def refusal(out, what):
    with pytest.raises(BulkError) as refused:
        run(out, what, [])
    return str(refused.value)


def test_every_picture_is_a_row_of_one_part(sources, out):
    read = []
    summary = run(out, asked(sources), read)
    assert (summary.parts, summary.pictures, summary.rows, summary.failed, summary.read_now) == (4, 7, 7, 7, 7)
    parts = sorted(out.glob("part-*"))
    assert [path.name for path in parts] == [f"part-00000{number}.csv" for number in range(4)]
    rows = [row["source"] for path in parts for row in parse_part(path.read_bytes(), FileFormat.CSV)]
    assert rows == [str(sources / f"{number}.png") for number in range(7)]


def test_the_same_command_goes_on_and_reads_nothing_twice(sources, out):
    first, second, third = [], [], []
    with pytest.raises(KeyboardInterrupt):
        run(out, asked(sources), first, 2)
    before = {path.name: path.stat().st_mtime_ns for path in out.glob("part-*")}
    summary = run(out, asked(sources), second)
    assert (first, second) == ([0, 1], [2, 3]) and (summary.read_now, summary.rows) == (3, 7)
    assert before.items() <= {path.name: path.stat().st_mtime_ns for path in out.glob("part-*")}.items()
    assert run(out, asked(sources), third).read_now == 0 and third == []


def test_a_part_that_was_written_just_before_a_kill_is_counted_and_kept(sources, out):
    run(out, asked(sources), [])
    (out / "_parts.jsonl").unlink()
    read = []
    assert run(out, asked(sources), read).rows == 7 and read == []


@pytest.mark.parametrize("with_log", [True, False])
def test_a_part_that_is_gone_or_cut_off_is_read_again(sources, out, with_log):
    run(out, asked(sources), [])
    whole = {path.name: path.read_bytes() for path in out.glob("part-*")}
    (out / "part-000000.csv").unlink()
    (out / "part-000002.csv").write_bytes(whole["part-000002.csv"][:-20])
    (out / ".part-000003.csv.1-1.new").write_bytes(b"half")
    if not with_log:
        (out / "_parts.jsonl").unlink()
    read = []
    run(out, asked(sources), read)
    assert read == [0, 2]
    assert {path.name: path.read_bytes() for path in out.glob("part-*")} == whole
    assert not list(out.glob(".*.new"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"single": True}, "--single was False and is True"),
        ({"shard_pictures": 3}, "--shard was 2 and is 3"),
        ({"format": FileFormat.PARQUET}, "--format was csv and is parquet"),
        ({"model": "other"}, "the model has changed"),
        ({"sources": ("/x",)}, "the sources were"),
    ],
)
def test_another_command_is_refused(sources, out, changes, words):
    run(out, asked(sources), [])
    assert words in refusal(out, asked(sources, **changes))


@pytest.mark.parametrize("change", ["more", "fewer", "other"])
def test_sources_that_have_changed_are_refused(sources, out, change):
    run(out, asked(sources), [])
    if change == "more":
        (sources / "7.png").write_bytes(b"x")
    elif change == "fewer":
        (sources / "0.png").unlink()
    else:
        (sources / "0.png").write_bytes(b"longer")
    assert "have changed since" in refusal(out, asked(sources))


def test_a_folder_of_other_things_and_a_file_are_refused(sources, out):
    assert "holds other things, such as" in refusal(sources, asked(sources))
    assert "is a file" in refusal(sources / "0.png", asked(sources))
    out.mkdir()
    (out / "_manifest.json").write_text(json.dumps({"name": "another program's"}))
    assert "is not the manifest of a reading" in refusal(out, asked(sources))


@pytest.mark.parametrize("name", ["_manifest.json", "_pictures.jsonl"])
def test_a_damaged_folder_is_refused(sources, out, name):
    run(out, asked(sources), [])
    data = (out / name).read_bytes()
    (out / name).write_bytes(data[: len(data) // 2])
    assert "hoose" in refusal(out, asked(sources))


def test_parts_without_their_listing_are_refused(sources, out):
    run(out, asked(sources), [])
    values = json.loads((out / "_manifest.json").read_bytes())
    (out / "_manifest.json").write_text(json.dumps(values | {"listing": None}))
    assert "The listing in" in refusal(out, asked(sources))


def test_a_folder_without_a_picture_is_refused_and_can_be_filled_later(tmp_path, out):
    empty = tmp_path / "empty"
    empty.mkdir()
    assert refusal(out, asked(empty)).startswith("There is no picture in")
    (empty / "1.png").write_bytes(b"x")
    assert run(out, asked(empty), []).rows == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sets no such limit")
def test_on_a_full_disk_what_is_whole_is_kept_and_nothing_half_stays(sources, out):
    import resource

    with pytest.raises(KeyboardInterrupt):
        run(out, asked(sources), [], 2)
    before = sorted(path.name for path in out.iterdir())
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        with pytest.raises(OSError) as full:
            run(out, asked(sources), [])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert full.value.errno == errno.ENOSPC
    assert sorted(path.name for path in out.iterdir()) == before
    assert run(out, asked(sources), []).rows == 7


def test_parts_among_the_sources_are_no_pictures(sources):
    pattern, out = str(sources / "**" / "*"), sources / "parts"
    assert run(out, asked(pattern), []).rows == 7
    assert run(out, asked(pattern), []).read_now == 0


def test_a_folder_without_a_part_is_begun_anew_by_another_command(sources, out):
    with pytest.raises(KeyboardInterrupt):
        run(out, asked(sources), [], 0)
    (sources / "7.png").write_bytes(b"x")
    assert run(out, asked(sources, shard_pictures=3), []).rows == 8


def test_two_commands_cannot_read_into_one_folder(sources, out):
    with PartsFolder(out, asked(sources)).opened(nothing):
        assert "Another command reads into" in refusal(out, asked(sources))


def test_a_shard_of_no_picture_is_refused(sources):
    with pytest.raises(BulkError, match="A shard has 1 to"):
        asked(sources, shard_pictures=0)
