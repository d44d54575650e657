"""The checks of a machine, each made to fail by what it looks for."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from core import doctor
from core.__main__ import main
from core.doctor import Severity

PROJECT = Path(__file__).resolve().parents[3]
WITHOUT_WRITING = ["file", *(["/proc"] if sys.platform == "linux" else [])]


@pytest.fixture
def taken():
    """A port of this machine on which nobody answers, though a program listens."""
    with socket.socket() as listening:
        listening.bind(("localhost", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_this_machine_can_run_the_app(store, capsys, monkeypatch):
    monkeypatch.delenv("DIGIT_STUDIO_CLUSTER", raising=False)
    assert main(["doctor", "--port", str(free_port())]) == 0
    lines = capsys.readouterr().out.splitlines()
    subjects = [line.split(maxsplit=1)[1].partition(":")[0] for line in lines[:-1] if not line.startswith(" ")]
    assert subjects[:2] == ["Python", "Libraries"] and {"Processor", "Memory", "Runs folder", "Disk"} <= set(subjects)
    assert lines[-1].endswith(" ok") and not store.root.exists(), "the folder is not made"


def free_port():
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return free.getsockname()[1]


def test_what_does_not_work_ends_with_1_and_says_what_to_do(store, capsys, taken, monkeypatch):
    monkeypatch.setattr("core.doctor.network._TIMEOUT_S", 0.2)
    assert main(["doctor", "--port", str(taken), "--cluster", "a host", "--json"]) == 1
    found = {each["subject"]: each for each in json.loads(capsys.readouterr().out)["findings"]}
    assert found[f"Port {taken}"]["severity"] == "bad" and "--port 8600" in found[f"Port {taken}"]["advice"]
    assert "'a host'; it must be of the form tcp://host:8786" in found["Cluster"]["text"]
    assert main(["doctor", "--port", str(taken)]) == 1
    assert f"bad   Port {taken}: is in use by another program" in capsys.readouterr().out


@pytest.mark.parametrize(("version", "severity"), [((3, 10, 4), "bad"), ((3, 11, 0), "ok"), ((3, 14, 0), "bad")])
def test_another_python_is_bad(version, severity):
    assert doctor.check_python(version).severity == severity


def test_missing_and_untested_libraries_are_named(tmp_path, monkeypatch):
    for name, version in (("numpy", "1.26.4"), ("keras", "")):
        folder = tmp_path / f"{name}-{version or 0}.dist-info"
        folder.mkdir()
        stated = f"Version: {version}\n" if version else ""
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\n{stated}")
    monkeypatch.syspath_prepend(tmp_path)
    found = doctor.check_libraries(["numpy>=2.4,<3", "keras>=3.15,<3.16", "nowhere-to-be-found>=1", "pillow>=13,<14"])
    assert [(each.subject, each.severity) for each in found] == [
        ("Library numpy", "bad"),
        ("Library keras", "bad"),
        ("Library nowhere-to-be-found", "bad"),
    ]
    assert found[0].text == "has version 1.26.4; tested is <3,>=2.4." and "requirements.lock" in found[0].advice
    assert doctor.check_libraries([])[0].severity is Severity.WARN


def test_the_requirements_are_those_of_the_checkout():
    assert any(each.startswith("tensorflow>=") for each in doctor.requirements_of_the_app())
    assert len(doctor.requirements_of_the_app()) > 10


@pytest.mark.parametrize(
    ("flags", "severity", "words"),
    [
        ("fpu sse2", "bad", "lacks AVX"),
        ("fpu avx", "warn", "lacks AVX2, FMA"),
        ("avx avx2 fma", "ok", "with AVX2 and FMA."),
        ("avx avx2 fma amx_bf16", "ok", "and bfloat16"),
    ],
)
def test_a_processor_without_avx_is_bad(tmp_path, flags, severity, words):
    (tmp_path / "cpuinfo").write_text(f"processor\t: 0\nflags\t\t: {flags}\n\nprocessor\t: 1\n")
    found = doctor.check_processor("x86_64", tmp_path / "cpuinfo")
    assert found.severity == severity and words in found.text and bool(found.advice) == (severity != "ok")


def test_features_that_cannot_be_known_are_said_so(tmp_path):
    assert "unknown here" in doctor.check_processor("x86_64", tmp_path / "none").text
    assert doctor.check_processor("arm64", tmp_path / "none").severity is Severity.OK


@pytest.mark.parametrize(("limit", "severity"), [(900 * 1024**2, "bad"), (1800 * 1024**2, "warn")])
def test_a_container_with_little_memory_is_found(tmp_path, limit, severity):
    (tmp_path / "memory.max").write_text(f"{limit}\n")
    assert doctor.check_memory(tmp_path / "memory.max").severity == severity


def test_a_clock_that_is_behind_the_files_of_the_app_is_found(tmp_path):
    module = tmp_path / "package" / "module.py"
    module.parent.mkdir()
    module.touch()
    assert doctor.check_clock(tmp_path).severity is Severity.OK
    os.utime(module, (0, time.time() + 10 * 86400))
    found = doctor.check_clock(tmp_path)
    assert found.severity is Severity.WARN and "10 days newer" in found.text


@pytest.mark.parametrize("parent", WITHOUT_WRITING)
def test_a_runs_folder_that_cannot_be_written_to_is_bad(tmp_path, parent):
    (tmp_path / "file").touch()
    (found,) = doctor.check_runs_folder(Path(tmp_path, parent) / "runs")
    assert found.severity is Severity.BAD and "DIGIT_STUDIO_HOME" in found.advice


def test_a_runs_folder_whose_name_is_too_long_is_bad():
    (found,) = doctor.check_runs_folder(Path("a" * 300))
    assert found.severity is Severity.BAD and "name is too long" in found.text


def test_a_check_of_the_runs_folder_leaves_nothing(tmp_path):
    assert {each.severity for each in doctor.check_runs_folder(tmp_path)} == {Severity.OK}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("least", "severity"), [("1000000", "bad"), ("0", "ok")])
def test_a_disk_with_too_little_room_is_bad(tmp_path, monkeypatch, least, severity):
    monkeypatch.setenv("DIGIT_STUDIO_MIN_FREE_MB", least)
    assert doctor.check_runs_folder(tmp_path)[-1].severity == severity


def test_a_limit_that_is_no_number_is_bad(monkeypatch):
    monkeypatch.setenv("DIGIT_STUDIO_MAX_WAITING_RUNS", "many")
    assert "'many'" in doctor.check_settings().text and doctor.check_settings().severity is Severity.BAD


def test_no_folder_for_temporary_files_is_bad(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    assert doctor.check_temporary_folder().severity is Severity.BAD


@pytest.mark.parametrize(("answer", "severity"), [(b"ok", "warn"), (b"<html>", "bad")])
def test_it_is_said_who_has_the_port(answer, severity):
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *arguments):
            """Say nothing."""

    with HTTPServer(("localhost", 0), Answer) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        found = doctor.check_port(server.server_port)
    assert found.severity == severity and ("Streamlit" in found.text) == (severity == "warn")


@pytest.mark.parametrize("port", [-1, 0, 70000])
def test_a_port_that_does_not_exist_is_bad(port):
    assert "from 1 to 65535" in doctor.check_port(port).text


def test_a_cluster_where_nothing_listens_is_bad(monkeypatch):
    monkeypatch.setattr("core.cluster.connection._CONNECT_TIMEOUT_S", 0.5)
    found = doctor.check_cluster(f"tcp://127.0.0.1:{free_port()}")
    assert found.severity is Severity.BAD and "dask scheduler" in found.advice


def test_a_missing_library_is_a_sentence(tmp_path):
    (tmp_path / "msgspec.py").write_text("raise ModuleNotFoundError(\"No module named 'msgspec'\", name='msgspec')\n")
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "core", "doctor"]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True)
    assert done.returncode == 1 and done.stderr.startswith("python -m core: the library msgspec is not installed in")
