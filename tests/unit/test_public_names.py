"""The public names of packages, imported when they are asked for."""

import subprocess
import sys
from importlib import import_module

import pytest

from tests.architecture.graph import PROJECT, modules

PACKAGES = [
    name
    for name, path in modules().items()
    if name.startswith("core.") and path.name == "__init__.py" and "import_on_demand(" in path.read_text("utf-8")
]


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_has_every_public_name_and_no_other(package):
    module = import_module(package)
    assert module.__all__ and set(module.__all__) <= set(dir(module))
    for name in module.__all__:
        assert getattr(module, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'no_such_name'"):
        module.no_such_name  # noqa: B018


def test_a_module_is_imported_with_the_first_of_its_names_alone():
    program = (
        "import core.runs, sys; before = 'core.runs.store' in sys.modules; from core.runs import RunStore, trash;"
        "print(before, RunStore.__module__, trash.__name__, 'core.runs.plan' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "core.runs.store", "core.runs.trash", "False"]


def test_the_public_names_are_listed_before_they_are_imported():
    program = (
        "import core.runs, sys; names = dir(core.runs);"
        "print({*core.runs.__all__, '__doc__'} <= set(names), 'core.runs.store' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]
