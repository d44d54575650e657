"""What an installation brings: the wheel has every file that the app needs, and works from any folder."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
OF_THE_APP = ("core", "pages", "streamlit_app.py")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The project's wheel, built as pip builds it, but with the build tool that the tests have."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder with what the wheel installs."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def in_empty_folder(installed, folder, *arguments):
    environment = os.environ | {"PYTHONPATH": str(installed), "DIGIT_STUDIO_HOME": str(folder / "runs")}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def test_the_wheel_has_every_file_of_the_app(wheel):
    tracked = subprocess.run(["git", "ls-files", *OF_THE_APP], cwd=PROJECT, capture_output=True, text=True)
    if tracked.returncode:
        pytest.skip("this is no git checkout")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {"core/assets/reader.keras", "core/py.typed", "pages/py.typed"} <= set(tracked.stdout.split())
    assert set(tracked.stdout.split()) - names == set()
    assert "core/assets/streamlit.toml" in names
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == set(OF_THE_APP)


def test_the_public_names_work_from_an_empty_folder(installed, tmp_path):
    program = (
        "import core; from core.recognition import Recognizer; from core.config import TrainConfig; "
        "from core.training import train; from core.runs import RunStore; "
        "print(core.__file__, len(Recognizer.load().read_many([])))"
    )
    done = in_empty_folder(installed, tmp_path, "-c", program)
    assert done.stdout.split() == [str(installed / "core" / "__init__.py"), "0"], done.stderr


def test_the_console_script_and_its_settings_come_along(wheel, installed, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        (scripts,) = (name for name in archive.namelist() if name.endswith("entry_points.txt"))
        assert "digit-studio = core.cli:main" in archive.read(scripts).decode()
    program = "from core.cli.server import project_settings as settings; print(settings()['server.address'])"
    assert in_empty_folder(installed, tmp_path, "-c", program).stdout == "localhost\n"
    assert "serve the app on this machine" in in_empty_folder(installed, tmp_path, "-m", "core", "--help").stdout


def test_a_run_is_trained_from_an_empty_folder(installed, tmp_path):
    """The worker is a process of its own, which must find the installed packages."""
    flags = ("--epochs", "1", "--hidden-units", "8", "--batch-size", "512")
    done = in_empty_folder(installed, tmp_path, "-m", "core", "train", *flags)
    assert done.returncode == 0, done.stderr
    assert "Test accuracy" in done.stdout
