"""The Containerfile, its steps carried out in a folder here: what it copies is enough to serve, from a read-only tree.

The environment that its first stage installs is the one that runs the tests. All else is done as written: what the
build sees of the project, the copies, the compilation, the variables, the entry point, the health check.
"""

import asyncio
import fnmatch
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from tests.support.containerfile import Instruction, read_stages
from tests.support.processes import wait_until
from tests.support.session import session

PROJECT = Path(__file__).resolve().parents[2]
FIRST, LAST = read_stages(PROJECT / "Containerfile")


def context_files():
    """The files that the build sees: those of the project that .containerignore leaves."""
    rules = [
        each for each in (PROJECT / ".containerignore").read_text("utf-8").splitlines() if each[:1] not in ("", "#")
    ]
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=PROJECT, capture_output=True, text=True
    )
    assert listed.returncode == 0, listed.stderr
    return [path for path in listed.stdout.splitlines() if not is_ignored(path, rules) and (PROJECT / path).is_file()]


def is_ignored(path, rules):
    """Whether the last rule that matches a path, or a folder above it, leaves it out."""
    above = [path, *map(str, Path(path).parents)]
    ignored = False
    for rule in rules:
        anywhere = rule.startswith("**/")
        matched = (Path(each).name if anywhere else each for each in above)
        if any(fnmatch.fnmatch(each, rule.removeprefix("!").removeprefix("**/")) for each in matched):
            ignored = not rule.startswith("!")
    return ignored


def copies(stage):
    """The sources and the target of each COPY from the project."""
    for each in stage.all("COPY"):
        *sources, target = each.words
        if not sources[0].startswith("--from="):
            yield sources, target


def test_the_image_is_made_of_what_is_here_and_no_tools_come_along():
    assert re.fullmatch(r"python:3\.\d+-slim-\w+", LAST.base) and FIRST.base == LAST.base
    minor = int(re.search(r"3\.(\d+)", LAST.base)[1])
    low, high = re.findall(
        r"3\.(\d+)", tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["requires-python"]
    )
    assert int(low) <= minor < int(high)
    there = context_files()
    for sources, _ in copies(FIRST):
        for source in sources:
            assert any(path == source or path.startswith(f"{source}/") for path in there), (
                f"{source} is not in the build"
            )
    assert not [*copies(LAST)], "the last stage takes its files from the first"
    assert not re.search(r"\b(pip|apt|apt-get|gcc|make|curl)\b", " ".join(each.text for each in LAST.all("RUN")))
    assert not [path for path in there if path.startswith(("tests/", "benchmarks/", "docs/", ".git/", "runs/"))]


def test_it_is_installed_from_lock_files_with_hashes():
    (install,) = (each.text for each in FIRST.all("RUN") if " install " in each.text)
    assert "--require-hashes" in install and "requirements${EXTRA:+-${EXTRA}}.lock" in install
    for extra in ("", "cluster"):
        done = subprocess.run(
            ["sh", "-c", "echo requirements${EXTRA:+-${EXTRA}}.lock"], env={"EXTRA": extra}, capture_output=True
        )
        assert done.stdout.decode().strip() in next(sources for sources, _ in copies(FIRST))


def test_nothing_runs_as_root_and_all_that_is_written_lies_in_the_one_volume():
    user, *_ = LAST.last("USER").words[0].split(":")
    assert user.isdecimal() and int(user) > 0, "a number: Kubernetes cannot tell that a name is not root"
    (volume,) = LAST.last("VOLUME").words
    assert all(LAST.variables[name].startswith(volume) for name in ("DIGIT_STUDIO_HOME", "HOME", "TMPDIR"))


@pytest.fixture
def root():
    """A folder that every user may enter, with the files of the image."""
    folder = Path(tempfile.mkdtemp(prefix="image-"))
    folder.chmod(0o755)
    yield folder
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
    shutil.rmtree(folder)


def in_root(root, path):
    """Where a path of the image lies here."""
    return root / path.lstrip("/")


def build(root):
    """Carry out the steps of the image, but for the installation of the environment."""
    there = context_files()
    for sources, target in copies(FIRST):
        for source in sources:
            for path in (each for each in there if each == source or each.startswith(f"{source}/")):
                inner = path.removeprefix(source).lstrip("/") or (Path(source).name if target.endswith("/") else "")
                copied = in_root(root, target) / inner
                copied.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(PROJECT / path, copied)
    compiled = [each for each in FIRST.all("RUN") if each.text.startswith("python ") and each.text.endswith(" /app")]
    assert len(compiled) == 1
    subprocess.run([sys.executable, *compiled[0].words[1:-1], str(root / "app")], check=True)
    assert [each.words for each in LAST.all("COPY")] == [
        [f"--from={FIRST.name}", f"/{path}", f"/{path}"] for path in ("opt/venv", "app")
    ]
    for path in (root / "app").rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    (root / "app").chmod(0o555)
    (root / "data").mkdir()


def unprivileged(root):
    """What starts a program that cannot write to files that are read-only: root's rights are given up.

    The tests' Python may lie in a folder that other users must not enter, so root stays root, without its capabilities.
    """
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--inh-caps=-all", "--ambient-caps=-all", "--bounding-set=-all", "--no-new-privs"]


def environment(root):
    """The variables of the image, its paths here; nothing else of the tests' own environment."""
    values = {
        name: value.replace("/data", str(root / "data")).replace("/app", str(root / "app"))
        for name, value in LAST.variables.items()
    }
    return values | {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}


def has_loaded(process, library):
    """Whether a process has loaded files of a library's compiled code."""
    return any(f"/{library}/" in each.path for each in psutil.Process(process.pid).memory_maps())


async def first_page(port):
    async with session(port) as visitor:
        await visitor.draw()
        return [message for message in await visitor.finished() if message.WhichOneof("type") == "delta"]


def test_the_files_of_the_image_serve_from_a_read_only_tree(root):
    build(root)
    app, log = in_root(root, LAST.last("WORKDIR").text), root / "log"
    before = {path: path.stat().st_mtime_ns for path in app.rglob("*")}
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [*LAST.last("ENTRYPOINT").words, *LAST.last("CMD").words, "--port", str(port), "--open"]  # without codes
    assert command[0] == "python"
    check = LAST.last("HEALTHCHECK").text.partition("CMD ")[2].replace("8501", str(port))
    health = [sys.executable, *Instruction("CMD", check).words[1:]]
    with open(log, "wb") as output:
        server = subprocess.Popen(
            [*unprivileged(root), sys.executable, *command[1:]],
            cwd=app,
            env=environment(root),
            stdout=output,
            stderr=output,
        )

    def is_healthy():
        assert server.poll() is None, log.read_text()
        return subprocess.run(health, env=environment(root), capture_output=True).returncode == 0

    try:
        wait_until(is_healthy)
        with ThreadPoolExecutor(1) as threads:
            page = threads.submit(lambda: asyncio.run(asyncio.wait_for(first_page(port), 120))).result()
        assert len(page) > 20, log.read_text()
        wait_until(lambda: has_loaded(server, "tensorflow"))
        assert not has_loaded(server, "pandas"), "70 MB that the first page and its readings do without"
        doctor = [*unprivileged(root), sys.executable, *command[1:3], "doctor", "--port", str(port), "--json"]
        done = subprocess.run(doctor, cwd=app, env=environment(root), capture_output=True, text=True)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)
    assert "Traceback" not in log.read_text()
    found = {each["subject"]: each for each in json.loads(done.stdout)["findings"]}
    assert found["Runs folder"]["text"].startswith(f"{root}/data/runs") and found["Runs folder"]["severity"] == "ok"
    assert "a Streamlit app answers" in found[f"Port {port}"]["text"] and found["Libraries"]["severity"] == "ok"
    assert done.returncode == 0, done.stdout
    assert {path: path.stat().st_mtime_ns for path in app.rglob("*")} == before
    assert {path.name for path in root.iterdir()} == {"app", "build", "data", "log"}
