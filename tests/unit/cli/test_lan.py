"""`share`: the announcement, what is refused, and that the app then is served on every address."""

import asyncio
import errno
import os
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.cli import main, share
from core.cli.lan import (
    OPEN_TO_ALL,
    LanError,
    addresses,
    check_certificate,
    check_port,
    format_announcement,
)
from core.config.field_spec import ConfigError
from core.jobs import launcher
from core.people.access import VARIABLE
from core.people.codes import grouped, read_codes
from tests.support.session import session

PROJECT = Path(__file__).resolve().parents[3]
MANUAL = (PROJECT / "docs" / "sharing.md").read_text("utf-8")

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates")


def made(folder, *more):
    """A certificate and its key, made by the manual's own command."""
    folder.mkdir()
    (command,) = re.findall(r"^    (openssl req .+)$", MANUAL, re.MULTILINE)
    subprocess.run([*shlex.split(command), *more], cwd=folder, check=True, capture_output=True)
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture(scope="module")
def pems(tmp_path_factory):
    return made(tmp_path_factory.mktemp("pems") / "own")


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("", 0))
        return free.getsockname()[1]


def test_the_announcement_states_who_can_do_what():
    plain = format_announcement(["192.168.1.5", "10.0.0.7"], 8600, False, OPEN_TO_ALL)
    assert "    http://192.168.1.5:8600\n    http://10.0.0.7:8600\n" in plain
    assert "can train on this machine" in plain and "no password" in plain
    assert "brought back from the trash for 30 days" in plain
    assert "removed\nfor good only in a browser on this machine itself" in plain
    assert "common to all, and so are the ten digits drawn on the Train page" in plain
    assert (
        "only to localhost and HTTPS" in plain
        and "share with --cert cert.pem --key key.pem (in a checkout, with make:" in plain
    )
    assert "openssl req -x509" in plain and "docs/" not in plain
    encrypted = format_announcement(["192.168.1.5"], 8501, True, OPEN_TO_ALL)
    assert "    https://192.168.1.5:8501\n" in encrypted and "offer their camera" in encrypted
    assert "This machine is on no network." in format_announcement([], 8501, False, OPEN_TO_ALL)


def test_addresses_are_those_that_others_can_reach():
    assert all(re.fullmatch(r"\d+(\.\d+){3}", each) and not each.startswith("127.") for each in addresses())


def test_a_port_that_is_taken_is_reported(port):
    check_port(port)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(LanError, match=rf"Port {port} is in use, .*--port \(in a checkout, with make: PORT=8600\)"):
            check_port(port)


@pytest.mark.parametrize("number", [-1, 0, 65_536, 70_000])
def test_a_port_that_is_none_is_reported(number):
    with pytest.raises(ConfigError, match=f"^There is no port {number}; choose one from 1 to 65535 with --port"):
        check_port(number)


def test_a_port_that_cannot_be_listened_on_is_reported(port, monkeypatch):
    def forbidden(*_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", forbidden)
    with pytest.raises(LanError, match=f"^Port {port} cannot be listened on here; choose another with --port"):
        check_port(port)


@needs_openssl
def test_a_certificate_and_its_key_serve(pems):
    check_certificate(*pems)


@needs_openssl
def test_a_certificate_that_does_not_serve_is_reported(pems, tmp_path):
    certificate, key = pems
    _, another = made(tmp_path / "another")
    with pytest.raises(LanError, match=r"another/key\.pem does not belong to the certificate"):
        check_certificate(certificate, another)
    with pytest.raises(
        ConfigError, match=r"The certificate cannot be used: .*missing\.pem does not exist. Check the path.$"
    ):
        check_certificate(tmp_path / "missing.pem", key)
    with pytest.raises(LanError, match=r"The key cannot be used: .* is a folder. Choose a file.$"):
        check_certificate(certificate, tmp_path)
    noise = tmp_path / "noise.pem"
    noise.write_text("-----BEGIN CERTIFICATE-----\nnot one\n-----END CERTIFICATE-----\n")
    for pair in ((noise, key), (certificate, noise), (key, certificate)):
        with pytest.raises(LanError, match="in PEM form. This makes them: openssl req -x509"):
            check_certificate(*pair)


@needs_openssl
def test_a_locked_key_is_reported_and_no_password_asked_for(pems, tmp_path):
    certificate, key = pems
    locked = tmp_path / "locked.pem"
    lock = ["openssl", "rsa", "-aes128", "-in", str(key), "-out", str(locked), "-passout", "pass:secret"]
    subprocess.run(lock, check=True, capture_output=True)
    with pytest.raises(LanError, match="locked with a password"):
        check_certificate(certificate, locked)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--cert", "cert.pem"], 2, "give both --cert and --key"),
        (["--key", "key.pem"], 2, "give both --cert and --key"),
        (["--port", "0"], 2, "There is no port 0; choose one from 1 to 65535"),
        (
            ["--cert", "cert.pem", "--key", "key.pem"],
            2,
            "The certificate cannot be used: cert.pem does not exist. Check the path.",
        ),
    ],
)
def test_wrong_use_ends_in_a_sentence(arguments, code, words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["share", *arguments]) == code
    printed = capsys.readouterr()
    assert words in printed.err and printed.out == ""


def opened(url, process, deadline_s=120):
    """What the server answers at `url`, once it listens; its certificate is not asked who signed it."""
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    deadline = time.monotonic() + deadline_s
    while True:
        assert process.poll() is None and time.monotonic() < deadline
        try:
            with urllib.request.urlopen(url, timeout=10, context=trusting) as answer:
                return answer.read()
        except urllib.error.HTTPError:
            raise
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)


async def are_told(port):
    """Whether the Runs page tells what visitors can do: one at the machine itself, and one whom a proxy passes on."""
    told = []
    for headers in ({}, {"X_Forwarded_For": "192.0.2.9"}):
        async with session(port, **headers) as visitor:
            await visitor.draw("runs")
            texts = [message.delta.new_element.markdown.body for message in await visitor.finished()]
            told.append(any("You use the Digit Studio of another machine" in text for text in texts))
    return told


@needs_openssl
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_app_is_served_on_every_address(scheme, pems, port, store):
    command = [sys.executable, "-m", "core", "share", "--open", "--port", str(port)]
    if scheme == "https":
        command += ["--cert", str(pems[0]), "--key", str(pems[1])]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(command, cwd=PROJECT, **pipes) as process:
        try:
            for address in ("localhost", *addresses()):
                assert opened(f"{scheme}://{address}:{port}/_stcore/health", process) == b"ok"
            for path in ("", "train", "_stcore/health", "_stcore/host-config", "media/x.png", "static/x.js"):
                foreign = urllib.request.Request(
                    f"{scheme}://localhost:{port}/{path}", headers={"Host": "evil.example"}
                )
                with pytest.raises(urllib.error.HTTPError, match="403"):
                    opened(foreign, process)
            if scheme == "http":
                with ThreadPoolExecutor(1) as threads:  # Playwright's event loop may run in this one
                    told = threads.submit(lambda: asyncio.run(are_told(port))).result()
        finally:
            process.terminate()
            printed, _ = process.communicate(timeout=60)
    if scheme == "http":
        assert told == [False, True]
    assert printed.startswith("Digit Studio listens on all networks of this machine.")
    assert "External URL" not in printed


def test_make_run_stays_on_this_machine():
    assert 'address = "localhost"' in (PROJECT / ".streamlit" / "config.toml").read_text("utf-8")
    (recipe,) = re.findall(r"^run: .*\n((?:\t.*\n)+)", (PROJECT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert "address" not in recipe and "share" not in recipe


def shared(monkeypatch, port, *arguments):
    """Carry out `share` without a server; return its exit code and how people sign in."""
    monkeypatch.setenv(VARIABLE, "")  # so that what it sets is forgotten with the test
    monkeypatch.setattr(launcher, "serve", lambda app, options: 0)
    return main(["share", "--port", str(port), *arguments]), os.environ[VARIABLE]


def test_a_class_comes_in_by_codes_that_are_printed_and_stay(store, port, monkeypatch, capsys):
    assert shared(monkeypatch, port) == (0, "code")
    printed, codes = capsys.readouterr().out, read_codes(store.root)
    assert f"the code of the class:  {grouped(codes.join)}" in printed and grouped(codes.teacher) in printed
    assert (store.root / "class.toml").is_file() and "There is no password" not in printed
    shared(monkeypatch, port)
    assert read_codes(store.root) == codes
    shared(monkeypatch, port, "--new-codes")
    assert read_codes(store.root).teacher != codes.teacher


def test_without_people_it_is_said_plainly(store, port, monkeypatch, capsys):
    assert shared(monkeypatch, port, "--open") == (0, "open")
    assert OPEN_TO_ALL in capsys.readouterr().out and not store.root.exists()


def test_settings_of_the_class_that_make_no_sense_are_said_at_the_start(store, port, monkeypatch, capsys):
    store.root.mkdir()
    (store.root / "class.toml").write_text("people = 0")
    assert shared(monkeypatch, port)[0] == 2
    assert "people is 0: a whole number from 1 to 1,000 is wanted" in capsys.readouterr().err


def test_accounts_need_a_provider_and_authlib(store, port, monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert shared(monkeypatch, port, "--login")[0] == 2
    assert "--login needs a provider of accounts: a file .streamlit/secrets.toml" in capsys.readouterr().err
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "secrets.toml").write_text('[auth]\nredirect_uri = "http://x"\ncookie_secret = "s"')
    monkeypatch.setattr(share, "find_spec", lambda name: None)
    assert shared(monkeypatch, port, "--login")[0] == 2
    assert "--login needs Authlib, which is not installed: pip install" in capsys.readouterr().err
    monkeypatch.setattr(share, "find_spec", lambda name: name)
    assert shared(monkeypatch, port, "--login") == (0, "login")
