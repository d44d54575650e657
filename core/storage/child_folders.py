"""The folder of a name from anyone, such as an id in an address, among those in one folder."""

import contextlib
from pathlib import Path


def find_child(folder: Path, name: str) -> Path | None:
    """Return the folder of that name that lies in `folder`; None where there is none, or the name leads elsewhere."""
    if name in ("", ".", "..") or Path(name).name != name:
        return None
    with contextlib.suppress(OSError):  # a name too long for any folder
        if (folder / name).is_dir():
            return folder / name
    return None
