"""The public names of a package, each imported from its module when it is first asked for.

So a module costs only what it imports itself, not what its package offers. The list is that of the package's
`__init__.py`: what it imports under `if TYPE_CHECKING`, for type checkers and readers. `lazy_loader.attach_stub` of
Scientific Python reads a stub in the same way.
"""

import ast
import sys
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path


def import_on_demand(package: str) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return the `__getattr__` and the `__dir__` of a package.

    The first imports a public name, and raises `AttributeError` for any other; the second lists the public names too.
    """

    def import_name(name: str) -> object:
        module = _public_names(package).get(name) if not name.startswith("_") else None
        if module is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = import_module(f"{package}.{name}") if module == package else getattr(import_module(module), name)
        setattr(sys.modules[package], name, value)
        return value

    def names() -> list[str]:
        module = sys.modules[package]
        return sorted({*vars(module), *module.__all__})

    return import_name, names


@cache
def _public_names(package: str) -> dict[str, str]:
    """Return the module of each name that a package's `__init__.py` imports for type checkers."""
    file = sys.modules[package].__file__ or ""
    return dict(_imported(ast.parse(Path(file).read_text("utf-8"))))


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for block in (node for node in tree.body if isinstance(node, ast.If)):
        for each in block.body:
            if isinstance(each, ast.ImportFrom) and each.module:
                yield from ((alias.name, each.module) for alias in each.names)
