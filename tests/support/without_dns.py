"""A server on a machine whose name resolver does not answer, and what it answers meanwhile.

Run in a network namespace of its own (`unshare --net`), or anywhere: what the server asks of other machines is written
down before it is sent, and a name that it looks up keeps it waiting, as a resolver does that does not answer.

Usage: python -m tests.support.without_dns FOLDER
"""

import asyncio
import fcntl
import json
import os
import socket
import struct
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from tests.support.app_server import Server
from tests.support.session import session

WAIT_S = 20
PAGES = ("", "inside", "train", "runs", "learn")
FOREIGN = (
    ("evil.example", "http://evil.example"),
    ("localhost:{port}", "http://evil.example"),
    ("localhost:{port}", "http://192.0.2.7:{port}"),
)
"""Host and Origin of a page of another site that opens a WebSocket."""

_WATCH = """
import os, sys, time

NEAR = ("", "localhost", "::1", "0.0.0.0", "::")

def audit(event, arguments):
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto"):
        host = arguments[1][0] if isinstance(arguments[1], tuple) else ""
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host or ""
    if host not in NEAR and not host.startswith("127."):
        with open(os.environ["ASKED"], "a") as asked:
            asked.write(f"{event} {host}\\n")
        time.sleep(WAIT_S)

sys.addaudithook(audit)
"""


def main() -> None:
    """Start the server, open WebSockets of other sites and all pages, and print one JSON object of what came of it."""
    folder = Path(sys.argv[1])
    asked = folder / "asked.txt"
    (folder / "sitecustomize.py").write_text(_WATCH.replace("WAIT_S", str(WAIT_S)))
    with suppress(OSError):  # outside a new network namespace it is up, and may not be changed
        _bring_loopback_up()
    os.environ |= {"PYTHONPATH": str(folder), "ASKED": str(asked)}
    server = Server(folder / "runs")
    try:
        with ThreadPoolExecutor() as threads:
            refusals = [threads.submit(_open_websocket, server.port, *headers) for headers in FOREIGN]
            health = [_health(server.url) for _ in range(20)]
            statuses = [each.result() for each in refusals]
        drawn = asyncio.run(_draw_pages(server.port))
    finally:
        server.stop()
    asked_for = asked.read_text().splitlines() if asked.exists() else []
    print(json.dumps({"statuses": statuses, "health": health, "drawn": drawn, "asked": asked_for}))


def _bring_loopback_up() -> None:
    set_flags, up_and_running = 0x8914, 0x41  # of Linux: SIOCSIFFLAGS, IFF_UP | IFF_RUNNING
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, set_flags, struct.pack("16sH14x", b"lo", up_and_running))


def _open_websocket(port: int, host: str, origin: str) -> int:
    """Return the status that the server answers to a WebSocket with this Host and Origin."""
    headers = {
        "Host": host.format(port=port),
        "Origin": origin.format(port=port),
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    lines = ["GET /_stcore/stream HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    with socket.create_connection(("localhost", port), timeout=10 * WAIT_S) as connection:
        connection.sendall("\r\n".join(lines).encode())
        return int(connection.recv(1024).split()[1])


def _health(url: str) -> str:
    """Return what the server says of its health, '' where it does not answer for half the time that a name takes."""
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=WAIT_S / 2) as answer:
            return answer.read().decode()
    except OSError:
        return ""


async def _draw_pages(port: int) -> list[str]:
    """Return the pages that the server has drawn to their end, each in a session of its own."""
    drawn = []
    for page in PAGES:
        async with session(port) as visitor:
            await visitor.draw(page)
            await visitor.finished()
            drawn.append(page)
    return drawn


if __name__ == "__main__":
    main()
