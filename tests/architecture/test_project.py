"""The project's files agree: dependencies, lock files, make targets and continuous integration."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement

from tests.architecture.graph import PROJECT

PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
MAKEFILE = (PROJECT / "Makefile").read_text("utf-8")
FILES = (
    "requirements",
    "requirements-dev",
    "requirements-cluster",
    "requirements-export",
    "requirements-map",
    "requirements-ocr",
)


def requirements(name):
    lines = (PROJECT / f"{name}.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-r"))]


def locked(name):
    """The versions in a lock file, by package."""
    text = (PROJECT / f"{name}.lock").read_text("utf-8")
    return dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))


def test_both_lists_of_dependencies_are_the_same():
    project = PYPROJECT["project"]
    assert project["dependencies"] == requirements("requirements")
    assert project["optional-dependencies"] == {
        "cluster": requirements("requirements-cluster"),
        "dev": requirements("requirements-dev"),
        "export": requirements("requirements-export"),
        "map": requirements("requirements-map"),
        "ocr": requirements("requirements-ocr"),
    }


@pytest.mark.parametrize("name", FILES)
def test_the_lock_files_hold_a_version_in_range_of_every_requirement(name):
    versions = locked(name)
    for line in {*requirements("requirements"), *requirements(name)}:
        requirement = Requirement(line)
        assert versions[requirement.name] in requirement.specifier, f"make lock: {line}"


@pytest.mark.parametrize("name", FILES)
def test_the_lock_files_hold_hashes_and_no_address(name):
    text = (PROJECT / f"{name}.lock").read_text("utf-8")
    assert "://" not in text and "--index" not in text and "--find-links" not in text
    entries = re.split(r"\n(?=\S)", text.split("make lock\n", 1)[1].rstrip())
    assert len(entries) > 60
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_lock_files_agree():
    app, *others = (locked(name) for name in FILES)
    for other in others:
        assert app.items() <= other.items()


def test_every_python_of_the_project_is_tested():
    low, high = re.findall(r"3\.(\d+)", PYPROJECT["project"]["requires-python"])
    workflow = (PROJECT / ".github" / "workflows" / "ci.yml").read_text("utf-8")
    (tested,) = re.findall(r"python: \[(.+)\]", workflow)
    assert re.findall(r"3\.(\d+)", tested) == [str(minor) for minor in range(int(low), int(high))]


@pytest.mark.parametrize("path", [".ci/run", ".github/workflows/ci.yml"])
def test_continuous_integration_calls_make_targets_that_exist(path):
    called = re.findall(r"^\s*(?:- run: )?make ([a-z-]+)", (PROJECT / path).read_text("utf-8"), re.MULTILINE)
    assert {"lint", "test"} <= set(called)
    assert [target for target in called if not re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)] == []


def test_every_target_is_phony_and_explained():
    (phony,) = re.findall(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)
    assert phony.split() == re.findall(r"^([a-z-]+):[^=\n]*## ", MAKEFILE, re.MULTILINE)
