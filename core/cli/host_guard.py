"""The server answers under its own names alone: what reaches it under a foreign one is refused before it is read.

A page of another site may have its own name resolved to this machine (DNS rebinding) and so reach a server that listens
on localhost alone. The browser still sends the foreign name, in the headers Host and Origin.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from ipaddress import ip_address
from typing import Any, NamedTuple
from urllib.parse import urlsplit

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")
"""The names under which a machine reaches itself."""

_logger = logging.getLogger(__name__)
_PORTS = {"http": 80, "https": 443}
"""The ports that browsers leave out of addresses."""

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]
"""An ASGI application, https://asgi.readthedocs.io/en/latest/specs/main.html."""


class HostGuard:
    """An ASGI application in front of another one; it answers 403 to requests under names that are not the server's.

    hosts: names and addresses without a port; capital letters do not matter.
    """

    def __init__(self, app: App, hosts: Iterable[str]) -> None:
        self._app = app
        self._hosts = tuple(dict.fromkeys(map(normal_host, hosts)))

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        host = _parse(f"//{_header(headers, b'host') or ''}")
        origin = _header(headers, b"origin")
        if host is None or host.name not in self._hosts:
            _logger.info("refused a request under the name %r", host.name if host else "")
            await _refuse(scope, send, self._explain(host))
        elif scope["type"] == "http" or origin is None:
            await self._app(scope, receive, send)
        elif self._is_own(origin, host):
            await self._app(_with_host(scope, urlsplit(origin).netloc), receive, send)
        else:
            await _refuse(scope, send)

    def _is_own(self, origin: str, host: "_Address") -> bool:
        """Return whether a page of this origin is the server's own; `host` is the address that it asked for.

        Under localhost and IP addresses other programs serve pages, too, at other ports. A name that is neither was
        given for a proxy, which may replace the Host and the port.
        """
        page = _parse(origin)
        if page is None or page.name not in self._hosts:
            return False
        ports = [*_PORTS.values()] if host.port is None else [host.port]
        if page.name == host.name and page.port in ports:
            return True
        return not _is_address(page.name)

    def _explain(self, host: "_Address | None") -> str:
        name = "a request without a name" if host is None else f"the name {host.name!r}"
        return (
            f"Digit Studio does not answer to {name}, only to {', '.join(self._hosts)}. Open it under one of "
            "these, or start it with --host and the name under which it is reached.\n"
        )


class _Address(NamedTuple):
    name: str
    port: int | None


def is_host_name(text: str) -> bool:
    """Return whether a text is a host's name or address alone, without a scheme, a port or a path."""
    return _is_address(text) or re.fullmatch(r"[\w-]+(\.[\w-]+)*\.?", text, re.ASCII) is not None


def normal_host(name: str) -> str:
    """Return a host's name in the one form in which names are compared: small letters, no dot at the end."""
    return name.strip().lower().rstrip(".")


def host_of(origin: str) -> str:
    """Return the host of a page's origin, as the header says it, in its normal form; '' where it has none."""
    address = _parse(origin)
    return address.name if address else ""


def is_loopback(host: str) -> bool:
    """Return whether the value of a Host header is a name under which a machine reaches itself."""
    address = _parse(f"//{host}")
    return address is not None and address.name in LOOPBACK_HOSTS


def _is_address(name: str) -> bool:
    """Return whether a host is localhost or an IP address, and no name that only a resolver knows."""
    try:
        return name == "localhost" or bool(ip_address(name))
    except ValueError:
        return False


def _parse(url: str) -> _Address | None:
    """Return the host and port of a URL that has nothing else, the scheme's port where it names none, or None."""
    try:
        parts = urlsplit(url)
        port, name = parts.port, parts.hostname
    except ValueError:
        return None
    if not name or parts.username is not None or parts.path or parts.query or parts.fragment:
        return None
    return _Address(normal_host(name), port or _PORTS.get(parts.scheme))


def _header(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> str | None:
    """Return a header that occurs once; None where it is missing, '' where it occurs again."""
    values = [value.decode("latin-1") for key, value in headers if key == name]
    return (values[0] if len(values) == 1 else "") if values else None


def _with_host(scope: Message, host: str) -> Message:
    """Return the request with the Host of the page that sends it, which a proxy may have replaced.

    Where the two differ, Streamlit asks a web service whether the page has this machine's public address, and answers
    nobody meanwhile.
    """
    headers = [(key, host.encode("latin-1") if key == b"host" else value) for key, value in scope["headers"]]
    return {**scope, "headers": headers}


async def _refuse(scope: Message, send: Send, text: str = "") -> None:
    """Answer 403, to a WebSocket by closing it before it is accepted: the server makes that answer itself."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    body = text.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})
