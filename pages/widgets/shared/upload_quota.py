"""Limits on the uploaded files that this server holds in memory, for each session and for all of them together.

Streamlit limits only the size of one file, and keeps the files of a session that has ended until its store of sessions
happens to drop it. Here a file beyond a limit is refused before it is held, and a session that does not come back is
closed, which frees its files.
"""

import gc
import threading
import time
from collections.abc import Callable, Mapping

import streamlit as st
from starlette.exceptions import HTTPException
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

from core.config.server_settings import ServerSettings
from pages.widgets.shared.text import escape_markdown

RECONNECT_S = 60.0
"""How long a session that has lost its browser is kept: a reconnect takes a few seconds, a reload makes a new one."""

_SWEEP_INTERVAL_S = 5.0
_SHOWN_AFTER_S = 2.0
_MB = 1024**2


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
        self._refusals: dict[str, str] = {}
        self._kept: dict[str, Mapping[str, int]] = {}  # by session, the bytes of files by their id
        self._remove_session_files = manager.remove_session_files
        manager.add_file = self.add_file  # the server's handler of uploads looks it up for each file
        manager.remove_session_files = self.remove_session_files

    def add_file(self, session_id: str, file: UploadedFileRec) -> None:
        """Hold a file; raises `HTTPException` (413, content too large) where that would exceed a limit.

        To make room, sessions that have lost their browser are closed at once.
        """
        limits, size = ServerSettings.from_environment(), len(file.data)
        others = self._size_bytes(session_id, file.file_id)
        if others + size > limits.max_session_upload_mb * _MB:
            held = f"your files here have {_megabytes(others)} already"
            self._refuse(session_id, file, held, limits.max_session_upload_mb)
        if self._total_bytes() + size > limits.max_server_upload_mb * _MB:
            for ended in self._disconnected() - {session_id}:
                self._close(ended)
        if (total := self._total_bytes()) + size > limits.max_server_upload_mb * _MB:
            held = f"the files of all visitors have {_megabytes(total)} already"
            self._refuse(session_id, file, held, limits.max_server_upload_mb)
        self._refusals.pop(session_id, None)
        self._add_file(session_id, file)

    def keep(self, session_id: str, files: Mapping[str, int]) -> None:
        """Count, among those of all sessions, files that a page itself still holds, as for an undo.

        files: their bytes, by Streamlit's id of each; those that `manager` holds too count once.
        """
        self._kept[session_id] = files

    def remove_session_files(self, session_id: str) -> None:
        """Forget the files of a session that has ended."""
        self._kept.pop(session_id, None)
        self._remove_session_files(session_id)

    def _refuse(self, session_id: str, file: UploadedFileRec, held: str, limit_mb: int) -> None:
        sentence = (
            f"{file.name} was not taken: {held}, and at most {limit_mb} MB are held. Remove some, then choose it again."
        )
        self._refusals[session_id] = sentence
        raise HTTPException(413, sentence)

    def refusal(self, session_id: str) -> str:
        """Return why the session's last file was refused, as a sentence, or '' where it was not."""
        return self._refusals.get(session_id, "")

    def close_ended_sessions(self, now: float) -> None:
        """Close the sessions that have been without a browser for `RECONNECT_S`; now: seconds on a monotonic clock."""
        there = self._disconnected()
        self._since = {each: self._since.get(each, now) for each in there}
        ended = [each for each, since in self._since.items() if now - since >= RECONNECT_S]
        for session_id in ended:
            self._close(session_id)
            self._refusals.pop(session_id, None)
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


@st.fragment(run_every=_SHOWN_AFTER_S)
def show_refusal() -> None:
    """Show why the last file of this visitor was refused, soon after it was: a refused upload draws nothing anew."""
    if refused := refusal():
        st.error(escape_markdown(refused), icon=":material/error:")


def refusal() -> str:
    """Return why the last file of this visitor was refused, as a sentence, or '' where it was not."""
    context = get_script_run_ctx()
    return _quota.refusal(context.session_id) if _quota and context else ""
