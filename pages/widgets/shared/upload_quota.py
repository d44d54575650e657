"""Limits on the uploaded files that this server holds in memory, for each session and for all of them together.

Streamlit limits only the size of one file, and keeps the files of a session that has ended until its store of sessions
happens to drop it, and those whose uploader is gone from the page. Here a file beyond a limit is refused before it is
held, a file that no uploader shows any more is freed, and a session that does not come back is closed, which frees its
files.
"""

import gc
import threading
import time
from collections.abc import Callable, Iterable, Mapping

import streamlit as st
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

from core.config.server_settings import ServerSettings
from pages.widgets.shared.session import SessionKey
from pages.widgets.shared.text import escape_markdown

RECONNECT_S = 60.0
"""How long a session that has lost its browser is kept: a reconnect takes a few seconds, a reload makes a new one."""

_SWEEP_INTERVAL_S = 5.0
_MB = 1024**2
_SHOWN = SessionKey[frozenset[str]]("shown_files", frozenset())
"""Streamlit's ids of the files that uploaders have shown since the page began to be drawn."""
_KNOWN = SessionKey[frozenset[str]]("known_files", frozenset())
"""The ids of the files that uploaders have shown and that were not freed: one that is still being sent is not among
them."""


class UploadQuota:
    """The limits on the uploads of one server.

    `manager` holds the files. `disconnected` returns the ids of sessions that have lost their browser but may come
    back, and `close` ends one of them. Both are called on the server's event loop.
    """

    def __init__(
        self,
        manager: MemoryUploadedFileManager,
        disconnected: Callable[[], set[str]],
        close: Callable[[str], None],
    ) -> None:
        self._manager, self._disconnected, self._close = manager, disconnected, close
        self._add_file = manager.add_file
        self._since: dict[str, float] = {}  # when each disconnected session was first seen as such
        self._refused: dict[str, dict[str, str]] = {}  # by session, why a file of that id was refused
        self._kept: dict[str, Mapping[str, int]] = {}  # by session, the bytes of files by their id
        self._remove_file, self._remove_session_files = manager.remove_file, manager.remove_session_files
        manager.add_file = self.add_file  # the server's handlers of uploads look these up for each file
        manager.remove_file = self.remove_file
        manager.remove_session_files = self.remove_session_files

    def add_file(self, session_id: str, file: UploadedFileRec) -> None:
        """Hold a file; where that would exceed a limit, hold an empty one, of which `refusals` says why.

        An error in place of it would be shown beside the file as the browser words it. To make room, sessions that have
        lost their browser are closed at once.
        """
        if problem := self._problem(session_id, file):
            self._refused.setdefault(session_id, {})[file.file_id] = (
                f"{file.name} was not taken: {problem} are held. Remove some, then choose it again."
            )
            file = file._replace(data=b"")
        self._add_file(session_id, file)

    def _problem(self, session_id: str, file: UploadedFileRec) -> str:
        """Return what is held already and the limit that the file would exceed, or '' where there is room for it."""
        limits, size = ServerSettings.from_environment(), len(file.data)
        others = self._size_bytes(session_id, file.file_id)
        if others + size > (limit_mb := limits.max_session_upload_mb) * _MB:
            return f"your files here have {_megabytes(others)} already, and at most {limit_mb} MB"
        limit_mb = limits.max_server_upload_mb
        if self._total_bytes() + size > limit_mb * _MB:
            for ended in self._disconnected() - {session_id}:
                self._close(ended)
        if (total := self._total_bytes()) + size > limit_mb * _MB:
            return f"the files of all visitors have {_megabytes(total)} already, and at most {limit_mb} MB"
        return ""

    def remove_file(self, session_id: str, file_id: str) -> None:
        """Forget one file, and why it was refused."""
        self._refused.get(session_id, {}).pop(file_id, None)
        self._remove_file(session_id, file_id)

    def keep(self, session_id: str, files: Mapping[str, int]) -> None:
        """Count, among those of all sessions, files that a page itself still holds, as for an undo.

        files: their bytes, by Streamlit's id of each; those that `manager` holds too count once.
        """
        self._kept[session_id] = files

    def remove_session_files(self, session_id: str) -> None:
        """Forget the files of a session that has ended."""
        self._kept.pop(session_id, None)
        self._refused.pop(session_id, None)
        self._remove_session_files(session_id)

    def refusals(self, session_id: str) -> Mapping[str, str]:
        """Return why files of the session were refused, each a sentence, by Streamlit's id of each."""
        return dict(self._refused.get(session_id, {}))

    def close_ended_sessions(self, now: float) -> None:
        """Close the sessions that have been without a browser for `RECONNECT_S`; now: seconds on a monotonic clock."""
        there = self._disconnected()
        self._since = {each: self._since.get(each, now) for each in there}
        ended = [each for each, since in self._since.items() if now - since >= RECONNECT_S]
        for session_id in ended:
            self._close(session_id)
        if ended:
            gc.collect()  # a session is full of reference cycles, and what it has uploaded hangs on them

    def _size_bytes(self, session_id: str, without: str) -> int:
        files = self._manager.file_storage.get(session_id, {})
        return sum(len(file.data) for file_id, file in list(files.items()) if file_id != without)

    def _total_bytes(self) -> int:
        held = self._manager.file_storage
        kept = [
            size
            for session_id, files in list(self._kept.items())
            for file_id, size in files.items()
            if file_id not in held.get(session_id, {})
        ]
        return sum(self._size_bytes(session_id, "") for session_id in list(held)) + sum(kept)


def _megabytes(size: int) -> str:
    return f"{size / _MB:,.0f} MB"


_quota: UploadQuota | None = None


def install() -> None:
    """Set the limits for this process's server, and close its ended sessions from now on; to be called once."""
    global _quota
    if not Runtime.exists():
        return
    runtime = Runtime.instance()
    manager, sessions = runtime.uploaded_file_mgr, _sessions_of(runtime)
    if not isinstance(manager, MemoryUploadedFileManager) or not isinstance(sessions, WebsocketSessionManager):
        return  # a page under test

    def disconnected() -> set[str]:
        active = {each.session.id for each in sessions.list_active_sessions()}
        return {each.session.id for each in sessions.list_sessions()} - active

    def close(session_id: str) -> None:
        found = sessions.get_session_info(session_id)
        sessions.close_session(session_id)
        if found:
            # What is in the state of the first visitors is never collected as garbage: it was there already when
            # `import_keras` excluded all that there was from collection.
            found.session.session_state.clear()

    _quota = quota = UploadQuota(manager, disconnected, close)
    loop = runtime._get_async_objs().eventloop  # pyright: ignore[reportPrivateUsage]

    def sweep() -> None:
        while not loop.is_closed():
            loop.call_soon_threadsafe(lambda: quota.close_ended_sessions(time.monotonic()))
            time.sleep(_SWEEP_INTERVAL_S)

    threading.Thread(target=sweep, name="close-ended-sessions", daemon=True).start()


def _sessions_of(runtime: Runtime) -> object:
    """Return what holds the server's sessions: Streamlit offers no other way to end one that is disconnected."""
    return getattr(runtime, "_session_mgr", None)


def keep(files: Mapping[str, int]) -> None:
    """Count files that this visitor's page holds, as `UploadQuota.keep` says."""
    context = get_script_run_ctx()
    if _quota and context:
        _quota.keep(context.session_id, files)


def held(chosen: Iterable[object]) -> list[UploadedFile]:
    """Return those files of an uploader that the server holds: neither refused nor freed since they were chosen."""
    refused = refusals()
    return [each for each in chosen if isinstance(each, UploadedFile) and each.file_id not in refused]


def show(chosen: Iterable[object]) -> list[UploadedFile]:
    """Show why files of an uploader were refused, and return its others; call this wherever an uploader is drawn.

    What was shown when the page was drawn before, and is not when it is drawn again, `free_unshown` frees.
    """
    files = [each for each in chosen if isinstance(each, UploadedFile)]
    ids, refused = {each.file_id for each in files}, refusals()
    _SHOWN.set(_SHOWN.get() | ids)
    _KNOWN.set(_KNOWN.get() | ids)
    if sentences := [refused[each.file_id] for each in files if each.file_id in refused]:
        st.error("  \n".join(map(escape_markdown, sentences)), icon=":material/error:")
    return held(files)


def begin_drawing() -> None:
    """Note that the whole page is about to be drawn."""
    _SHOWN.set(frozenset())


def free_unshown() -> None:
    """Free the files that no uploader of the page shows any more; called when the whole page has been drawn.

    Streamlit itself frees a file only where a person takes it out of its uploader.
    """
    context = get_script_run_ctx()
    if context and isinstance(manager := context.uploaded_file_mgr, MemoryUploadedFileManager):
        for file_id in _KNOWN.get() - _SHOWN.get():
            manager.remove_file(context.session_id, file_id)
    _KNOWN.set(_SHOWN.get())


def refusals() -> Mapping[str, str]:
    """Return why files of this visitor were refused, as `UploadQuota.refusals` does."""
    context = get_script_run_ctx()
    return _quota.refusals(context.session_id) if _quota and context else {}
