"""The notice that the teacher sends to all, and whether the leaderboard is shown: one file of the class."""

import time
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

import msgspec
from filelock import FileLock

from core.config.field_spec import ConfigError
from core.config.recipe_url import from_query
from core.lessons.catalogue import LESSONS
from core.people.register import PeopleError
from core.runs.record_values import Seconds, convert
from core.runs.workspaces import class_folder
from core.storage import atomic, json_files

MAX_TEXT = 300
_FILE = "noticeboard.json"
_NO_LINK = "This is no link of a recipe. Copy the address on the Train page under Link."


class NoticeKind(StrEnum):
    """A kind of notice: a text alone, or one that leads to a lesson or a recipe."""

    TEXT = "text"
    LESSON = "lesson"
    RECIPE = "recipe"


@dataclass(frozen=True)
class Notice:
    """A notice to all: a text, with a lesson's name or the query of a recipe's link, and when it was sent."""

    kind: NoticeKind
    text: Annotated[str, msgspec.Meta(max_length=MAX_TEXT)] = ""
    lesson: str = ""
    recipe: dict[str, str] | None = None
    sent: Seconds = 0.0

    def __post_init__(self) -> None:
        if self.kind is NoticeKind.LESSON and self.lesson not in LESSONS:
            raise ValueError(f"there is no lesson {self.lesson!r}")


@dataclass(frozen=True)
class Noticeboard:
    """The newest notice, None where there is none, and whether all see the leaderboard."""

    notice: Notice | None = None
    has_leaderboard: bool = False


def read_noticeboard(root: Path) -> Noticeboard:
    """Return what is on the board of a machine's root; an empty one where there is none, or a damaged one."""
    try:
        values = json_files.parse_json(json_files.read_limited(class_folder(root) / _FILE, 100_000))
    except (OSError, ValueError, RecursionError):
        return Noticeboard()
    return convert(values, Noticeboard) or Noticeboard()


def send_text(root: Path, text: str) -> None:
    """Send a text to all; raises `PeopleError` for an empty one and `OSError`."""
    if not text.strip():
        raise PeopleError("Write what all are to read.")
    _send(root, Notice(NoticeKind.TEXT, _clean(text), sent=time.time()))


def send_lesson(root: Path, lesson: str, text: str = "") -> None:
    """Send all to a lesson; raises `PeopleError` for one that there is not, and `OSError`."""
    if lesson not in LESSONS:
        raise PeopleError(f"There is no lesson {lesson!r}.")
    _send(root, Notice(NoticeKind.LESSON, _clean(text), lesson=lesson, sent=time.time()))


def send_recipe(root: Path, link: str, text: str = "") -> None:
    """Send all a recipe: the address that the Train page shows under Link; raises `PeopleError` and `OSError`.

    It has to name MNIST, for a data set of the teacher's is not in others' workspaces.
    """
    try:
        query = dict(parse_qsl(urlsplit(link.strip()[:8000]).query, max_num_fields=100))
    except ValueError as error:
        raise PeopleError(_NO_LINK) from error
    if not query and link.strip().rstrip("/").rpartition("/")[2] != "train":
        raise PeopleError(_NO_LINK)
    try:
        from_query(query)
    except ConfigError as error:
        raise PeopleError(f"This link cannot be sent: {error}") from error
    _send(root, Notice(NoticeKind.RECIPE, _clean(text), recipe=query, sent=time.time()))


def take_back(root: Path) -> None:
    """Take the notice from the board; raises `OSError`."""
    _send(root, None)


def show_leaderboard(root: Path, shown: bool) -> None:
    """Show the leaderboard to all, or to the teacher alone; raises `OSError`."""
    _change(root, has_leaderboard=shown)


def _send(root: Path, notice: Notice | None) -> None:
    _change(root, notice=notice)


def _change(root: Path, **changes: object) -> None:
    folder = class_folder(root)
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".noticeboard.lock"):
        atomic.replace_json(folder / _FILE, asdict(replace(read_noticeboard(root), **changes)))


def _clean(text: str) -> str:
    return " ".join(json_files.clean_text(text).split())[:MAX_TEXT]
