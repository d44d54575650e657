"""Imports that are refused for a while: to one thread alone, and not for good."""

import importlib
import sys
import threading

import pytest

from core.networks.optional_imports import not_imported


@pytest.fixture
def table(tmp_path, monkeypatch):
    """The name of a library that can be imported, and is not yet."""
    (tmp_path / "a_library_of_tables.py").write_text("ROWS = 3\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield "a_library_of_tables"
    sys.modules.pop("a_library_of_tables", None)


def test_a_library_is_missing_meanwhile_and_then_there(table):
    with not_imported(table), pytest.raises(ImportError):
        importlib.import_module(table)
    assert importlib.import_module(table).ROWS == 3
    with not_imported(table):
        assert importlib.import_module(table).ROWS == 3, "what is imported stays"


def test_another_thread_gets_it_meanwhile(table):
    found = []
    with not_imported(table):
        thread = threading.Thread(target=lambda: found.append(importlib.import_module(table).ROWS))
        thread.start()
        thread.join()
    assert found == [3]
