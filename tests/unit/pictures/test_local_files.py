"""Pictures of one's own: found in files, folders and ZIPs, and decoded a batch ahead."""

import io
import os
import sys
import weakref
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from core.pictures import prefetch
from core.pictures.decoding import PictureError, PictureFile
from core.pictures.entries import PictureEntry
from core.pictures.local_files import find_pictures
from core.pictures.prefetch import prefetch_batches
from core.storage.safe_zip import MAX_ENTRIES


def png(side_px=8):
    file = io.BytesIO()
    Image.new("L", (side_px, side_px), 255).save(file, "PNG")
    return file.getvalue()


def put(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png())


def names(entries, folder):
    return [entry.name.removeprefix(f"{folder}{os.sep}") for entry in entries]


def test_a_folder_is_searched_to_the_end_in_the_order_that_people_count(tmp_path):
    put(tmp_path, "page 10.PNG", "page 2.jpg", "b/1.gif", "a/c/9.heic", ".hidden.png", ".git/1.png", "readme.txt", "x")
    found = find_pictures([tmp_path])
    assert names(found, tmp_path) == ["a/c/9.heic", "b/1.gif", "page 2.jpg", "page 10.PNG"]
    assert all(entry.open().size == (8, 8) for entry in found)


def test_files_are_taken_as_they_are_named(tmp_path):
    put(tmp_path, "b.dat", "a.png")
    assert names(find_pictures([tmp_path / "b.dat", tmp_path / "a.png"]), tmp_path) == ["b.dat", "a.png"]


def test_a_zip_may_hold_any_number(tmp_path):
    path = tmp_path / "deep" / "scans.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(MAX_ENTRIES + 1):
            archive.writestr(f"in/{number}.png", png())
        archive.writestr("notes.txt", b"x")
    *found, remark = find_pictures([tmp_path])
    assert names(found, tmp_path)[:2] == ["deep/scans.zip/in/0.png", "deep/scans.zip/in/1.png"]
    assert len(found) == MAX_ENTRIES + 1 and found[-1].open().size == (8, 8)
    assert remark.name == str(path) and not remark.may_be_picture and "other files (1)" in remark.note


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sets no such limit")
def test_more_zips_than_files_may_be_open(tmp_path):
    import resource

    for number in range(80):
        with zipfile.ZipFile(tmp_path / f"{number}.zip", "w") as archive:
            archive.writestr("a.png", png())
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (40 + len([*Path("/dev/fd").iterdir()]), limits[1]))
    try:
        found = find_pictures([tmp_path])
        assert len(found) == 80 and all(entry.open().size == (8, 8) for entry in found)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def test_what_is_not_there_is_told(tmp_path):
    (tmp_path / "empty").mkdir()
    missing, empty = find_pictures([tmp_path / "missing.png", tmp_path / "empty"])
    assert missing.note == "cannot be opened: No such file or directory."
    assert empty.note == "There is no picture in this folder."
    with pytest.raises(PictureError, match="no picture in this folder"):
        empty.open()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
def test_a_pipe_in_a_folder_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    put(tmp_path, "a.png")
    assert names(find_pictures([tmp_path]), tmp_path) == ["a.png"]


def test_a_link_to_its_own_folder_is_not_followed(tmp_path):
    put(tmp_path, "a.png")
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    assert names(find_pictures([tmp_path]), tmp_path) == ["a.png"]


def test_batches_keep_the_order_and_the_notes(monkeypatch):
    monkeypatch.setattr(prefetch, "MAX_BATCH_PICTURES", 2)
    entries = [
        PictureEntry("a", unpack=png),
        PictureEntry("b", "is lost"),
        PictureEntry("c", unpack=png),
        PictureEntry("d", unpack=lambda: b"x"),
    ]
    found = list(prefetch_batches(entries))
    assert [len(batch) for batch in found] == [2, 2]
    told = [(entry.name, bool(picture), note[:8]) for batch in found for entry, picture, note in batch]
    assert told == [("a", True, ""), ("b", False, "is lost"), ("c", True, ""), ("d", False, "d is not")]


def test_of_pictures_that_fill_a_batch_one_is_decoded_ahead(monkeypatch):
    monkeypatch.setattr(prefetch, "MAX_BATCH_PIXELS", 400)
    opened = []

    def unpack():
        opened.append(len(opened))
        return png(20)

    found = prefetch_batches([PictureEntry("x", unpack=unpack)] * 9)
    assert len(next(found)) == 1 and len(opened) <= 2
    assert len(list(found)) == 8 and len(opened) == 9


def test_a_large_picture_is_in_memory_alone(monkeypatch):
    monkeypatch.setattr(prefetch, "MAX_BATCH_PIXELS", 200)
    decoded = []
    decode = PictureFile.decode

    def noted(file):
        assert not [picture for picture in decoded if picture() is not None], "the others are gone"
        picture = decode(file)
        decoded.append(weakref.ref(picture))
        return picture

    monkeypatch.setattr(PictureFile, "decode", noted)
    large, small = PictureEntry("large", unpack=lambda: png(20)), PictureEntry("small", unpack=lambda: png(14))
    sizes = []
    for batch in prefetch_batches([large, small, large, large, small]):
        sizes.append([picture.width for _, picture, _ in batch])
        del batch
    assert sizes == [[20], [14], [20], [20], [14]]


def test_nothing_gives_no_batches():
    assert list(prefetch_batches([])) == []
