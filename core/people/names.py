"""The names of the people of a class: how one is kept, and when two are the same to a reader."""

import re
import unicodedata

from core.people.errors import PeopleError
from core.storage import json_files

MAX_NAME = 30


def clean_name(text: str) -> str:
    """Return a name as it is kept: one line, at most `MAX_NAME` characters; raises `PeopleError` for none."""
    name = " ".join(json_files.clean_text(unicodedata.normalize("NFKC", text[:400])).split())
    if not re.search(r"\w", name):
        raise PeopleError("Give your name, as others in the class know it.")
    if len(name) > MAX_NAME:
        raise PeopleError(f"The name has {len(name)} characters; at most {MAX_NAME} fit. Shorten it.")
    return name


def name_key(name: str) -> str:
    """Return what two names have in common that are the same to a reader."""
    return " ".join(unicodedata.normalize("NFKC", name[:400]).casefold().split())
