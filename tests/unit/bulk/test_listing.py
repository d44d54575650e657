"""The listing of sources: what is found and what is a note, bounded shards, and a digest that notices changes."""

import os
import sys
import weakref
import zipfile
from pathlib import Path

import pytest

from core.bulk import cutting
from core.bulk.asked import absolute
from core.bulk.cutting import MAX_SHARD_BYTES, digest_of, write_listing
from core.bulk.errors import BulkError
from core.bulk.items import Item, parse_items
from core.bulk.listing import list_items

fsspec = pytest.importorskip("fsspec")


def put(folder, *names, data=b"x"):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def found(*sources):
    return list(list_items(absolute([str(each) for each in sources])))


def names(items, folder):
    return [item.source.removeprefix(f"{folder}{os.sep}") for item in items]


def test_a_folder_is_searched_to_the_end_in_the_order_that_people_count(tmp_path):
    put(tmp_path, "page 10.PNG", "page 2.jpg", "b/1.gif", "a/c/9.heic", ".hidden.png", ".git/1.png", "readme.txt", "x")
    items = found(tmp_path)
    assert names(items, tmp_path) == ["a/c/9.heic", "b/1.gif", "page 2.jpg", "page 10.PNG"]
    assert all(item.size == 1 and item.changed and not item.note for item in items)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit, and links need permission")
def test_folders_within_each_other_are_not_open_at_a_time(tmp_path):
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    put(tmp_path, "/".join(["d"] * 100) + "/1.png")
    resource.setrlimit(resource.RLIMIT_NOFILE, (40 + len([*Path("/dev/fd").iterdir()]), hard))
    try:
        (item,) = found(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert item.source.endswith("d/1.png") and not item.note


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes with names, and links need permission")
def test_a_link_in_a_circle_ends_and_what_is_no_file_is_a_note(tmp_path):
    put(tmp_path, "a/1.png")
    (tmp_path / "a" / "again").symlink_to(tmp_path)
    (tmp_path / "self.png").symlink_to(tmp_path / "self.png")
    (tmp_path / "gone.png").symlink_to(tmp_path / "nowhere.png")
    os.mkfifo(tmp_path / "pipe.png")
    items = {item.source.rpartition(os.sep)[2]: item for item in found(tmp_path)}
    assert set(items) == {"1.png", "self.png", "gone.png", "pipe.png"} and not items["1.png"].note
    assert items["pipe.png"].note == "is not a file."
    assert items["gone.png"].note.startswith("cannot be opened: there is no such file")
    assert items["self.png"].note.startswith("cannot be opened")


def test_globs_find_files_and_what_is_below_folders(tmp_path):
    put(tmp_path, "2024-1/a.png", "2024-2/b.png", "2025-1/c.png", "scan.dat")
    assert names(found(tmp_path / "2024-*"), tmp_path) == ["2024-1/a.png", "2024-2/b.png"]
    assert sorted(names(found(tmp_path / "**" / "*.png"), tmp_path)) == ["2024-1/a.png", "2024-2/b.png", "2025-1/c.png"]
    assert names(found(tmp_path / "*.dat", f"file://{tmp_path}/scan.dat"), tmp_path) == ["scan.dat", "scan.dat"]


def test_a_file_whose_name_is_a_pattern_is_that_file(tmp_path):
    put(tmp_path, "a[1].png", "a1.png")
    assert names(found(tmp_path / "a[1].png"), tmp_path) == ["a[1].png"]


@pytest.mark.parametrize(
    "source", ["nothing", "nothing*.png", "memory://nothing", "nosuchplace://x", "memory://no/*.png"]
)
def test_a_source_where_nothing_is_ends_the_listing_with_a_sentence(tmp_path, monkeypatch, source):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BulkError, match=r"^(There is nothing|Nothing matches|nosuchplace).*\.$"):
        found(source)


def test_the_pictures_of_a_zip_are_items_and_a_bad_one_is_a_note(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("in/2.png", b"abc")
        archive.writestr("notes.txt", b"x")
        archive.writestr("in/1.png", b"ab")
        archive.writestr("in/3.png", b"")
    put(tmp_path, "bad.zip", data=b"PK\3\4nothing")
    first, second, empty, bad = found(tmp_path)
    assert [(item.member, item.size, item.note) for item in (first, second)] == [(0, 2, ""), (1, 3, "")]
    assert empty.source.endswith("a.zip/in/3.png") and empty.member is None and "empty" in empty.note
    assert bad.source.endswith("bad.zip") and bad.member is None and "damaged or is not a ZIP" in bad.note


def test_an_address_is_listed_with_what_is_below_it():
    system = fsspec.filesystem("memory")
    system.pipe({"/bulk/b.png": b"12", "/bulk/a/1.png": b"1", "/bulk/.x/1.png": b"1", "/bulk/readme.txt": b"x"})
    items = found("memory://bulk")
    assert {item.source: item.size for item in items} == {"memory:///bulk/b.png": 2, "memory:///bulk/a/1.png": 1}
    assert [item.source for item in found("memory://bulk/*.png")] == ["memory:///bulk/b.png"]


class Described(dict):
    """What a place says of a file or a folder; those that somebody still has are counted."""

    alive, most = weakref.WeakSet(), 0
    __hash__ = object.__hash__

    def __init__(self, name, kind):
        super().__init__(name=name, size=1, type=kind)
        self.alive.add(self)
        Described.most = max(self.most, len(self.alive))


class DeepPlace(fsspec.AbstractFileSystem):
    """Folders within each other, of fifty pictures each, whose listings are kept where the place is let do it."""

    protocol, depth = "deep", 20

    def ls(self, path, detail=True, **options):
        path = self._strip_protocol(path)
        if path not in self.dircache:
            found = [Described(f"{path}/{number}.png", "file") for number in range(50)]
            found += [
                Described(f"{path}/{name}", "directory") for name in ("d", ".d")[: 2 * (path.count("/d") < self.depth)]
            ]
            self.dircache[path] = found
            return found
        return self.dircache[path]

    def invalidate_cache(self, path=None):
        self.dircache.pop(path, None)

    def info(self, path, **options):
        return {"name": path, "size": 0, "type": "directory"}


def test_of_an_address_no_more_than_a_folder_is_in_memory():
    fsspec.register_implementation("deep", DeepPlace, clobber=True)
    count = sum(1 for _ in list_items(["deep://top"]))
    assert count == 50 * (DeepPlace.depth + 1) and Described.most <= 2 * 52


def test_folders_at_an_address_that_never_end_are_refused(monkeypatch):
    fsspec.register_implementation("deep", DeepPlace, clobber=True)
    monkeypatch.setattr(DeepPlace, "depth", 10**9)
    with pytest.raises(BulkError, match="deep://top has folders within each other, more than 100 deep"):
        for _ in list_items(["deep://top"]):
            pass


def test_a_line_holds_all_of_an_item_even_a_name_that_is_no_text():
    items = [Item("/a/\udcff\n.png", 3, "12", 4), Item("/b", note="is not a file."), Item("s3://a/b.pdf", 1, "x")]
    lines = [item.to_line() for item in items]
    assert all(line.endswith(b"\n") and line.count(b"\n") == 1 and line.isascii() for line in lines)
    assert parse_items(lines) == items
    with pytest.raises(BulkError, match="damaged"):
        parse_items([b'{"sauce": 1}\n'])


def shards_of(path, listing):
    data = path.read_bytes()
    bounds = zip(listing.offsets, listing.offsets[1:], strict=False)
    return [[item.source for item in parse_items(data[begin:end].splitlines())] for begin, end in bounds]


def test_a_shard_ends_at_its_pictures_its_bytes_and_its_documents(tmp_path):
    small = [Item(f"/{number}.png", 10) for number in range(5)]
    listing = write_listing(tmp_path / "l", small, 2)
    assert shards_of(tmp_path / "l", listing) == [["/0.png", "/1.png"], ["/2.png", "/3.png"], ["/4.png"]]
    assert (listing.items, listing.shards) == (5, 3)
    large = [Item(f"/{number}.png", MAX_SHARD_BYTES // 2) for number in range(4)]
    assert [len(each) for each in shards_of(tmp_path / "l", write_listing(tmp_path / "l", large, 100))] == [2, 2]
    documents = [Item("/1.pdf", 1), Item("/2.pdf", 1), Item("/3.png", 1)]
    assert [len(each) for each in shards_of(tmp_path / "l", write_listing(tmp_path / "l", documents, 30))] == [1, 2]


def test_too_many_shards_are_refused_and_leave_no_file(tmp_path, monkeypatch):
    monkeypatch.setattr(cutting, "MAX_SHARDS", 2)
    with pytest.raises(BulkError, match="more than 2 shards. Choose a larger --shard"):
        write_listing(tmp_path / "l", [Item(str(number)) for number in range(3)], 1)
    assert list(tmp_path.iterdir()) == []


def test_the_digest_is_that_of_the_pictures_and_not_of_their_order():
    items = [Item(f"/{number}.png", number, "1") for number in range(3)]
    digest = digest_of(items).text()
    assert digest_of(reversed(items)).text() == digest
    changed = [*items[:2], Item("/2.png", 2, "2")]
    assert (
        len({digest, digest_of(changed).text(), digest_of(items[:2]).text(), digest_of([*items, items[0]]).text()}) == 4
    )
