"""Who may import what: the order of the packages, and what only one module or package knows."""

import ast
import subprocess
import sys
from functools import partial

from tests.architecture.graph import (
    LEVELS,
    PROJECT,
    core_package,
    cycle,
    drawing,
    drawing_in_documents,
    external_imports,
    imports,
    listing,
    modules,
    package,
    package_imports,
    tree,
)

CORE = [name for name in modules() if name.split(".")[0] == "core"]
PAGES = [name for name in modules() if name.split(".")[0] in ("pages", "streamlit_app")]
PROGRAMS = [name for name in modules() if name.split(".")[0] in ("benchmarks", "docs")]
TESTS = [name for name in modules() if name.split(".")[0] == "tests"]

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
    "neighbours.npz",
    "train.log",
    "train.lock",
)


def violations(names, find):
    """Return what `find` finds in each of these modules, where it finds anything: {module: [what, …]}."""
    return {module: sorted(found) for module in names if (found := find(module))}


def importers(name):
    return [module for module in [*CORE, *PAGES] if name in external_imports(module)]


def test_the_modules_are_found():
    assert {"core", "core.__main__", "core.runs.run", "core.training.loop", "core.cli.serve"} <= set(CORE)
    assert {"pages.recognize", "pages.train", "pages.widgets.shared.app_shell", "streamlit_app"} <= set(PAGES)
    assert "benchmarks.limits" in PROGRAMS and "tests.support.app_server" in TESTS
    assert {module.split(".")[1] for module in CORE if module.count(".") > 1} == set(LEVELS)


def test_imports_inside_functions_and_in_strings_are_found():
    launcher = {each.imported for each in imports("core.jobs.launcher")}
    assert "core.jobs.worker" in launcher, "named in a string for -m"
    assert "core.recognition.recognizer" in {each.imported for each in imports("core.cli.models")}, "in a function"


# the order of the packages


def test_the_packages_print_in_their_order():
    print(listing())
    assert [line.split()[1] for line in listing().splitlines()] == list(LEVELS)
    assert list(LEVELS.values()) == sorted(LEVELS.values())


def test_a_package_of_core_imports_only_from_lower_ones():
    def upward(module):
        own = LEVELS[core_package(module)]
        own_or_lowest = (core_package(module), "")  # core.public_names is in no package, and imports none
        others = [arrow for arrow in imports(module) if core_package(arrow.imported) not in own_or_lowest]
        return [str(arrow) for arrow in others if LEVELS[core_package(arrow.imported)] >= own]

    assert violations([module for module in CORE if core_package(module)], upward) == {}


def test_packages_form_no_cycle():
    found = cycle({name: set(imported) for name, imported in package_imports().items()})
    assert not found, " → ".join(found)


def test_modules_form_no_cycle():
    """A module may start a process that runs another one of its package, and name its types in annotations."""

    def follows(arrow):
        return arrow.at_run_time or package(arrow.importer) != package(arrow.imported)

    graph = {module: {arrow.imported for arrow in imports(module) if follows(arrow)} for module in modules()}
    found = cycle(graph)
    assert not found, " → ".join(found)


def test_a_cycle_is_found():
    assert cycle({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}) == ["b", "c", "b"]


def test_the_drawing_is_of_this_graph():
    assert drawing_in_documents() == drawing(), "python -m tests.architecture.graph --write makes it anew"


# core


def test_importing_core_is_cheap_and_needs_no_screen():
    program = (
        f"import importlib, sys; [importlib.import_module(name) for name in {CORE}]; "
        "print({'streamlit', 'keras', 'tensorflow', 'plotly', 'pages'} & sys.modules.keys() or 'cheap')"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("cheap", "")


def test_the_help_of_the_command_line_and_an_unknown_command_import_no_library():
    program = (
        "import contextlib, sys; from core.cli import main\n"
        "for line in (['--help'], ['unknown'], []):\n"
        "    with contextlib.suppress(SystemExit):\n"
        "        main(line)\n"
        "print(sorted({'numpy', 'cv2', 'PIL', 'psutil', 'msgspec', 'optuna', 'core.runs'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True)
    assert done.stdout.endswith("\n[]\n") and "invalid choice" in done.stderr


def test_core_never_imports_streamlit_or_pages():
    forbidden = {"streamlit", "streamlit_drawable_canvas", "pages", "streamlit_app"}
    assert violations(CORE, lambda module: external_imports(module) & forbidden) == {}


def test_the_app_never_imports_its_tests_or_programs():
    forbidden = {"tests", "benchmarks", "docs"}
    assert violations([*CORE, *PAGES], lambda module: external_imports(module) & forbidden) == {}


def test_only_the_launcher_and_what_opens_pdfs_start_processes():
    assert importers("subprocess") == ["core.jobs.launcher", "core.pictures.pdf_document"]
    assert importers("pypdfium2") == ["core.pictures.pdf_worker"]
    assert importers("multiprocessing") == importers("signal") == []


def test_only_the_charts_draw():
    assert {core_package(module) for module in importers("plotly")} == {"charts"}


def test_only_the_package_runs_knows_the_names_of_a_run_folders_files():
    others = [module for module in [*CORE, *PAGES] if core_package(module) != "runs"]
    texts = {module: modules()[module].read_text("utf-8") for module in others}
    assert violations(others, lambda module: [file for file in RUN_FILES if file in texts[module]]) == {}


# pages


def test_a_page_never_computes_or_starts_processes():
    forbidden = {"keras", "tensorflow", "numpy", "cv2", "subprocess", "multiprocessing", "os", "signal", "shutil"}
    assert violations(PAGES, lambda module: external_imports(module) & forbidden) == {}


def test_a_page_never_opens_a_file():
    assert violations(PAGES, lambda module: [node.lineno for node in ast.walk(tree(module)) if _opens(node)]) == {}


def test_pages_get_their_runs_folder_in_one_place():
    """It is that of the person who is signed in: a page that made its own would show all people one folder."""

    def makes_its_own(module):
        calls = [node for node in ast.walk(tree(module)) if isinstance(node, ast.Call) and not node.args]
        return [call.lineno for call in calls if getattr(call.func, "id", "") == "RunStore"]

    assert list(violations(PAGES, makes_its_own)) == ["pages.widgets.shared.workspace"]


def test_only_components_read_the_scripts_and_styles_of_the_app():
    others = [module for module in PAGES if not module.startswith("pages.widgets.components")]
    assert violations(others, partial(_lines_that_call, "read_text")) == {}


def test_only_one_module_shows_short_messages():
    """It keeps them until a drawing has come to its end: those shown before `st.rerun` are lost."""
    assert list(violations(PAGES, partial(_lines_that_call, "toast"))) == ["pages.widgets.shared.messages"]


def _opens(node):
    """Whether a node calls `open`, or a method of `Path` that opens a file."""
    by_name = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open"
    return by_name or _calls(node, "open", "read_bytes", "write_text", "write_bytes")


def _lines_that_call(method, module):
    return [node.lineno for node in ast.walk(tree(module)) if _calls(node, method)]


def _calls(node, *methods):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in methods


def test_only_one_module_knows_the_canvas():
    assert importers("streamlit_drawable_canvas") == ["pages.widgets.components.canvas"]


# tests and programs


def test_no_test_module_imports_another_one():
    def imported_tests(module):
        return [str(arrow) for arrow in imports(module) if arrow.imported.rpartition(".")[2].startswith("test_")]

    assert violations(TESTS, imported_tests) == {}


def test_programs_import_the_tests_support_at_most():
    def imported_tests(module):
        arrows = [arrow for arrow in imports(module) if arrow.imported.split(".")[0] == "tests"]
        return [str(arrow) for arrow in arrows if not arrow.imported.startswith("tests.support")]

    assert violations(PROGRAMS, imported_tests) == {}


# all modules


def test_private_names_stay_in_their_package():
    assert violations([*CORE, *PAGES, *PROGRAMS], lambda module: list(_foreign_private_names(module))) == {}


def _foreign_private_names(module):
    """The private names of other packages' modules that a module imports, or reaches for through a module."""
    bound = {}
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                member = f"{node.module}.{alias.name}"
                if member in modules():
                    bound[alias.asname or alias.name] = member
                source = member if member in modules() else node.module
                private = [part for part in member.split(".") if _is_private(part)]
                if source in modules() and private and package(source) != package(module):
                    yield f"line {node.lineno}: {member}"
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and _is_private(node.attr):
            source = bound.get(node.value.id)
            if source and package(source) != package(module):
                yield f"line {node.lineno}: {source}.{node.attr}"


def _is_private(name):
    return name.startswith("_") and not name.startswith("__")


def test_every_module_opens_with_a_sentence():
    def no_sentence(module):
        sentence = ast.get_docstring(tree(module)) or ""
        begins = sentence[:1].isupper() or sentence[:1] == "`"
        return [] if begins and "." in sentence and "TODO" not in sentence else [sentence]

    empty = [module for module in TESTS if modules()[module].name == "__init__.py"]
    assert violations([module for module in modules() if module not in empty], no_sentence) == {}
