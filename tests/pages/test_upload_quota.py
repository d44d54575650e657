"""Uploaded files are held up to a limit, for a session and for the server, and freed when their session has ended."""

import uuid

import pytest
from starlette.exceptions import HTTPException
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

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
        try:
            record = UploadedFileRec(file_id or str(uuid.uuid4()), "photo.png", "image/png", data)
            self.manager.add_file(session_id, record)
        except HTTPException as error:
            assert error.status_code == 413
            return False
        return True

    def held_mb(self):
        files = self.manager.file_storage.values()
        return sum(len(file.data) for session in files for file in session.values()) // _MB


@pytest.fixture
def sessions():
    return Sessions()


def test_of_26_files_of_39_mb_in_one_session_five_are_held(sessions):
    assert [sessions.send("a") for _ in range(26)].count(True) == 5
    assert sessions.held_mb() == 195
    assert sessions.quota.refusal("a") == (
        "photo.png was not taken: your files here have 195 MB already, and at most 200 MB are held. Remove some, then "
        "choose it again."
    )
    assert sessions.send("b") and sessions.quota.refusal("b") == ""
    sessions.manager.remove_file("a", next(iter(sessions.manager.file_storage["a"])))
    assert sessions.send("a") and sessions.quota.refusal("a") == ""


def test_a_file_that_is_sent_again_counts_once(sessions):
    assert all(sessions.send("a", file_id="same") for _ in range(10)) and sessions.held_mb() == 39


def test_all_sessions_together_have_a_limit(sessions):
    taken = [sessions.send(str(number)) for number in range(40)]
    assert taken.count(True) == 20 and sessions.held_mb() == 780
    assert "the files of all visitors have 780 MB already, and at most 800 MB" in sessions.quota.refusal("39")


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


@pytest.mark.parametrize("page", ["recognize", "runs"])
def test_the_page_says_in_a_sentence_that_a_file_was_refused(page, app, monkeypatch):
    monkeypatch.setattr(upload_quota, "refusal", lambda: "a*.png was not taken.")
    at = app(page, way="upload")
    assert not at.exception and "a*.png was not taken." in plain(words(at))
