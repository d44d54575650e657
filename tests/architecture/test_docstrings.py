"""Docstrings: functions begin with a verb, no docstring is a question, and what is public has one."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.graph import PROJECT, modules

PATHS = [path for name, path in modules().items() if name.split(".")[0] in ("core", "pages", "streamlit_app")]
QUESTIONS = frozenset({"What", "How", "Whether", "Which", "Where", "Why", "When"})
NO_VERBS = QUESTIONS | {"The", "A", "An", "From", "In", "With", "Every", "All", "Each", "Several", "One", "Two"}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def documented(path: Path) -> Iterator[tuple[str, _Documented, str]]:
    """Yield the place, the node and the docstring of everything in a file that has one."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, _Documented) and (text := ast.get_docstring(node)):
            yield f"{path.relative_to(PROJECT)}:{getattr(node, 'lineno', 1)}", node, text


def undocumented(body: list[ast.stmt]) -> Iterator[int]:
    """Yield the lines of public functions, methods and classes without a docstring; a nested function is not public."""
    for node in body:
        if isinstance(node, (ast.ClassDef, *_FUNCTIONS)) and not node.name.startswith("_"):
            if not ast.get_docstring(node):
                yield node.lineno
            if isinstance(node, ast.ClassDef):
                yield from undocumented(node.body)


def begins_with_a_verb(docstring: str) -> bool:
    """Return whether the first word may be a verb: lists of nouns and parameters are no sentences."""
    first = docstring.split()[0].removesuffix(",")
    return first.isalpha() and first.istitle() and first not in NO_VERBS


@pytest.mark.parametrize("docstring", ["The name.", "name: of a run", "Whether it ends.", "[x] is set"])
def test_a_noun_a_question_and_a_parameter_are_no_verbs(docstring):
    assert not begins_with_a_verb(docstring)


def test_docstrings_of_functions_begin_with_a_verb():
    found = [(place, node, text) for path in PATHS for place, node, text in documented(path)]
    assert len(found) > 800
    assert [
        f"{place} {text.splitlines()[0]}"
        for place, node, text in found
        if isinstance(node, _FUNCTIONS) and not begins_with_a_verb(text)
    ] == []


def test_docstrings_of_modules_and_classes_are_no_questions():
    assert [
        f"{place} {text.splitlines()[0]}"
        for path in PATHS
        for place, node, text in documented(path)
        if not isinstance(node, _FUNCTIONS) and text.split()[0] in QUESTIONS
    ] == []


def test_everything_public_has_a_docstring():
    assert [
        f"{path.relative_to(PROJECT)}:{line}"
        for path in PATHS
        for line in undocumented(ast.parse(path.read_text("utf-8")).body)
    ] == []
