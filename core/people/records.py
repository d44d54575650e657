"""The file `person.json` of a workspace: the name of its person, and what proves who it is."""

import contextlib
import secrets
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from core.people.codes import is_equal, number_hash
from core.runs.record_values import Seconds, convert
from core.runs.workspaces import PERSON_FILE
from core.storage import atomic, json_files

_SALT_BYTES = 16


@dataclass(frozen=True)
class Record:
    """A person's name, number and account, and when the person joined, in seconds since 1970.

    `number` is the hash of the number with `salt`. The codes of the class have no part in it: with new ones everybody
    comes back to the same work. A record without a salt is of an earlier version, with a hash under the key of the
    cookies. Both are '' where the person signs in with an account: `account` names it, with its provider.
    """

    name: str
    number: str = ""
    joined: Seconds = 0.0
    account: str = ""
    salt: str = ""

    def has_number(self, number: str) -> bool:
        """Return whether the person comes back with that number."""
        return is_equal(number_hash(self.salt, number), self.number)

    def with_number(self, number: str) -> "Record":
        """Return the record of the person who comes back with that number, of six digits, from now on."""
        salt = secrets.token_hex(_SALT_BYTES)
        return replace(self, number=number_hash(salt, number), salt=salt)


def read_record(folder: Path) -> Record | None:
    """Return what is kept of the person of a workspace; None where that is missing or damaged."""
    with contextlib.suppress(OSError, ValueError, RecursionError):
        return convert(json_files.parse_json(json_files.read_limited(folder / PERSON_FILE)), Record)
    return None


def write_record(folder: Path, record: Record) -> None:
    """Keep a record of the person of a workspace; raises `OSError`."""
    atomic.replace_json(folder / PERSON_FILE, asdict(record))
