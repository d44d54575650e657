"""`serve`: the app on this machine with the project's settings, from any folder."""

import asyncio
import os
import socket
import subprocess
import sys
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.cli import lan, main, server
from core.jobs import launcher
from tests.support.session import session

PROJECT = Path(__file__).resolve().parents[3]
CONFIG = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text("utf-8"))


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return free.getsockname()[1]


async def new_session(port):
    """Return what the server says of itself to a browser that opens the app."""
    async with session(port) as visitor:
        await visitor.draw()
        async for message in visitor.messages():
            if message.WhichOneof("type") == "new_session":
                return message.new_session
    raise ConnectionError("The server closed the connection before it opened a session.")


def wait_until_it_listens(port, process, deadline_s=120):
    deadline = time.monotonic() + deadline_s
    while True:
        assert process.poll() is None and time.monotonic() < deadline
        try:
            socket.create_connection(("localhost", port), timeout=10).close()
            return
        except OSError:
            time.sleep(0.1)


def test_every_setting_of_the_project_is_an_option_of_the_server(monkeypatch, port):
    served = []
    monkeypatch.setattr(launcher, "serve", lambda app, arguments: served.append((app, arguments)) or 0)
    assert main(["serve", "--port", str(port)]) == 0
    ((app, arguments),) = served
    assert app == PROJECT / "streamlit_app.py"
    assert {"--server.address=localhost", f"--server.port={port}", "--server.headless=true"} <= set(arguments)
    assert f"--server.maxUploadSize={CONFIG['server']['maxUploadSize']}" in arguments
    assert f"--theme.dark.primaryColor={CONFIG['theme']['dark']['primaryColor']}" in arguments
    assert len(arguments) == len(server.project_settings()) + 1 + 2  # the port; there are three hosts


def served_hosts(monkeypatch, *arguments):
    """Return the hosts that the served app answers to."""
    served = []
    monkeypatch.setattr(launcher, "serve", lambda app, options: served.extend(options) or 0)
    assert main(list(arguments)) == 0
    option = "--server.allowedHosts="
    return [each.removeprefix(option) for each in served if each.startswith(option)]


def test_a_server_answers_to_the_names_of_this_machine_and_of_a_proxy(monkeypatch, port, capsys):
    serve = ("serve", "--port", str(port))
    assert served_hosts(monkeypatch, *serve) == ["localhost", "127.0.0.1", "::1"]
    proxied = served_hosts(monkeypatch, *serve, "--host", "digits.example.org", "--host", "localhost")
    assert proxied == ["localhost", "127.0.0.1", "::1", "digits.example.org"]
    assert served_hosts(monkeypatch, *serve, "--host", "Digits.Example.ORG.", "--host", "digits.example.org") == proxied
    assert main([*serve, "--host", "https://digits.example.org"]) == 2
    assert "'https://digits.example.org' is not the name of a host; give it as in --host" in capsys.readouterr().err


def test_sharing_adds_the_addresses_that_it_announces(monkeypatch, port, capsys):
    monkeypatch.setattr(lan, "addresses", lambda: ["192.168.1.5"])
    hosts = served_hosts(monkeypatch, "share", "--port", str(port), "--host", "studio.local")
    assert hosts == ["localhost", "127.0.0.1", "::1", "192.168.1.5", "studio.local"]
    assert f"http://192.168.1.5:{port}\n" in capsys.readouterr().out


def test_a_port_that_is_in_use_ends_in_a_sentence(port, capsys):
    with socket.socket() as taken:
        taken.bind(("localhost", port))
        taken.listen()
        assert main(["serve", "--port", str(port)]) == 1
    assert f"Port {port} is in use" in capsys.readouterr().err


def test_the_app_has_its_theme_when_it_is_started_from_another_folder(port, store, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / ".streamlit").mkdir(parents=True)
    (elsewhere / ".streamlit" / "config.toml").write_text('[client]\ntoolbarMode = "developer"\n')
    command = [sys.executable, "-m", "core", "serve", "--port", str(port)]
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=elsewhere, env=environment, **pipes) as process:
        try:
            wait_until_it_listens(port, process)
            with ThreadPoolExecutor(1) as threads:  # Playwright's event loop may run in this one
                session = threads.submit(lambda: asyncio.run(asyncio.wait_for(new_session(port), 60))).result()
        finally:
            process.terminate()
    theme = CONFIG["theme"]
    assert session.custom_theme.light.primary_color == theme["light"]["primaryColor"]
    assert session.custom_theme.dark.background_color == theme["dark"]["backgroundColor"]
    assert session.config.toolbar_mode == session.config.ToolbarMode.Value(CONFIG["client"]["toolbarMode"].upper())
