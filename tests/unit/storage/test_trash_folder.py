"""What is in the trash can come back as it was, is listed newest first, and is gone as a whole in the end."""

import os
import shutil
import time

import pytest

from core.storage.trash_folder import RETENTION_S, move_into, names_in, remove_for_good


def folder(parent, name, age_s=0.0):
    made = parent / name
    made.mkdir()
    (made / "file").write_text(name)
    then = time.time() - age_s
    os.utime(made, (then, then))
    return made


def test_without_a_trash_there_is_nothing(tmp_path):
    assert names_in(tmp_path / "trash") == remove_for_good(tmp_path / "trash") == []


def test_what_was_deleted_last_stands_first_whatever_its_age_was(tmp_path):
    trash = tmp_path / "trash"
    for name, age_s in (("old", 2 * RETENTION_S), ("new", 0.0)):
        move_into(trash, folder(tmp_path, name, age_s))
        os.utime(trash / name, (1000 + len(names_in(trash)),) * 2)
    (trash / "a file").write_text("")
    assert names_in(trash) == ["new", "old"]
    assert (trash / "old" / "file").read_text() == "old"


def test_what_was_old_when_it_was_deleted_stays_and_what_was_deleted_long_ago_goes(tmp_path):
    trash = tmp_path / "trash"
    move_into(trash, folder(tmp_path, "old", 2 * RETENTION_S))
    folder(trash, "deleted long ago", 2 * RETENTION_S)
    assert remove_for_good(trash) == ["deleted long ago"]
    assert names_in(trash) == ["old"]
    assert remove_for_good(trash, 0.0) == ["old"] and list(trash.iterdir()) == []


def test_a_removal_that_was_cut_off_is_never_brought_back_and_is_finished_by_the_next(tmp_path, monkeypatch):
    trash = tmp_path / "trash"
    move_into(trash, folder(tmp_path, "a"))

    def cut_off(path, ignore_errors):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(shutil, "rmtree", cut_off)
        remove_for_good(trash, 0.0)
    assert names_in(trash) == [] and len(list(trash.iterdir())) == 1
    assert remove_for_good(trash) == [] and list(trash.iterdir()) == []
