"""What is kept for all sessions of a server: nothing of one person is given to another one.

A value that is kept is found by its key. So a cached function does not ask who is signed in, and what it keeps of
somebody's files is kept under these files' place: two people may have runs and data sets of one name.
"""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.graph import modules, tree

CACHES = {"cache", "lru_cache", "cache_data", "cache_resource"}
PLACES = {"Path", "ModelVersion"}
"""The types of a key that say whose: a path, and `models.ModelVersion`, which is made of one."""

OF_FILES = {"TrainConfig", "DatasetSpec", "Run", "RunStore", "Sweep", "DatasetStore"}
"""The types of what somebody's files are read by: a recipe and the data set of a name are another one's, too."""

WITHOUT_A_PLACE = {
    "core.bulk.cluster_task._readers": "networks by their content's fingerprint, in a worker of one command",
    "core.charts.drawings.Drawings.__init__": "a drawing is used for the very rows alone that it was drawn from",
    "core.people.tries.TryLimit.__init__": "wrong codes, by network address",
    "pages.widgets.train.watchers._drawn": "moments, by a random number of the session",
}
"""What is kept by another key, and why it may be."""

ASKS = {"context", "session_state", "query_params", "user"}
"""What of Streamlit's is the visitor's own."""

APP = [name for name in modules() if name.split(".")[0] in ("core", "pages")]


def names_in(node: ast.AST | None) -> set[str]:
    """The names in an expression; those in an annotation that is a string, too."""
    found: set[str] = set()
    for each in ast.walk(node) if node else ():
        if isinstance(each, ast.Name):
            found.add(each.id)
        elif isinstance(each, ast.Attribute):
            found.add(each.attr)
        elif isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value.isidentifier():
            found.add(each.value)
    return found


def functions(module: str) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {each.name: each for each in ast.walk(tree(module)) if isinstance(each, kinds)}


def cached() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Each cached function, by its module."""
    for module in APP:
        for function in functions(module).values():
            if any(names_in(each) & CACHES for each in function.decorator_list):
                yield module, function


CACHED = list(cached())
IDS = [f"{module}.{function.name}" for module, function in CACHED]


def called(module: str, function: ast.AST) -> Iterator[tuple[str, str]]:
    """The functions of pages that a function names, each with its module."""
    imported = {
        alias.asname or alias.name: (each.module or "", alias.name)
        for each in ast.walk(tree(module))
        if isinstance(each, ast.ImportFrom)
        for alias in each.names
    }
    for each in ast.walk(function):
        if isinstance(each, ast.Name):
            yield imported.get(each.id, (module, each.id))
        elif isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id in imported:
            yield ".".join(imported[each.value.id]), each.attr


def what_asks_the_visitor(module: str, function: ast.AST, seen: set[tuple[str, str]]) -> list[str]:
    """The functions by which this one asks who is signed in: itself, or one that it calls."""
    own = [each for each in ast.walk(function) if isinstance(each, ast.Attribute) and each.attr in ASKS]
    if any(isinstance(each.value, ast.Name) and each.value.id == "st" for each in own):
        return [module]
    found: list[str] = []
    for where, name in called(module, function):
        if where.startswith("pages.") and where in modules() and (where, name) not in seen:
            seen.add((where, name))
            if name in (there := functions(where)):
                found += [f"{where}.{name}" for _ in what_asks_the_visitor(where, there[name], seen)]
    return found


def test_the_caches_are_found():
    assert {
        "core.datasets.class_examples.class_examples",
        "pages.widgets.shared.models._load",
        "pages.widgets.inside.networks._exciting_images",
        "pages.widgets.runs.folds._doubtful",
    } <= set(IDS)
    (store,) = (
        each for each in ast.walk(tree("pages.widgets.shared.workspace")) if getattr(each, "name", "") == "store"
    )
    assert what_asks_the_visitor("pages.widgets.shared.workspace", store, set()), "it is seen where somebody asks"


@pytest.mark.parametrize(("module", "function"), CACHED, ids=IDS)
def test_what_is_cached_does_not_ask_who_is_signed_in(module, function):
    assert what_asks_the_visitor(module, function, set()) == []


@pytest.mark.parametrize(("module", "function"), CACHED, ids=IDS)
def test_what_is_cached_of_files_is_kept_by_their_place(module, function):
    is_streamlits = any(names_in(each) & {"cache_data", "cache_resource"} for each in function.decorator_list)
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    hidden = [each for each in arguments if is_streamlits and each.arg.startswith("_")]
    keys = set().union(*(names_in(each.annotation) for each in arguments if each not in hidden))
    if hidden or keys & OF_FILES or any(each.arg.endswith("_id") for each in arguments):
        assert keys & PLACES, "its key does not say whose files: take the path of the run, the data sets or the model"


def kept(module: str) -> Iterator[tuple[str, set[str]]]:
    """What a module keeps while the server runs, each with the types of its key: dicts that begin empty, and slots."""
    for each in ast.walk(tree(module)):
        if isinstance(each, ast.Subscript) and isinstance(each.value, ast.Name) and each.value.id == "RecentSlots":
            key = each.slice.elts[0] if isinstance(each.slice, ast.Tuple) else each.slice
            yield f"{module}.{enclosing(module, each)}", names_in(key)
    for each in tree(module).body:
        is_empty = isinstance(each, ast.AnnAssign) and isinstance(each.value, ast.Dict) and not each.value.keys
        if is_empty and "Mapping" not in names_in(each.annotation):
            annotation = each.annotation
            if isinstance(annotation, ast.Constant):
                annotation = ast.parse(annotation.value, mode="eval").body
            yield f"{module}.{each.target.id}", names_in(annotation.slice.elts[0])


def enclosing(module: str, node: ast.AST) -> str:
    """The class and function, or the name, that an expression stands in."""
    for each in tree(module).body:
        if any(inner is node for inner in ast.walk(each)):
            if isinstance(each, ast.ClassDef):
                return f"{each.name}.{next(f.name for f in each.body if any(inner is node for inner in ast.walk(f)))}"
            return each.target.id if isinstance(each, ast.AnnAssign) else getattr(each, "name", "")
    return ""


def test_what_is_kept_in_memory_is_kept_by_a_place():
    found = dict(each for module in APP for each in kept(module))
    assert {"core.datasets.store._loaded", "core.runs.index._live_metrics", "core.sweeps.trials._known"} <= set(found)
    nowhere = {name for name, key in found.items() if not key & PLACES}
    assert nowhere - set(WITHOUT_A_PLACE) == set()
