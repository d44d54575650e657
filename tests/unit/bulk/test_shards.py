"""What becomes of a shard: a row a picture or page, the same where its files were sent to a worker of a cluster."""

import io
import json
import zipfile
from dataclasses import replace

import pytest

from core.bulk import remote
from core.bulk.asked import FileFormat, fingerprint, model_files
from core.bulk.items import Item
from core.bulk.listing import list_items
from core.bulk.opening import Packed, pack_items
from core.bulk.part_files import parse_part
from core.bulk.shards import (
    CRASHED,
    Shard,
    ShardTask,
    error_part,
    load_task_reader,
    read_packed,
    read_shard,
)
from core.networks.safe_loading import ModelError
from tests.support.scans import encoded, lines_of, picture

TASK = ShardTask(None, True, FileFormat.CSV, "fingerprint")


def rows(part):
    return [(row["source"], row["page"], row["text"], row["error"]) for row in parse_part(part.data, FileFormat.CSV)]


def test_every_picture_and_page_is_a_row_and_a_bad_one_has_its_sentence(reader, folder):
    part = read_shard(reader, lines_of(folder), TASK)
    found = [(source.removeprefix(f"{folder}/"), *others) for source, *others in rows(part)]
    assert [each[:3] for each in found] == [
        ("1.png", "", "7"),
        ("2 bad.png", "", ""),
        ("3.tif", "1", "7"),
        ("3.tif", "2", "2"),
        ("3.tif", "3", "1"),
        ("4.zip/0.png", "", "0"),
        ("4.zip/bad.png", "", ""),
        ("5.png", "", ""),
    ]
    assert [each[3].split(";")[0] for each in found if each[3]] == [
        "2 bad.png is not a picture that can be read here",
        "bad.png is empty (0 bytes)",
        "5.png is empty (0 bytes)",
    ]
    assert (part.rows, part.failed) == (8, 3)
    first = parse_part(part.data, FileFormat.CSV)[0]
    (digit,) = json.loads(first["digits"])
    assert digit["label"] == 7 and digit["box"][2] > 20 and float(first["confidence"]) == digit["confidence"] > 0.9
    assert (first["refused"], first["doubtful"], first["turn"]) == ("0", "0", "0")


def test_a_model_that_changes_while_pictures_are_read_by_it_is_refused():
    same = replace(TASK, fingerprint=fingerprint(model_files(None)))
    assert ShardTask.from_json(same.to_json()) == same
    load_task_reader(same)
    with pytest.raises(ModelError, match="has changed while pictures were read"):
        load_task_reader(TASK)


def test_a_document_of_one_page_has_its_own_name(reader, tmp_path):
    path = tmp_path / "scan, page 2"
    path.write_bytes(encoded(picture(0), "PDF"))
    part = read_shard(reader, [Item(str(path), 1, "1").to_line()], TASK)
    assert rows(part) == [(str(path), "", "7", "")]


def test_files_that_are_sent_are_read_as_those_that_are_opened(reader, folder):
    lines = lines_of(folder)
    items = list(list_items([str(folder)]))
    assert all(each.data is not None or each.note for each in pack_items(items))
    assert read_packed(reader, pack_items(items), TASK) == read_shard(reader, lines, TASK)


def test_what_is_gone_or_changed_since_the_listing_is_a_row(reader, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w"):
        pass
    items = [
        Item(str(tmp_path / "gone.png"), 1, "1"),
        Item(str(tmp_path / "a.zip"), 1, "1", 7),
        Item("memory://no.png"),
    ]
    part = read_shard(reader, [item.to_line() for item in items], TASK)
    gone, changed, remote = (row["error"] for row in parse_part(part.data, FileFormat.CSV))
    assert gone.startswith("cannot be opened: there is no such file")
    assert changed.startswith("The ZIP has changed") or "no picture" in changed
    assert remote.startswith("cannot be opened")


def write_zip(path, names):
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, encoded(picture(0), "PNG"))
    return path.read_bytes()


def errors(part):
    return [row["error"] for row in parse_part(part.data, FileFormat.CSV)]


def test_a_zip_that_was_half_copied_when_it_was_listed_is_a_row_that_says_so(reader, tmp_path):
    path = tmp_path / "a.zip"
    whole = write_zip(path, ["1.png", "2.png"])
    path.write_bytes(whole[: len(whole) // 2])
    lines = lines_of(tmp_path)
    path.write_bytes(whole)
    part = read_shard(reader, lines, TASK)
    assert (part.rows, part.failed) == (1, 1) and "is damaged or is not a ZIP" in errors(part)[0]


def test_no_picture_is_read_from_a_zip_that_was_replaced_after_the_listing(reader, tmp_path):
    path = tmp_path / "a.zip"
    write_zip(path, ["1.png", "2.png"])
    lines = lines_of(tmp_path)
    write_zip(path, ["0.png", "1.png", "2.png"])
    part = read_shard(reader, lines, TASK)
    assert (part.rows, part.failed) == (2, 2)
    assert set(errors(part)) == {"The ZIP has changed since its pictures were listed."}


def test_no_picture_is_read_from_a_zip_that_was_replaced_at_an_address(reader, tmp_path):
    system = pytest.importorskip("fsspec").filesystem("memory")
    system.pipe("/replaced/a.zip", write_zip(tmp_path / "a.zip", ["1.png"]))
    lines = [item.to_line() for item in list_items(["memory://replaced"])]
    system.pipe("/replaced/a.zip", write_zip(tmp_path / "a.zip", ["0.png", "1.png"]))
    assert errors(read_shard(reader, lines, TASK)) == ["The ZIP has changed since its pictures were listed."]


def test_a_zip_that_could_not_be_opened_once_is_tried_again_for_its_next_picture(reader, tmp_path):
    path = tmp_path / "a.zip"
    write_zip(path, ["1.png", "2.png"])
    first, second = lines_of(tmp_path)
    path.rename(tmp_path / "away")
    assert errors(read_shard(reader, [first], TASK))[0].startswith("cannot be opened: there is no such file")
    (tmp_path / "away").rename(path)
    assert rows(read_shard(reader, [second], TASK)) == [(f"{path}/2.png", "", "7", "")]


def test_an_address_is_opened_where_it_is_read(reader):
    fsspec = pytest.importorskip("fsspec")
    fsspec.filesystem("memory").pipe("/shards/7.png", encoded(picture(0), "PNG"))
    (item,) = list_items(["memory://shards"])
    packed = pack_items([item])
    assert packed == [Packed("memory:///shards/7.png")], "its bytes are not sent"
    assert rows(read_packed(reader, packed, TASK)) == [("memory:///shards/7.png", "", "7", "")]
    assert read_packed(reader, packed, TASK) == read_shard(reader, [item.to_line()], TASK)


class ForbiddenError(Exception):
    """As the library of a place may raise, which is no OSError."""


@pytest.mark.parametrize("error", [ForbiddenError("403,\n  Forbidden"), ValueError("no size."), OSError("gone")])
def test_an_address_whose_bytes_cannot_be_had_is_a_row_and_the_others_are_read(reader, monkeypatch, error):
    system = pytest.importorskip("fsspec").filesystem("memory")
    system.pipe({"/failing/1.png": encoded(picture(0), "PNG"), "/failing/2.png": encoded(picture(1), "PNG")})
    lines = [item.to_line() for item in list_items(["memory://failing"])]
    open_file = remote.open_file

    class Failing(io.BytesIO):
        def read(self, size=-1):
            raise error

    monkeypatch.setattr(remote, "open_file", lambda name: Failing() if name.endswith("1.png") else open_file(name))
    bad, good = rows(read_shard(reader, lines, TASK))
    assert bad[3] == f"cannot be opened: {' '.join(str(error).split()).rstrip('.')}." and good[2:] == ("2", "")


def test_a_zip_at_an_address_is_read_like_one_here(reader, folder):
    fsspec = pytest.importorskip("fsspec")
    fsspec.filesystem("memory").pipe("/zips/4.zip", (folder / "4.zip").read_bytes())
    items = list(list_items(["memory://zips"]))
    part = read_shard(reader, [item.to_line() for item in items], TASK)
    found = [(row[0].removeprefix("memory:///zips/4.zip/"), row[2]) for row in rows(part)]
    assert found == [("0.png", "0"), ("bad.png", "")]
    assert read_packed(reader, pack_items(items), TASK) == part


def test_pictures_that_ended_their_processes_are_rows():
    part = error_part(Shard(0, (Item("/a.png").to_line(), Item("/b.png").to_line())), TASK, CRASHED)
    assert rows(part) == [("/a.png", "", "", CRASHED), ("/b.png", "", "", CRASHED)] and part.failed == 2
