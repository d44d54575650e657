"""A visitor without a browser: one session of the served app, in Streamlit's own protocol."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol


class Session:
    """An open page of the app. What the server sends is read by `messages` alone."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.page_hash = ""

    async def messages(self) -> AsyncIterator[ForwardMsg]:
        """Yield what the server sends, until it closes the connection."""
        async for data in self._socket:
            assert isinstance(data, bytes)
            message = ForwardMsg.FromString(data)
            if message.WhichOneof("type") == "navigation":
                self.page_hash = message.navigation.page_script_hash
            yield message

    async def finished(self) -> list[ForwardMsg]:
        """Return what the server sends until it has drawn the page or the fragment; raises `ConnectionError`."""
        received = []
        async for message in self.messages():
            received.append(message)
            if message.WhichOneof("type") == "script_finished":
                return received
        raise ConnectionError("The server closed the connection.")

    async def draw(self, page: str = "", fragment: str = "") -> None:
        """Ask for the page of that name ('' is the first), or for one fragment of the page that is open."""
        message = BackMsg()
        message.rerun_script.page_name = page
        message.rerun_script.page_script_hash = self.page_hash if fragment else ""
        message.rerun_script.fragment_id = fragment
        message.rerun_script.is_auto_rerun = bool(fragment)
        await self._socket.send(message.SerializeToString())


@asynccontextmanager
async def session(port: int, **headers: str) -> AsyncIterator[Session]:
    """Open a session at a server of this machine, with these headers (`_` for `-`), and close it in the end."""
    url, sent = (
        f"ws://localhost:{port}/_stcore/stream",
        {name.replace("_", "-"): text for name, text in headers.items()},
    )
    protocols = [Subprotocol("streamlit")]
    async with connect(url, subprotocols=protocols, additional_headers=sent, max_size=None) as socket:
        yield Session(socket)
