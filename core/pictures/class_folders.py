"""Names of folders for the classes of pictures in a ZIP, as any system can have them."""

import re
from collections.abc import Sequence

_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]|^\.')
_MAX_LETTERS = 60


def safe_folder(name: str) -> str:
    """Return a name without what no folder may have in it; two names may become one."""
    return _UNSAFE.sub("_", name).strip().rstrip(".")[:_MAX_LETTERS]


def class_folder(class_names: Sequence[str], label: int) -> str:
    """Return the name of the folder of a class: its number, so that each has its own, and its name."""
    width = len(str(len(class_names) - 1))
    return f"{label:0{width}} {safe_folder(class_names[label])}".strip()
