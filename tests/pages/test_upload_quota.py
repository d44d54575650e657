"""Uploaded files are held up to a limit, for a session and for the server, and freed when their session has ended."""

import uuid

import pytest
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import DeletedFile, UploadedFileRec
from streamlit.testing.v1 import AppTest

from pages.widgets.shared import upload_quota
from pages.widgets.shared.upload_quota import RECONNECT_S, UploadQuota
from tests.support.app import plain, words

_MB = 1024**2
_FILE = bytes(39 * _MB)  # one object for all: nothing is copied


class Sessions:
    """The sessions of a server, as the quota sees them."""

    def __init__(self):
        self.manager = MemoryUploadedFileManager("/upload")
        self.disconnected, self.closed = set(), []
        self.quota = UploadQuota(self.manager, lambda: set(self.disconnected), self.close)

    def close(self, session_id):
        self.closed.append(session_id)
        self.disconnected.discard(session_id)
        self.manager.remove_session_files(session_id)

    def send(self, session_id, data=_FILE, file_id=None):
        """Whether the server takes a file, as its handler of uploads hands it over."""
        file_id = file_id or str(uuid.uuid4())
        self.manager.add_file(session_id, UploadedFileRec(file_id, "photo.png", "image/png", data))
        return file_id not in self.quota.refusals(session_id)

    def refusal(self, session_id):
        """Why the session's last file was refused."""
        return list(self.quota.refusals(session_id).values())[-1]

    def held_mb(self):
        files = self.manager.file_storage.values()
        return sum(len(file.data) for session in files for file in session.values()) // _MB


@pytest.fixture
def sessions():
    return Sessions()


def test_of_26_files_of_39_mb_in_one_session_five_are_held(sessions):
    assert [sessions.send("a") for _ in range(26)].count(True) == 5
    assert sessions.held_mb() == 195
    assert len(sessions.quota.refusals("a")) == 21 and sessions.refusal("a") == (
        "photo.png was not taken: your files here have 195 MB already, and at most 200 MB are held. Remove some, then "
        "choose it again."
    )
    assert sessions.send("b") and not sessions.quota.refusals("b")
    sessions.manager.remove_file("a", next(iter(sessions.manager.file_storage["a"])))
    assert sessions.send("a")


def test_why_a_file_was_refused_is_forgotten_with_the_file_and_with_its_session(sessions):
    for _ in range(7):
        sessions.send("a")
    taken_out, _ = sessions.quota.refusals("a")
    sessions.manager.remove_file("a", taken_out)
    assert len(sessions.quota.refusals("a")) == 1
    sessions.close("a")
    assert not sessions.quota.refusals("a")


def test_a_file_that_is_sent_again_counts_once(sessions):
    assert all(sessions.send("a", file_id="same") for _ in range(10)) and sessions.held_mb() == 39


def test_all_sessions_together_have_a_limit(sessions):
    taken = [sessions.send(str(number)) for number in range(40)]
    assert taken.count(True) == 20 and sessions.held_mb() == 780
    assert "the files of all visitors have 780 MB already, and at most 800 MB" in sessions.refusal("39")


def test_what_an_undo_can_bring_back_counts_for_the_server_until_its_session_ends(sessions):
    for number in range(18):
        assert sessions.send(str(number), file_id="sent")
    sessions.quota.keep("0", {"sent": 39 * _MB, "removed": 39 * _MB})
    assert sessions.send("18") and not sessions.send("19")
    sessions.close("0")
    assert sessions.send("19") and sessions.send("20")


def test_a_session_without_browser_makes_room_at_once(sessions):
    for number in range(20):
        assert sessions.send(str(number))
    sessions.disconnected.add("3")
    assert sessions.send("new") and sessions.closed == ["3"] and sessions.held_mb() == 780


def test_the_files_of_an_ended_session_are_freed_after_a_minute(sessions):
    sessions.send("a")
    sessions.disconnected.add("a")
    sessions.quota.close_ended_sessions(100.0)
    sessions.quota.close_ended_sessions(99.0 + RECONNECT_S)
    assert sessions.held_mb() == 39 and not sessions.closed
    sessions.quota.close_ended_sessions(100.0 + RECONNECT_S)
    assert sessions.held_mb() == 0 and sessions.closed == ["a"]


def test_a_session_that_comes_back_keeps_its_files(sessions):
    sessions.send("a")
    for now, there in ((0.0, True), (RECONNECT_S - 1, False), (RECONNECT_S + 1, True), (2 * RECONNECT_S, True)):
        sessions.disconnected = {"a"} if there else set()
        sessions.quota.close_ended_sessions(now)
    assert sessions.held_mb() == 39


def test_the_limits_are_settings(sessions, monkeypatch):
    monkeypatch.setenv("DIGIT_STUDIO_MAX_SESSION_UPLOAD_MB", "40")
    monkeypatch.setenv("DIGIT_STUDIO_MAX_SERVER_UPLOAD_MB", "80")
    assert [sessions.send(name) for name in "aabbcc"] == [True, False, True, False, False, False]


ADD_FILE = MemoryUploadedFileManager.add_file
UPLOADERS = {"recognize": "pictures", "runs": "bundle-0"}


@pytest.mark.parametrize("page", UPLOADERS)
def test_the_page_says_in_a_sentence_that_a_file_was_refused_while_its_uploader_shows_it(page, app, monkeypatch):
    refused = {}
    refuse = lambda self, session_id, file: refused.update({file.file_id: f"{file.name} was not taken."})  # noqa: E731
    monkeypatch.setattr(MemoryUploadedFileManager, "add_file", lambda *added: refuse(*added) or ADD_FILE(*added))
    monkeypatch.setattr(upload_quota, "refusals", lambda: refused)
    at = app(page, way="upload")
    assert "not taken" not in words(at)
    at.file_uploader(key=UPLOADERS[page]).set_value(("a*.zip", b"", "application/zip")).run()
    assert not at.exception and "a*.zip was not taken." in plain(words(at))
    assert page == "recognize" or not any(each.label == "Import this bundle" for each in at.button)
    at.switch_page("pages/train.py").run()
    at.switch_page(f"pages/{page}.py").run()
    assert not at.exception and "not taken" not in words(at)


def page_of_an_uploader():
    import streamlit as st

    from pages.widgets.shared import upload_quota

    upload_quota.begin_drawing()
    if st.checkbox("shown", value=True, key="shown"):
        upload_quota.show(st.file_uploader("Files", accept_multiple_files=True, key="files"))
    upload_quota.free_unshown()


def test_files_that_no_uploader_shows_any_more_are_freed(monkeypatch):
    freed, known = [], {}
    remember = lambda self, session_id, file: known.update({file.file_id: file.name})  # noqa: E731
    monkeypatch.setattr(MemoryUploadedFileManager, "add_file", lambda *added: remember(*added) or ADD_FILE(*added))
    monkeypatch.setattr(MemoryUploadedFileManager, "remove_file", lambda *removed: freed.append(known[removed[-1]]))
    at = AppTest.from_function(page_of_an_uploader).run()
    at.file_uploader(key="files").set_value([(name, b"", "image/png") for name in ("a.png", "b.png")]).run()
    at.run()
    assert not at.exception and freed == [], "they are still shown"
    at.checkbox(key="shown").uncheck().run()
    at.run()
    assert not at.exception and sorted(freed) == ["a.png", "b.png"]


def test_of_the_files_of_an_uploader_those_that_were_freed_in_the_meantime_are_left_out():
    assert upload_quota.held([DeletedFile("freed"), None]) == []
