"""Without the cookie of a person of the class, nothing of the server is reached but the page to sign in."""

from collections.abc import Callable, Iterable
from urllib.parse import quote

from core.cli.host_guard import App, Message, Receive, Send
from core.people.cookies import COOKIE

SIGN_IN_PATH, SIGN_OUT_PATH = "signin", "signout"
_OPEN = (SIGN_IN_PATH, SIGN_OUT_PATH, "_stcore/health")
"""The paths that need no cookie: where a code is given, where one signs out, and whether the server is well."""

_TEXT = b"Sign in first: open the first page of this server.\n"


class PersonGuard:
    """An ASGI application in front of another one; it lets those pass whose cookie is a person's.

    is_known: says whether the value of a cookie is a person's. base: the server's path, '' or such as '/studio'.
    """

    def __init__(self, app: App, is_known: Callable[[str], bool], base: str = "") -> None:
        self._app, self._is_known, self._base = app, is_known, base

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass the request on, lead a browser that opens a page to where one signs in, or refuse it."""
        if scope["type"] not in ("http", "websocket") or self._may_pass(scope):
            await self._app(scope, receive, _without_storing_pages(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._answer(scope, send)

    def _may_pass(self, scope: Message) -> bool:
        path: str = scope["path"]
        if path in [f"{self._base}/{each}" for each in _OPEN]:
            return True
        cookie = read_cookie_header(scope["headers"])
        return cookie is not None and self._is_known(cookie)

    async def _answer(self, scope: Message, send: Send) -> None:
        headers = [(b"cache-control", b"no-store"), (b"content-type", b"text/plain; charset=utf-8")]
        is_page = any(key == b"accept" and b"text/html" in value for key, value in scope["headers"])
        status = 401
        if is_page and scope["method"] == "GET":
            query = scope["query_string"].decode("latin-1")
            asked = scope["path"].removeprefix(self._base).lstrip("/") + (f"?{query}" if query else "")
            to = f"?to={quote(asked, safe='')}" if asked else ""
            status, headers = 303, [*headers, (b"location", f"{self._base}/{SIGN_IN_PATH}{to}".encode("latin-1"))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": _TEXT})


def _without_storing_pages(send: Send) -> Send:
    """Return what sends messages as `send` does, each page with the word that no browser may keep it.

    After a sign-out, the button that goes back would show it once more to whoever sits there then.
    """

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", ()))
            if any(key.lower() == b"content-type" and value.startswith(b"text/html") for key, value in headers):
                others = [(key, value) for key, value in headers if key.lower() != b"cache-control"]
                message = {**message, "headers": [*others, (b"cache-control", b"no-store")]}
        await send(message)

    return sent


def read_cookie_header(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """Return the value of the person's cookie among a request's headers, None where there is none, or several."""
    parts = [part.strip() for key, value in headers if key == b"cookie" for part in value.decode("latin-1").split(";")]
    found = [part.partition("=")[2] for part in parts if part.partition("=")[0] == COOKIE]
    return found[0] if len(found) == 1 else None
