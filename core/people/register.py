"""The people of a class: each with a name, a number to come back with, and a workspace."""

import contextlib
import hmac
import re
import secrets
import shutil
import time
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from core.people.codes import new_number, number_hash, read_codes
from core.runs.schema import Seconds, convert
from core.runs.workspaces import PEOPLE_FOLDER, PERSON_FILE, class_folder, workspaces_in
from core.storage import atomic, json_files
from core.storage.child_folders import find_child

MAX_NAME = 30
TEACHER_ID = "teacher"
_SEEN_FILE, _SEEN_EVERY_S = ".seen", 60.0


class PeopleError(Exception):
    """A person who cannot sign in; the text says why, and what to do."""


class NameTakenError(PeopleError):
    """A name that somebody else in the class has."""


@dataclass(frozen=True)
class Person:
    """One person of a class: an id that no other one has, a name, and the runs folder that is this person's own."""

    id: str
    name: str
    root: Path
    is_teacher: bool = False


@dataclass(frozen=True)
class _Record:
    name: str
    number: str  # `codes.number_hash` of it; '' where the person signs in with an account
    joined: Seconds = 0.0
    account: str = ""


class People:
    """The people of a machine's root. The teacher's workspace is that root itself."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock = class_folder(root) / ".people.lock"

    @property
    def teacher(self) -> Person:
        """Return the teacher."""
        return Person(TEACHER_ID, "Teacher", self.root, is_teacher=True)

    def all(self) -> list[Person]:
        """Return everybody but the teacher, by name; a damaged workspace is called by its id."""
        people = [Person(each.name, record.name, each) for each in workspaces_in(self.root) if (record := _read(each))]
        return sorted(people, key=lambda person: (person.name.casefold(), person.id))

    def get(self, person_id: str) -> Person | None:
        """Return the person of that id; None where there is none any more."""
        if person_id == TEACHER_ID:
            return self.teacher
        folder = find_child(self.root / PEOPLE_FOLDER, person_id)
        record = _read(folder) if folder else None
        return Person(person_id, record.name, folder) if folder and record else None

    def join(self, name: str, most: int) -> tuple[Person, str]:
        """Make a workspace for a new person and return both with the number that this person comes back with.

        Raises `NameTakenError`, `PeopleError` for a name that is none or a class that has `most` people, and `OSError`.
        """
        name = clean_name(name)
        with self._locked():
            people = self.all()
            if any(_same(each.name, name) for each in people):
                raise NameTakenError(
                    f"Somebody in this class is called {name} already. If that is you, give your number, too; if not, "
                    f"choose another name, such as {name} 2."
                )
            if len(people) >= most:
                raise PeopleError(f"This class has {most} people already, as many as it may. Ask your teacher.")
            person_id, number = secrets.token_hex(8), new_number()
            return self._add(person_id, _Record(name, self._hash(person_id, number), time.time())), number

    def of_account(self, account: str, name: str, most: int) -> Person:
        """Return the person of an account of a provider of identities, with a workspace made at the first time.

        account: what names it for good, with its provider. Raises as `join` does.
        """
        person_id = hmac.digest(read_codes(self.root).key_bytes, f"account {account}".encode(), "sha256").hex()[:16]
        if known := self.get(person_id):
            return known
        with self._locked():
            if len(self.all()) >= most:
                raise PeopleError(f"This class has {most} people already, as many as it may. Ask your teacher.")
            return self.get(person_id) or self._add(person_id, _Record(_account_name(name), "", time.time(), account))

    def come_back(self, name: str, number: str) -> Person:
        """Return the person of that name and number; raises `PeopleError`, whichever of the two is wrong."""
        found = next((each for each in self.all() if _same(each.name, name)), None)
        record = _read(found.root) if found else None
        expected = record.number if record else "0" * 64
        if not hmac.compare_digest(self._hash(found.id if found else "", number), expected or "-") or not found:
            raise PeopleError("There is nobody of this name and number here. Your teacher can give you a new number.")
        return found

    def renew_number(self, person: Person) -> str:
        """Return a new number for a person; the old one is no longer good. Raises `PeopleError` and `OSError`."""
        with self._locked():
            record = _read(person.root)
            if record is None:
                raise PeopleError(f"{person.name} is no longer in this class.")
            number = new_number()
            _write(person.root, _Record(record.name, self._hash(person.id, number), record.joined, record.account))
        return number

    def remove(self, person: Person) -> None:
        """Remove a person with all that is in the workspace, for good; raises `OSError`. The teacher's own root stays.

        The folder is renamed first: nothing in it is found any more, whatever its removal meets.
        """
        if person.is_teacher:
            raise PeopleError("The teacher's own runs are the machine's: delete them on the Runs page.")
        going = person.root.with_name(f".{person.root.name}.{secrets.token_hex(4)}")
        person.root.rename(going)
        shutil.rmtree(going, ignore_errors=True)

    def remove_leftovers(self) -> None:
        """Remove what an interrupted removal or a killed `join` has left."""
        for each in (self.root / PEOPLE_FOLDER).glob(".*"):
            shutil.rmtree(each, ignore_errors=True)

    def _add(self, person_id: str, record: _Record) -> Person:
        folder = self.root / PEOPLE_FOLDER / person_id
        filing = folder.with_name(f".{person_id}.new")
        filing.mkdir(parents=True)
        _write(filing, record)
        filing.rename(folder)
        return Person(person_id, record.name, folder)

    def _hash(self, person_id: str, number: str) -> str:
        return number_hash(read_codes(self.root).key_bytes, person_id, number)

    def _locked(self) -> FileLock:
        self._lock.parent.mkdir(parents=True, exist_ok=True)
        return FileLock(self._lock)


def clean_name(text: str) -> str:
    """Return a name as it is kept: one line, at most `MAX_NAME` characters; raises `PeopleError` for none."""
    name = " ".join(json_files.clean_text(unicodedata.normalize("NFKC", text[:400])).split())
    if not re.search(r"\w", name):
        raise PeopleError("Give your name, as others in the class know it.")
    if len(name) > MAX_NAME:
        raise PeopleError(f"The name has {len(name)} characters; at most {MAX_NAME} fit. Shorten it.")
    return name


def note_seen(person: Person, now: float) -> None:
    """Note that a person is here, at most once a minute; now: seconds since 1970."""
    if not person.is_teacher and now - last_seen(person) > _SEEN_EVERY_S:
        with contextlib.suppress(OSError):
            (person.root / _SEEN_FILE).touch()


def last_seen(person: Person) -> float:
    """Return when a person was last here, in seconds since 1970; 0 for never."""
    with contextlib.suppress(OSError):
        return (person.root / _SEEN_FILE).stat().st_mtime
    return 0.0


def _account_name(name: str) -> str:
    with contextlib.suppress(PeopleError):
        return clean_name(name[:MAX_NAME])
    return "Somebody"


def _same(one: str, other: str) -> bool:
    return _key(one) == _key(other)


def _key(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name[:400]).casefold().split())


def _read(folder: Path) -> _Record | None:
    with contextlib.suppress(OSError, ValueError, RecursionError):
        return convert(json_files.parse_json(json_files.read_limited(folder / PERSON_FILE)), _Record)
    return None


def _write(folder: Path, record: _Record) -> None:
    values = {"name": record.name, "number": record.number, "joined": record.joined, "account": record.account}
    atomic.replace_json(folder / PERSON_FILE, values)
