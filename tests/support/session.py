"""A visitor without a browser: one session of the served app, in Streamlit's own protocol."""

import asyncio
import contextlib
import gzip
import http.client
from collections.abc import AsyncIterator

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import FileURLs, UploadedFileInfo
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

_XSRF = "_streamlit_xsrf"


class Session:
    """An open page of the app. What the server sends is read by one at a time of `messages`, `finished`, `follow`."""

    def __init__(self, port: int, socket: ClientConnection, cookie: str = "") -> None:
        self.port = port
        self.id = ""
        self._socket, self._page_hash = socket, ""
        self._widgets: dict[str, str] = {}  # the id of each widget that has a key, by its key
        self._states: dict[str, WidgetState] = {}
        self._person, self._cookie = cookie, ""
        self._http = http.client.HTTPConnection("localhost", port, timeout=60)
        self._http_lock = asyncio.Lock()
        self._kept: dict[str, ForwardMsg] = {}  # messages that the server need not send again, by their hash

    async def messages(self) -> AsyncIterator[ForwardMsg]:
        """Yield what the server sends, until it closes the connection."""
        async for data in self._socket:
            assert isinstance(data, bytes)
            message = self._whole(ForwardMsg.FromString(data))
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.id = message.new_session.initialize.session_id
            elif kind == "navigation":
                self._page_hash = message.navigation.page_script_hash
            elif kind == "delta":
                self._note_widget(message.delta.new_element)
            yield message

    def _whole(self, message: ForwardMsg) -> ForwardMsg:
        """Return the message itself where the server sends but the hash of one that was kept."""
        if message.WhichOneof("type") == "ref_hash":
            kept = self._kept[message.ref_hash]
            message, place = ForwardMsg(), message.metadata
            message.CopyFrom(kept)
            message.metadata.CopyFrom(place)
        elif message.metadata.cacheable:
            self._kept[message.hash] = message
        return message

    async def finished(self) -> list[ForwardMsg]:
        """Return what the server sends until it has drawn the page or the fragment; raises `ConnectionError`."""
        received = []
        async for message in self.messages():
            received.append(message)
            if message.WhichOneof("type") == "script_finished":
                return received
        raise ConnectionError("The server closed the connection.")

    async def follow(self) -> AsyncIterator[ForwardMsg]:
        """Yield what the server sends, and ask for each live fragment again at its interval, as a browser does."""
        waiting: dict[str, asyncio.Task[None]] = {}
        try:
            async for message in self.messages():
                if message.WhichOneof("type") == "auto_rerun":
                    again = message.auto_rerun
                    if before := waiting.pop(again.fragment_id, None):
                        before.cancel()
                    waiting[again.fragment_id] = asyncio.create_task(self._repeat(again.fragment_id, again.interval))
                yield message
        finally:
            for each in waiting.values():
                each.cancel()

    async def _repeat(self, fragment: str, interval_s: float) -> None:
        while True:
            await asyncio.sleep(interval_s)
            await self.draw(fragment=fragment)

    async def draw(self, page: str = "", fragment: str = "") -> None:
        """Ask for the page of that name ('' is the first), or for one fragment of the page that is open."""
        message = BackMsg()
        rerun = message.rerun_script
        rerun.page_name, rerun.page_script_hash = page, self._page_hash if not page else ""
        rerun.fragment_id, rerun.is_auto_rerun = fragment, bool(fragment)
        rerun.cached_message_hashes.extend(self._kept)
        rerun.widget_states.CopyFrom(WidgetStates(widgets=self._states.values()))
        await self._socket.send(message.SerializeToString())

    async def get(self, address: str, tag: str = "") -> tuple[bytes | None, str]:
        """Return what stands at this address of the server and its tag, None where that is the tag it had before.

        Raises `ConnectionError` where the server has nothing there.
        """
        async with self._http_lock:
            return await asyncio.to_thread(self._get, address, tag)

    def _get(self, address: str, tag: str) -> tuple[bytes | None, str]:
        headers = {"If-None-Match": tag, "Accept-Encoding": "gzip"}
        self._http.request("GET", f"/{address}", headers=headers | ({"Cookie": self._person} if self._person else {}))
        answer = self._http.getresponse()
        body = answer.read()
        if answer.status not in (200, 304):
            raise ConnectionError(f"The server answered {answer.status} for {address}.")
        body = gzip.decompress(body) if answer.getheader("Content-Encoding") == "gzip" else body
        return (body if answer.status == 200 else None), answer.getheader("ETag") or ""

    def close(self) -> None:
        """Close the connection by which files were got."""
        self._http.close()

    def choose(self, key: str, option: str) -> None:
        """Choose an option of the radio buttons with this key; the next drawing has it."""
        self._set(WidgetState(id=self._widgets[key], string_value=option))

    async def upload(self, key: str, name: str, content: bytes) -> None:
        """Send a file through the uploader with this key, in place of what it held; the next drawing has it.

        Raises `ConnectionError` where the server does not take it.
        """
        request = BackMsg()
        request.file_urls_request.request_id = request.file_urls_request.session_id = self.id
        request.file_urls_request.file_names.append(name)
        await self._socket.send(request.SerializeToString())
        async for message in self.messages():
            if message.WhichOneof("type") == "file_urls_response":
                (urls,) = message.file_urls_response.file_urls
                break
        else:
            raise ConnectionError("The server closed the connection.")
        self._cookie = self._cookie or await asyncio.to_thread(_get_cookie, self.port)
        await asyncio.to_thread(_put, self.port, self._cookie, self._person, urls, name, content)
        state = WidgetState(id=self._widgets[key])
        info = UploadedFileInfo(name=name, size=len(content), file_id=urls.file_id, file_urls=urls)
        state.file_uploader_state_value.uploaded_file_info.append(info)
        self._set(state)

    def _set(self, state: WidgetState) -> None:
        self._states[state.id] = state

    def _note_widget(self, element: Element) -> None:
        kind = element.WhichOneof("type")
        widget_id = getattr(getattr(element, kind), "id", "") if kind else ""
        if widget_id.startswith("$$ID-"):
            self._widgets[widget_id.split("-", 2)[2]] = widget_id


@contextlib.asynccontextmanager
async def session(port: int, **headers: str) -> AsyncIterator[Session]:
    """Open a session at a server of this machine, with these headers (`_` for `-`), and close it in the end."""
    url, sent = (
        f"ws://localhost:{port}/_stcore/stream",
        {name.replace("_", "-"): text for name, text in headers.items()},
    )
    protocols = [Subprotocol("streamlit")]
    async with connect(url, subprotocols=protocols, additional_headers=sent, max_size=None) as socket:
        visitor = Session(port, socket, headers.get("Cookie", ""))
        try:
            yield visitor
        finally:
            visitor.close()


def _get_cookie(port: int) -> str:
    """Return the cookie that the server gives a browser, and wants to see again with every upload."""
    with contextlib.closing(http.client.HTTPConnection("localhost", port, timeout=60)) as server:
        server.request("GET", "/_stcore/health")
        answer = server.getresponse()
        answer.read()
        return next(part for part in (answer.getheader("Set-Cookie") or "").split("; ") if part.startswith(_XSRF))


def _put(port: int, cookie: str, person: str, urls: FileURLs, name: str, content: bytes) -> None:
    """Send a file's content to the server, as the form that a browser makes of it."""
    boundary = "part-of-an-upload"
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    headers = {
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Cookie": "; ".join(filter(None, [cookie, person])),
        "X-Xsrftoken": cookie.partition("=")[2],
    }
    body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
    with contextlib.closing(http.client.HTTPConnection("localhost", port, timeout=60)) as server:
        server.request("PUT", urls.upload_url, body, headers)
        answer = server.getresponse()
        answer.read()
        if answer.status != 204:
            raise ConnectionError(f"The server answered {answer.status} to an upload.")
