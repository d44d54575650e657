"""The guard before a class: without a person's cookie, nothing of the server is reached but the page to sign in."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.cli.person_guard import PersonGuard
from core.people.cookies import COOKIE

PAGE = ("accept", "text/html,application/xhtml+xml")


def ask(path, *headers, kind="http", method="GET", query="", base=""):
    """Return the status that the guard answers, 200 where it passes the request on, and where it leads."""
    sent, passed = [], []

    async def app(scope, receive, send):
        passed.append(scope)

    async def send(message):
        sent.append(message)

    scope = {
        "type": kind,
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }
    guard = PersonGuard(app, lambda cookie: cookie == "annas", base)
    with ThreadPoolExecutor(1) as threads:  # Playwright's event loop may run in this one
        threads.submit(lambda: asyncio.run(guard(scope, None, send))).result()
    if passed:
        return 200, ""
    if sent[0]["type"] == "websocket.close":
        return 403, ""
    return sent[0]["status"], dict(sent[0]["headers"]).get(b"location", b"").decode()


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    "path", ["/", "/train", "/_stcore/stream", "/live/x/loss", "/media/x.png", "/signins", "/x/signin"]
)
def test_with_a_persons_cookie_all_is_reached_and_without_it_nothing(kind, path):
    assert ask(path, ("cookie", f"a=b; {COOKIE}=annas"), kind=kind) == (200, "")
    for cookie in ("", f"{COOKIE}=", f"{COOKIE}=bens", "x=annas", f"{COOKIE}=annas; {COOKIE}=bens", f"x{COOKIE}=annas"):
        assert ask(path, ("cookie", cookie), kind=kind)[0] in (401, 403)


def test_a_page_leads_to_where_one_signs_in_and_back():
    assert ask("/", PAGE) == (303, "/signin")
    assert ask("/train", PAGE, query="epochs=3&x=//y") == (303, "/signin?to=train%3Fepochs%3D3%26x%3D%2F%2Fy")
    assert ask("/studio/train", PAGE, base="/studio") == (303, "/studio/signin?to=train")
    assert ask("/train", PAGE, method="POST")[0] == 401


@pytest.mark.parametrize(
    ("kind", "kept"), [(b"text/html; charset=utf-8", [b"no-store"]), (b"image/png", [b"max-age=60"]), (None, [])]
)
def test_no_browser_keeps_a_page(kind, kept):
    sent = []

    async def app(scope, receive, send):
        headers = [(b"Content-Type", kind), (b"Cache-Control", b"max-age=60")] if kind else []
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "path": "/", "headers": [(b"cookie", f"{COOKIE}=annas".encode())]}
    guard = PersonGuard(app, lambda cookie: cookie == "annas")
    with ThreadPoolExecutor(1) as threads:  # Playwright's event loop may run in this one
        threads.submit(lambda: asyncio.run(guard(scope, None, send))).result()
    assert [value for key, value in sent[0]["headers"] if key.lower() == b"cache-control"] == kept
    assert [each["type"] for each in sent] == ["http.response.start", "http.response.body"]


@pytest.mark.parametrize("path", ["/signin", "/signout", "/_stcore/health"])
def test_signing_in_needs_no_cookie(path):
    assert ask(path) == (200, "") and ask(f"/studio{path}", base="/studio") == (200, "")
    assert ask(path, base="/studio")[0] == 401
