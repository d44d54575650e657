"""What becomes of a shard: a row a picture or page, the same where its files were sent to a worker of a cluster."""

import io
import json
import zipfile
from dataclasses import replace

import cv2
import pytest
from PIL import Image

from core.bulk import cluster_task, remote
from core.bulk.asked import SENT_MODEL, FileFormat, absolute, fingerprint, model_files
from core.bulk.cluster_task import MAX_READERS, read_task
from core.bulk.items import Item
from core.bulk.listing import list_items
from core.bulk.opening import Packed, pack_items
from core.bulk.part_files import parse_part
from core.bulk.shards import (
    CRASHED,
    Shard,
    ShardTask,
    Unread,
    error_part,
    load_reader,
    load_task_reader,
    read_packed,
    read_shard,
)
from core.cluster import ClusterError
from core.cluster.source_version import VERSION
from core.datasets.mnist import load_arrays
from core.networks.safe_loading import ModelError
from core.storage.recent_slots import RecentSlots

TASK = ShardTask(None, True, FileFormat.CSV, "fingerprint")


@pytest.fixture(scope="module")
def reader():
    return load_reader(None)


def by(model):
    """The task of a model with that fingerprint."""
    return replace(TASK, fingerprint=model)


def picture(index):
    return Image.fromarray(255 - load_arrays()["x_test"][index]).resize((112, 112))


def encoded(image, form, **options):
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Pictures of a 7, a 2, a 1 and a 0, in a PNG, a TIFF of three pages and a ZIP, with a bad one in each kind."""
    folder = tmp_path_factory.mktemp("scans")
    (folder / "1.png").write_bytes(encoded(picture(0), "PNG"))
    (folder / "2 bad.png").write_bytes(b"no picture")
    pages = [picture(index) for index in (0, 1, 2)]
    (folder / "3.tif").write_bytes(encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:]))
    with zipfile.ZipFile(folder / "4.zip", "w") as archive:
        archive.writestr("0.png", encoded(picture(3), "PNG"))
        archive.writestr("bad.png", b"")
    (folder / "5.png").write_bytes(b"")
    return folder


def rows(part):
    return [(row["source"], row["page"], row["text"], row["error"]) for row in parse_part(part.data, FileFormat.CSV)]


def lines_of(folder):
    return [item.to_line() for item in list_items(absolute([str(folder)]))]


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


@pytest.fixture
def loaded(reader, monkeypatch):
    """The files of each model that a worker has loaded, None for the shipped one; the reader is the shipped one's."""
    loaded = []

    def load(path):
        loaded.append(path and {each.name: each.read_bytes() for each in path.parent.iterdir()})
        folders.append(path and path.parent)
        return reader

    folders = []
    monkeypatch.setattr(cluster_task, "load_reader", load)
    monkeypatch.setattr(cluster_task, "_readers", RecentSlots(cluster_task.MAX_READERS))
    yield loaded
    assert not any(each.exists() for each in folders if each), "a model's files are removed once it is loaded"


def test_a_worker_asks_for_a_model_that_it_has_not_got_and_loads_each_once(reader, folder, loaded):
    lines, files = lines_of(folder), model_files(None)
    shipped, other = fingerprint(files), fingerprint(files | {"sent.json": b"{}"})
    for _ in range(2):
        assert read_task(lines, by(shipped), None, VERSION) == read_shard(reader, lines, TASK)
    assert read_task(lines, by(other), None, VERSION) is None
    for sent in (files, None):
        assert read_task(lines, by(other), sent, VERSION) == read_shard(reader, lines, TASK)
    assert loaded == [None, files]


def test_models_of_readings_at_the_same_time_are_not_sent_and_loaded_again_and_again(loaded):
    models = [f"model {number}" for number in range(MAX_READERS)]
    for model in models:
        assert read_task([], by(model), {SENT_MODEL: model.encode()}, VERSION) is not None
    assert all(read_task([], by(model), None, VERSION) is not None for model in models)
    assert read_task([], by("one more"), {SENT_MODEL: b""}, VERSION) is not None
    assert read_task([], by(models[0]), None, VERSION) is None, "it was used longest ago"
    assert len(loaded) == MAX_READERS + 1


def test_a_model_that_cannot_be_loaded_leaves_no_files(monkeypatch, tmp_path):
    monkeypatch.setattr(cluster_task, "make_folder", lambda: tmp_path)
    with pytest.raises(ModelError):
        read_task([], by("damaged"), {SENT_MODEL: b"no model"}, VERSION)
    assert not tmp_path.exists()


def test_a_worker_of_another_version_refuses_to_read(loaded):
    with pytest.raises(ClusterError, match=r"has another version of this project .*start the worker again\.$"):
        read_task([], by("model"), None, "another")


def test_a_worker_says_why_a_shard_cannot_be_read_and_raises_why_a_model_cannot(reader, folder, monkeypatch):
    shipped = fingerprint(model_files(None))
    monkeypatch.setattr(cluster_task, "_readers", RecentSlots(1))
    monkeypatch.setattr(cluster_task, "load_reader", fail(ModelError("The model is damaged.")))
    with pytest.raises(ModelError, match="The model is damaged"):
        read_task(lines_of(folder), by(shipped), None, VERSION)
    monkeypatch.setattr(cluster_task, "load_reader", lambda path: reader)
    for error, words in ((MemoryError(), "MemoryError"), (cv2.error("(-215) ssize.empty()"), "(-215) ssize.empty()")):
        monkeypatch.setattr(cluster_task, "read_shard", fail(error))
        found = read_task(lines_of(folder), by(shipped), None, VERSION)
        assert found == Unread(f"Reading it failed: {words}. It was passed over.")


def fail(error):
    def call(*_):
        raise error

    return call
