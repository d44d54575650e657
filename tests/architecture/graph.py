"""The graph of all imports: modules, packages, their order and the drawing of it in docs/architecture.md.

`python -m tests.architecture.graph` prints the packages in their order, each with what it imports, and
`python -m tests.architecture.graph --write` makes the drawing in docs/architecture.md anew.
"""

import ast
import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
ARCHITECTURE = PROJECT / "docs" / "architecture.md"
ROOTS = ("core", "pages", "benchmarks", "docs", "tests")
LEVELS = {
    "storage": 1,
    "config": 1,
    "pictures": 2,
    "networks": 2,
    "cluster": 2,
    "runs": 2,
    "preprocessing": 3,
    "corrections": 3,
    "datasets": 4,
    "recognition": 4,
    "evaluation": 5,
    "explanation": 5,
    "training": 6,
    "charts": 6,
    "lessons": 7,
    "jobs": 7,
    "export": 8,
    "sweeps": 8,
    "doctor": 8,
    "bulk": 8,
    "people": 9,
    "cli": 10,
}
"""The packages of core. One imports only from packages with a lower number."""

_DRAWING = re.compile(r"```mermaid\n.*?```\n", re.DOTALL)


@dataclass(frozen=True)
class Import:
    """An arrow of the graph: a module of this project that another one imports, and the line where it does."""

    importer: str
    imported: str
    line: int
    at_run_time: bool
    """False where it is only named in a string, as a module that another process runs, or imported for annotations."""

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.imported}"


@cache
def modules() -> dict[str, Path]:
    """Return every module of the project by its dotted name; a package is named without `__init__`."""
    paths = [PROJECT / "streamlit_app.py", *(path for root in ROOTS for path in PROJECT.glob(f"{root}/**/*.py"))]
    return {_dotted(path): path for path in sorted(paths)}


def _dotted(path):
    return ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")


@cache
def tree(module: str) -> ast.Module:
    """Return the parsed source of a module."""
    return ast.parse(modules()[module].read_text("utf-8"))


def package(module: str) -> str:
    """Return the package that a module lies in: `core.runs` for `core.runs.index` and for `core.runs` itself."""
    is_package = modules()[module].name == "__init__.py"
    return module if is_package else module.rpartition(".")[0]


def external_imports(module: str) -> set[str]:
    """Return the top-level names of everything that a module imports, at its top or inside a function.

    Imports under `if TYPE_CHECKING` are left out: they exist for annotations only.
    """
    found, for_types = set(), _for_types(module)
    for node in ast.walk(tree(module)):
        if node in for_types:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module, f"{module}: a relative import hides where it leads"
            found.add(node.module.split(".")[0])
        elif isinstance(node, ast.Call) and _is_import_call(node):
            found |= {str(each.value).split(".")[0] for each in node.args[:1] if isinstance(each, ast.Constant)}
    return found


@cache
def _for_types(module):
    """The nodes of a module that only a type checker sees."""
    blocks = [
        node for node in ast.walk(tree(module)) if isinstance(node, ast.If) and _name(node.test) == "TYPE_CHECKING"
    ]
    return {inner for block in blocks for statement in block.body for inner in ast.walk(statement)}


def _name(node):
    return getattr(node, "attr", getattr(node, "id", ""))


def _is_import_call(call):
    return _name(call.func) in ("import_module", "__import__")


@cache
def imports(module: str) -> tuple[Import, ...]:
    """Return what a module imports of this project: at its top, inside functions, for annotations, and by name.

    A string counts where it is the whole name of a module, as in `[python, "-m", "core.jobs.worker"]`. In a call of
    `import_module` it is an import like any other.
    """
    found, for_types = {}, _for_types(module)
    for node in ast.walk(tree(module)):
        at_run_time = node not in for_types and not isinstance(node, ast.Constant)
        for name in _names(node):
            if name in modules() and name != module and (at_run_time or name not in found):
                found[name] = Import(module, name, node.lineno, at_run_time)
    return tuple(found.values())


def _names(node):
    """The names of modules that a node may stand for."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        members = [f"{node.module}.{alias.name}" for alias in node.names]
        inside = [name for name in members if name in modules()]
        yield from inside
        if len(inside) < len(members):
            yield node.module or ""
    elif isinstance(node, ast.Call) and _is_import_call(node):
        yield from (each.value for each in node.args[:1] if isinstance(each, ast.Constant))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "." in node.value:
        yield node.value


def core_package(module: str) -> str:
    """Return the name of the package of core that a module lies in (`runs`), '' for any other module."""
    root, _, rest = module.partition(".")
    name = rest.partition(".")[0]
    return name if root == "core" and name in LEVELS else ""


@cache
def package_imports() -> dict[str, list[str]]:
    """Return what each package of core imports from the others, both in their order."""
    found = {name: set() for name in LEVELS}
    for module in modules():
        if importer := core_package(module):
            found[importer] |= {core_package(each.imported) for each in imports(module)} - {importer, ""}
    return {name: [each for each in LEVELS if each in found[name]] for name in LEVELS}


def cycle(graph: dict[str, set[str]]) -> list[str]:
    """Return the nodes of a cycle of the graph, the first one repeated at the end; [] where there is none."""
    finished = set()

    def search(node, path):
        if node in path:
            return [*path[path.index(node) :], node]
        if node in finished:
            return []
        for following in sorted(graph.get(node, ())):
            if found := search(following, [*path, node]):
                return found
        finished.add(node)
        return []

    return next((found for node in sorted(graph) if (found := search(node, []))), [])


def listing() -> str:
    """Return the packages of core in their order, a line each, with the packages that they import."""
    found = package_imports()
    return "\n".join(
        f"{level} {name:13} imports {', '.join(found[name]) or 'nothing'}" for name, level in LEVELS.items()
    )


def drawing() -> str:
    """Return the graph of the packages of core as a Mermaid drawing.

    Arrows that follow from others are left out: where a imports b and b imports c, there is no arrow from a to c.
    """
    found = package_imports()
    lines = ["```mermaid", "flowchart TD"]
    for name, imported in found.items():
        implied = {further for each in imported for further in _reachable(each, found)}
        lines += [f"    {name} --> {each}" for each in imported if each not in implied]
    return "\n".join([*lines, "```"]) + "\n"


def _reachable(name, graph):
    found, waiting = set(), list(graph[name])
    while waiting:
        if (each := waiting.pop()) not in found:
            found.add(each)
            waiting += graph[each]
    return found


def drawing_in_documents() -> str:
    """Return the drawing that stands in docs/architecture.md."""
    (found,) = _DRAWING.findall(ARCHITECTURE.read_text("utf-8"))
    return found


if __name__ == "__main__":
    print(listing())
    if "--write" in sys.argv:
        text = ARCHITECTURE.read_text("utf-8")
        ARCHITECTURE.write_text(_DRAWING.sub(lambda _: drawing(), text, count=1), "utf-8")
