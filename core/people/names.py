"""The names of the people of a class: how one is kept, and when two are the same to a reader."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping

from core.people.errors import PeopleError
from core.storage import json_files

MAX_NAME = 30
TEACHER_NAME = "Teacher"
_MAX_READ = 400
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\ufe00-\ufe0f\U000e0000-\U000e0fff]")
"""What is shown as nothing, or as a space, beside the characters of Unicode's category Cf."""


def clean_name(text: str) -> str:
    """Return a name as it is kept: one line of what can be seen, at most `MAX_NAME` characters.

    Raises `PeopleError` for none, and for that of the teacher.
    """
    name = " ".join(json_files.clean_text(_without_invisible(text)).split())
    if not re.search(r"\w", name):
        raise PeopleError("Give your name, as others in the class know it.")
    if len(name) > MAX_NAME:
        raise PeopleError(f"The name has {len(name)} characters; at most {MAX_NAME} fit. Shorten it.")
    if name_key(name) == name_key(TEACHER_NAME):
        raise PeopleError(f"The teacher is called {TEACHER_NAME} here. Choose another name.")
    return name


def name_key(name: str) -> str:
    """Return what two names have in common that are the same to a reader."""
    return " ".join(_without_invisible(name).casefold().split())


def tell_apart(names: Mapping[str, str]) -> dict[str, str]:
    """Return people's names by their ids, with the end of the id added to those that a reader takes for one."""
    counts = Counter(map(name_key, names.values()))
    return {key: f"{name} · {key[-4:]}" if counts[name_key(name)] > 1 else name for key, name in names.items()}


def _without_invisible(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text[:_MAX_READ])
    seen = "".join(each for each in _BLANK.sub("", plain) if unicodedata.category(each) != "Cf")
    return unicodedata.normalize("NFKC", seen)
