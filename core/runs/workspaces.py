"""The workspaces of a class: a runs folder for each person, inside that of the machine."""

import contextlib
import os
import time
from pathlib import Path

PEOPLE_FOLDER = "people"
"""The folder in the machine's root that holds a workspace for each person."""

PERSON_FILE = "person.json"
"""The file that makes a folder a workspace: who it belongs to."""

_LAST_BEGAN_FILE = ".last-began"
_CLASS_FOLDER = ".class"


def machine_root(root: Path) -> Path:
    """Return the root of the machine that a runs folder belongs to: itself, where it is no person's workspace."""
    return root.parent.parent if is_workspace(root) else root


def is_workspace(root: Path) -> bool:
    """Return whether a runs folder is the workspace of a person."""
    return root.parent.name == PEOPLE_FOLDER and (root / PERSON_FILE).is_file()


def workspaces_in(root: Path) -> list[Path]:
    """Return the workspaces in a machine's root, in the order of their names; [] where nobody has signed in yet."""
    with contextlib.suppress(OSError), os.scandir(root / PEOPLE_FOLDER) as entries:
        folders = sorted(each.path for each in entries if each.is_dir() and not each.name.startswith("."))
        return [Path(each) for each in folders if is_workspace(Path(each))]
    return []


def class_folder(root: Path) -> Path:
    """Return the folder in a machine's root that holds what the server knows of the class: codes, key, messages."""
    return root / _CLASS_FOLDER


def note_began(root: Path) -> None:
    """Note that a run of this workspace begins to train now; raises `OSError`."""
    path = root / _LAST_BEGAN_FILE
    path.touch()
    os.utime(path, (time.time(), time.time()))


def last_began(root: Path) -> float:
    """Return when a run of this workspace last began to train, in seconds since 1970; 0 where none has."""
    with contextlib.suppress(OSError):
        return (root / _LAST_BEGAN_FILE).stat().st_mtime
    return 0.0


def size_bytes(root: Path) -> int:
    """Return how many bytes the files of a workspace take, its trash included; what vanishes meanwhile counts as 0.

    A file with several names, such as the arrays of a data set that was renamed, counts once.
    """
    total, linked = 0, set[tuple[int, int]]()
    for folder, _, names in os.walk(root):
        for name in names:
            with contextlib.suppress(OSError):
                found = os.lstat(os.path.join(folder, name))  # noqa: PTH118  # a Path each costs twice the time
                if found.st_nlink > 1:
                    if (found.st_dev, found.st_ino) in linked:
                        continue
                    linked.add((found.st_dev, found.st_ino))
                total += found.st_size
    return total
