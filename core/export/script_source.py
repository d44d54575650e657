"""The source of functions of this program, as a script for use elsewhere takes it."""

import inspect
import re
from collections.abc import Callable
from typing import Any

from core.export.formats import ExportError


def plain_source(function: Callable[..., Any]) -> str:
    """Return a function's source under its public name, without annotations, for which a script needs no imports.

    Raises `ExportError` where it is none that was written with `def`.
    """
    try:
        source = inspect.getsource(function)
    except (OSError, TypeError):
        source = ""
    head = re.match(r"def _?(\w+)\(.*?\)(?: -> [^:]*)?:\n", source, re.DOTALL)
    if not head:
        raise ExportError(f"The source of {getattr(function, '__name__', function)} is not there to be exported.")
    parameters = ", ".join(inspect.signature(function).parameters)
    return f"def {head[1]}({parameters}):\n{source[head.end() :]}".rstrip()
