"""The law of the rooms: who may import what, and who knows what."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
CORE = sorted(PROJECT.glob("core/**/*.py"))
PAGES = sorted([*PROJECT.glob("pages/**/*.py"), PROJECT / "streamlit_app.py"])

RUN_FILES = (
    "commands.jsonl",
    "notes.json",
    "status.json",
    "metrics.jsonl",
    "marks.jsonl",
    "checkpoint.npz",
    "model.keras",
    "report.json",
    "predictions.npz",
    "train.log",
    "train.lock",
)


def name(path):
    return str(path.relative_to(PROJECT))


def each(paths):
    return pytest.mark.parametrize("path", paths, ids=name)


def imports(path):
    """The packages that a file imports, at its top or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(path)}: a relative import hides where it leads"
            found.add(node.module.split(".")[0])
    return found


def importers(package):
    return [name(path) for path in [*CORE, *PAGES] if package in imports(path)]


def test_the_rooms_are_found():
    assert {"core/runs.py", "core/training.py", "core/__main__.py"} <= {name(path) for path in CORE}
    assert {"pages/recognize.py", "pages/train.py", "streamlit_app.py"} <= {name(path) for path in PAGES}


def test_importing_core_is_cheap_and_needs_no_screen():
    modules = [name(path).removesuffix(".py").replace("/", ".").removesuffix(".__init__") for path in CORE]
    program = (
        f"import importlib, sys; [importlib.import_module(name) for name in {modules}]; "
        "print({'streamlit', 'keras', 'tensorflow', 'plotly', 'pages'} & sys.modules.keys() or 'cheap')"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("cheap", "")


@each(CORE)
def test_core_never_imports_streamlit_or_pages(path):
    assert not imports(path) & {"streamlit", "streamlit_drawable_canvas", "pages"}


@each(PAGES)
def test_a_page_never_computes_opens_or_starts(path):
    forbidden = {"keras", "tensorflow", "numpy", "cv2", "subprocess", "multiprocessing", "os", "signal", "shutil"}
    assert not imports(path) & forbidden
    opened = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open"
    ]
    assert not opened, f"{name(path)} opens a file in line {opened}"


def test_only_the_launcher_starts_processes():
    assert importers("subprocess") == ["core/launcher.py"]
    assert importers("multiprocessing") == importers("signal") == []


def test_only_the_charts_draw():
    assert {path.split("/")[1] for path in importers("plotly")} == {"charts"}


def test_only_one_module_knows_the_canvas():
    assert importers("streamlit_drawable_canvas") == ["pages/widgets/canvas.py"]


@each([path for path in [*CORE, *PAGES] if path.name != "runs.py"])
def test_only_runs_knows_the_names_of_a_run_folders_files(path):
    text = path.read_text("utf-8")
    assert [file for file in RUN_FILES if file in text] == []


@each([*CORE, *PAGES])
def test_every_module_opens_with_what_it_is_for(path):
    sentence = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    assert sentence[:1].isupper() and "." in sentence
