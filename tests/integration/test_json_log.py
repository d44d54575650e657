"""A server that logs JSON: every line that it writes is an object, its own and those of Streamlit and uvicorn."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.support.processes import QUICK, wait_until
from tests.support.session import session

PROJECT = Path(__file__).resolve().parents[2]


async def visit(port):
    async with session(port) as visitor:
        await visitor.draw()
        await visitor.finished()
    with socket.create_connection(("localhost", port)) as foreign:
        foreign.sendall(b"GET / HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n")
        while foreign.recv(4096):
            pass


def lines_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_every_line_of_a_server_is_an_object(store, tmp_path):
    run = store.create(QUICK.changed({"epochs": 1, "training_share": 0.05}))
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "core", "serve", "--port", str(port), "--log-json"]
    log = tmp_path / "server.log"
    with open(log, "wb") as output:
        server = subprocess.Popen(command, cwd=PROJECT, env=os.environ, stdout=output, stderr=output)

    def is_up():
        assert server.poll() is None, log.read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("localhost", port)) == 0

    try:
        wait_until(is_up)
        with ThreadPoolExecutor(1) as threads:
            threads.submit(lambda: asyncio.run(asyncio.wait_for(visit(port), 120))).result()
        wait_until(lambda: any("ended with code 0" in line["message"] for line in lines_of(log)))
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)
    found = lines_of(log)
    assert all({"time", "level", "logger", "message"} <= set(line) for line in found)
    assert {"core.cli.server", "core.cli.host_guard", "core.jobs.scheduler"} <= {line["logger"] for line in found}
    assert any(line["logger"].startswith("uvicorn") for line in found), "as are those of the server itself"
    assert {line["run"] for line in found if "run" in line} == {run.id}
    assert "'elsewhere.example'" in next(line["message"] for line in found if line["logger"] == "core.cli.host_guard")
