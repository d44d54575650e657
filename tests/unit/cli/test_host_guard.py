"""The host guard: which names and which pages a server answers to."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.cli.host_guard import LOOPBACK_HOSTS, HostGuard, is_host_name, is_loopback
from tests.support.app_server import PROJECT

HOSTS = [*LOOPBACK_HOSTS, "192.168.1.5", "Digits.Example.org"]


def ask(kind, *headers, hosts=HOSTS):
    """Return the status that the guard answers, 200 where it passes the request on, the body, and the Host passed."""
    sent, passed = [], []

    async def app(scope, receive, send):
        passed.extend(value.decode() for name, value in scope["headers"] if name == b"host")

    async def send(message):
        sent.append(message)

    scope = {"type": kind, "scheme": "http", "headers": [(name.encode(), value.encode()) for name, value in headers]}
    with ThreadPoolExecutor(1) as threads:  # Playwright's event loop may run in this one
        threads.submit(lambda: asyncio.run(HostGuard(app, hosts)(scope, None, send))).result()
    if not sent:
        return 200, "", passed[0]
    assert not passed
    body = b"".join(message.get("body", b"") for message in sent).decode()
    return (403 if sent[0] == {"type": "websocket.close", "code": 1008} else sent[0]["status"]), body, ""


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:8501",
        "127.0.0.1:8501",
        "[::1]:8501",
        "192.168.1.5:80",
        "digits.example.org",
        "localhost.",
    ],
)
def test_a_name_of_the_server_is_answered(kind, host):
    assert ask(kind, ("host", host))[0] == 200


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    "headers",
    [
        [("host", "evil.example")],
        [("host", "evil.example:8501"), ("origin", "http://evil.example:8501")],
        [("host", "localhost.evil.example")],
        [("host", "192.168.1.6")],
        [("host", "localhost@evil.example")],
        [("host", "evil.example#localhost")],
        [("host", "localhost/evil")],
        [("host", "localhost:port")],
        [("host", "[::1")],
        [("host", "")],
        [("host", "localhost"), ("host", "evil.example")],
        [],
    ],
)
def test_a_foreign_name_is_refused(kind, headers):
    assert ask(kind, *headers)[0] == 403


def test_a_refusal_says_which_name_was_asked_for_and_what_to_do():
    _, body, _ = ask("http", ("host", "evil.example:8501"))
    assert "does not answer to the name 'evil.example', only to localhost, 127.0.0.1, ::1, 192.168.1.5" in body
    assert "or start it with --host and the name" in body
    assert "without a name" in ask("http")[1]


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("localhost:8501", "http://localhost:8501"),
        ("[::1]:8501", "http://[::1]:8501"),
        ("192.168.1.5:8501", "https://192.168.1.5:8501"),
        ("localhost", "http://localhost"),
        ("192.168.1.5", "https://192.168.1.5"),
        ("digits.example.org", "https://digits.example.org"),
        ("digits.example.org", "https://digits.example.org:8443"),  # a proxy that passes the name alone
        ("localhost:8501", "https://digits.example.org"),  # a proxy that replaces the name
    ],
)
def test_a_page_of_the_server_may_open_a_websocket(host, origin):
    status, _, passed = ask("websocket", ("host", host), ("origin", origin))
    assert (status, passed) == (200, origin.split("//")[1]), "Streamlit would ask who has that name"


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("localhost:8501", "http://evil.example"),
        ("localhost:8501", "http://evil.example:8501"),
        ("localhost:8501", "http://localhost:3000"),
        ("localhost:8501", "http://192.168.1.5:8501"),
        ("192.168.1.5:8501", "http://192.168.1.5"),
        ("localhost", "http://localhost:3000"),  # a browser leaves out port 80, and no other
        ("localhost:8501", "null"),
        ("localhost:8501", "file://"),
        ("localhost:8501", ""),
    ],
)
def test_a_page_of_another_site_may_not(host, origin):
    assert ask("websocket", ("host", host), ("origin", origin))[0] == 403


def test_programs_send_no_origin_and_what_is_no_request_is_passed_on():
    assert ask("websocket", ("host", "localhost:8501"))[0] == 200
    assert ask("lifespan", ("host", "-"))[0] == 200


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("localhost:8501", True), ("[::1]", True), ("127.0.0.1", True), ("192.168.1.5:8501", False), ("", False)],
)
def test_names_under_which_a_machine_reaches_itself(host, loopback):
    assert is_loopback(host) is loopback


@pytest.mark.parametrize("text", [*HOSTS, "fe80::1", "my-laptop.local"])
def test_a_name_or_an_address_is_the_name_of_a_host(text):
    assert is_host_name(text)


@pytest.mark.parametrize("text", ["", "https://x.org", "digits.example.org:80", "a/b", "a b", "*", "*.x.org"])
def test_what_holds_more_than_that_is_none(text):
    assert not is_host_name(text)


def test_the_project_answers_to_names_of_this_machine_alone():
    settings = (PROJECT / ".streamlit" / "config.toml").read_text("utf-8")
    assert 'allowedHosts = ["localhost", "127.0.0.1", "::1"]' in settings
