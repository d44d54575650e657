"""The version of this project's code, to the last byte, which all machines of a cluster must share."""

import hashlib
from pathlib import Path

_CORE = Path(__file__).resolve().parents[1]
_LENGTH = 12


def _digest(folder: Path) -> str:
    """Return a sum over all sources below a folder; the ends of their lines do not count, which Git may change."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*.py"), key=lambda each: each.relative_to(folder).as_posix()):
        found.update(path.relative_to(folder).as_posix().encode())
        found.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return found.hexdigest()[:_LENGTH]


VERSION = _digest(_CORE)
"""What differs where the code differs."""
