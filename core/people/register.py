"""The people of a class: each with a name, a number to come back with, and a workspace."""

import contextlib
import hashlib
import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from core.people.codes import is_equal, keyed_number_hash, new_number, read_codes
from core.people.errors import NameTakenError, PeopleError
from core.people.names import MAX_NAME, TEACHER_NAME, clean_name, name_key
from core.people.records import Record, read_record, write_record
from core.runs.workspaces import PEOPLE_FOLDER, class_folder, workspaces_in
from core.storage.child_folders import find_child

TEACHER_ID = "teacher"
_SEEN_FILE, _SEEN_EVERY_S = ".seen", 60.0


@dataclass(frozen=True)
class Person:
    """One person of a class: an id that no other one has, a name, and the runs folder that is this person's own."""

    id: str
    name: str
    root: Path
    is_teacher: bool = False


class People:
    """The people of a machine's root. The teacher's workspace is that root itself."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock = class_folder(root) / ".people.lock"

    @property
    def teacher(self) -> Person:
        """Return the teacher."""
        return Person(TEACHER_ID, TEACHER_NAME, self.root, is_teacher=True)

    def all(self) -> list[Person]:
        """Return everybody but the teacher, by name; a damaged workspace is called by its id."""
        people = [
            Person(each.name, record.name if (record := read_record(each)) else each.name, each)
            for each in self._folders()
        ]
        return sorted(people, key=lambda person: (person.name.casefold(), person.id))

    def get(self, person_id: str) -> Person | None:
        """Return the person of that id; None where there is none any more."""
        if person_id == TEACHER_ID:
            return self.teacher
        folder = find_child(self.root / PEOPLE_FOLDER, person_id)
        record = read_record(folder) if folder else None
        return Person(person_id, record.name, folder) if folder and record else None

    def join(self, name: str, most: int) -> tuple[Person, str]:
        """Make a workspace for a new person and return both with the number that this person comes back with.

        Raises `NameTakenError`, `PeopleError` for a name that is none or a class that has `most` people, and `OSError`.
        """
        name = clean_name(name)
        with self._locked():
            people = self.all()
            if any(name_key(each.name) == name_key(name) for each in people):
                raise NameTakenError(
                    f"Somebody in this class is called {name} already. If that is you, give your number, too; if not, "
                    f"choose another name, such as {name} 2."
                )
            if len(people) >= most:
                raise PeopleError(f"This class has {most} people already, as many as it may. Ask your teacher.")
            number = new_number()
            return self._add(secrets.token_hex(8), Record(name, joined=time.time()).with_number(number)), number

    def find_account(self, account: str) -> Person | None:
        """Return the person of an account of a provider of identities; None where it is nobody's here.

        account: what names it for good, with its provider. An earlier version made the id in another way.
        """
        if known := self.get(_id_of_account(account)):
            return known
        found = (each for each in workspaces_in(self.root) if (kept := read_record(each)) and kept.account == account)
        return next((self.get(each.name) for each in found), None)

    def join_with_account(self, account: str, name: str, most: int) -> Person:
        """Return the person of an account, with a workspace made at the first time; raises as `join` does."""
        with self._locked():
            if known := self.find_account(account):
                return known
            person_id, people = _id_of_account(account), self.all()
            if len(people) >= most and person_id not in [each.id for each in people]:
                raise PeopleError(f"This class has {most} people already, as many as it may. Ask your teacher.")
            return self._add(person_id, Record(_account_name(name), joined=time.time(), account=account))

    def come_back(self, name: str, number: str) -> Person:
        """Return the person of that name and number; raises `PeopleError`, whichever of the two is wrong."""
        named = [each for each in self.all() if name_key(each.name) == name_key(name)]
        found = next((each for each in named if self._fits(each, number)), None)
        if found is None:
            raise PeopleError("There is nobody of this name and number here. Your teacher can give you a new number.")
        return found

    def _fits(self, person: Person, number: str) -> bool:
        """Return whether a number is a person's; one that an earlier version kept is kept anew then."""
        record = read_record(person.root)
        if record is None:
            return False
        if record.salt:
            return record.has_number(number)
        old = keyed_number_hash(read_codes(self.root).key_bytes, person.id, number)
        if not is_equal(old, record.number):
            return False
        write_record(person.root, record.with_number(number))
        return True

    def renew_number(self, person: Person) -> str:
        """Return a new number for a person; the old one is no longer good. Raises `PeopleError` and `OSError`.

        A damaged workspace is mended: it belongs to whoever comes back by its id as the name, and the number.
        """
        with self._locked():
            record = read_record(person.root) or Record(person.name)
            if not person.root.is_dir():
                raise PeopleError(f"{person.name} is no longer in this class.")
            number = new_number()
            write_record(person.root, record.with_number(number))
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

    def _folders(self) -> list[Path]:
        """Return the folder of each workspace, a damaged one's too."""
        with contextlib.suppress(FileNotFoundError):
            return [each for each in (self.root / PEOPLE_FOLDER).iterdir() if each.name[0] != "." and each.is_dir()]
        return []

    def _add(self, person_id: str, record: Record) -> Person:
        folder = self.root / PEOPLE_FOLDER / person_id
        if folder.is_dir():  # a damaged workspace, which is found again
            write_record(folder, record)
            return Person(person_id, record.name, folder)
        filing = folder.with_name(f".{person_id}.new")
        filing.mkdir(parents=True)
        write_record(filing, record)
        filing.rename(folder)
        return Person(person_id, record.name, folder)

    def _locked(self) -> FileLock:
        self._lock.parent.mkdir(parents=True, exist_ok=True)
        return FileLock(self._lock)


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


def _id_of_account(account: str) -> str:
    """Return the id of the person of an account: the same always, whatever codes the class has."""
    return hashlib.sha256(f"account {account}".encode("utf-8", "replace")).hexdigest()[:16]
