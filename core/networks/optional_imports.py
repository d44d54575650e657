"""Imports of optional libraries by other libraries, refused while nobody needs them: each takes memory."""

import contextlib
import sys
import threading
from collections.abc import Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


class _Refusal(MetaPathFinder):
    """A finder that says of some libraries that they are not installed, to one thread alone."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names, self._thread = names, threading.get_ident()

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name in self._names and threading.get_ident() == self._thread:
            raise ModuleNotFoundError(f"{name} is not needed here.", name=name)
        return None


@contextlib.contextmanager
def not_imported(*names: str) -> Iterator[None]:
    """Refuse the import of these libraries meanwhile to what this thread imports; other threads get them.

    For libraries that another one uses where they are installed. One that is imported already stays so.
    """
    refusal = _Refusal(names)
    sys.meta_path.insert(0, refusal)
    try:
        yield
    finally:
        sys.meta_path.remove(refusal)
