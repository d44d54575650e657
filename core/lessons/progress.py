"""The progress of each visitor through the lessons: guesses, runs and what is done, in one file of the runs folder."""

import contextlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from core.lessons.catalogue import LESSONS
from core.lessons.lesson import Guess
from core.runs.record_values import convert
from core.storage import atomic, json_files

MAX_VISITORS = 500
"""How many visitors' progress is kept: of more, that of those who have not come for longest is left out."""

_FILE, _LOCK_FILE = "lessons.json", ".lessons.lock"
_LOCK_S = 5.0


@dataclass(frozen=True)
class LessonProgress:
    """The progress in one lesson: the guess, None before there is one; the ids of its runs; whether it is done."""

    guess: Guess | None = None
    runs: tuple[str, ...] = ()
    is_done: bool = False


NO_PROGRESS = LessonProgress()


class ProgressFile:
    """The file in a runs folder that holds every visitor's progress. A lock lets one process write it at a time."""

    def __init__(self, root: Path) -> None:
        self._path, self._lock = root / _FILE, root / _LOCK_FILE

    def read(self, visitor: str) -> dict[str, LessonProgress]:
        """Return a visitor's progress by the lesson's name; what is damaged, or cannot be read, counts as not begun."""
        with contextlib.suppress(OSError):
            return _parse_lessons(self._visitors().get(visitor))
        return {}

    def change(self, visitor: str, lesson: str, **changes: object) -> None:
        """Change these fields of a visitor's progress in one lesson; raises `OSError`; the file then stays."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self._lock).acquire(timeout=_LOCK_S):
                visitors = self._visitors()
                known = _parse_lessons(visitors.pop(visitor, None))
                known[lesson] = replace(known.get(lesson, NO_PROGRESS), **changes)
                visitors[visitor] = {name: asdict(progress) for name, progress in known.items()}
                atomic.replace_json(self._path, {"visitors": dict(list(visitors.items())[-MAX_VISITORS:])})
        except Timeout as error:
            raise OSError(f"{self._path} is being written by another process; try again.") from error

    def _visitors(self) -> dict[str, Any]:
        """Return all visitors' progress as it stands in the file, those who came last at the end.

        It is {} where there is no file or a damaged one. Raises `OSError` for one that cannot be read now: it may be
        whole, and is not to be replaced.
        """
        with contextlib.suppress(FileNotFoundError, ValueError, RecursionError):
            values = json_files.parse_json(json_files.read_limited(self._path))
            visitors = values.get("visitors") if isinstance(values, dict) else None
            return visitors if isinstance(visitors, dict) else {}
        return {}


def count_done(progress: Mapping[str, LessonProgress]) -> int:
    """Return how many lessons are done."""
    return sum(each.is_done for each in progress.values())


def _parse_lessons(lessons: Any) -> dict[str, LessonProgress]:
    """Return a visitor's progress by the lesson's name from what a file has for it; what is damaged is left out."""
    found = {name: _parse(name, values) for name, values in lessons.items()} if isinstance(lessons, dict) else {}
    return {name: progress for name, progress in found.items() if progress is not None}


def _parse(name: str, values: Any) -> LessonProgress | None:
    """Return the progress that a file has for that lesson, None where it makes no sense."""
    progress = convert(values, LessonProgress)
    if progress is None or name not in LESSONS:
        return None
    return progress if progress.guess is None or LESSONS[name].guess.accepts(progress.guess) else None
