"""The files of a run that is trained on another machine: what goes there, and what comes back."""

import re
from collections.abc import Iterator
from pathlib import Path

APPENDED_LINES = ("metrics.jsonl", "marks.jsonl")
APPENDED_LOGS = ("train.log",)
COMMANDS = "commands.jsonl"
CHECKPOINT = "checkpoint.npz"
STATUS = "status.json"

SENT = ("config.json", *APPENDED_LINES, CHECKPOINT)
"""What a training needs to begin, or to go on from its newest checkpoint; the commands are sent as they come."""

PROBE_DIGITS = "my_digits.npz"
"""The file in the root that holds the ten probe digits, where a person has drawn some; it is sent too."""

_REPLACED = (CHECKPOINT, "model.keras", "predictions.npz", "fold.npz", "report.json", STATUS)
_SNAPSHOTS = "snapshots"
_SNAPSHOT = re.compile(rf"{_SNAPSHOTS}/[0-9]{{1,12}}(?:\.weights)?\.npz", re.ASCII)


def replaced_files(folder: Path) -> Iterator[str]:
    """Return the files that a training replaces as a whole, each behind those that it needs; not all may exist.

    A training that goes on from a checkpoint takes no snapshot of earlier steps again, so these come before it.
    """
    for path in sorted((folder / _SNAPSHOTS).glob("*.npz")):
        if is_snapshot(name := f"{_SNAPSHOTS}/{path.name}"):
            yield name
    yield from _REPLACED


def comes_back(name: str) -> bool:
    """Return whether a file of this name, its path in the run's folder, is one that a training writes."""
    return name in (*APPENDED_LINES, *APPENDED_LOGS, *_REPLACED) or is_snapshot(name)


def is_snapshot(name: str) -> bool:
    """Return whether a file of this name is a snapshot, or weights that belong to one."""
    return bool(_SNAPSHOT.fullmatch(name))
