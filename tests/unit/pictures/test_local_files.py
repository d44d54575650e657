"""Picture files on this machine: found by name, in folders and in ZIPs."""

import io
import os
import sys
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from core.pictures.decoding import PictureError
from core.pictures.local_files import find_pictures
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


def test_a_missing_file_and_an_empty_folder_get_a_note(tmp_path):
    (tmp_path / "empty").mkdir()
    missing, empty = find_pictures([tmp_path / "missing.png", tmp_path / "empty"])
    assert missing.note == "cannot be opened: there is no such file; check the path."
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
