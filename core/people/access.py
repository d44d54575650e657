"""Access to a class: whether the server knows people, how one signs in, and the cookie that says it later."""

import contextlib
import os
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from core.config.field_spec import ConfigError
from core.people.codes import is_code, read_codes
from core.people.cookies import make_cookie, read_cookie
from core.people.register import People, PeopleError, Person
from core.people.tries import TryLimit
from core.runs.class_settings import ClassSettings
from core.runs.workspaces import class_folder

VARIABLE = "DIGIT_STUDIO_PEOPLE"
_DAY_S = 86_400.0
_limit = TryLimit()


class Mode(StrEnum):
    """A way of signing in: none, with the same runs for all; by the code of the class; or by an account."""

    OPEN = "open"
    CODE = "code"
    LOGIN = "login"


def mode_of_server(address: str | None) -> Mode:
    """Return how people sign in, as the environment of the server says; `OPEN` where it serves this machine alone.

    address: that on which the server listens, None for all. Raises `ConfigError` for a value that is no mode.
    """
    text = os.environ.get(VARIABLE, Mode.OPEN).strip().lower()
    if text not in list(Mode):
        raise ConfigError(f"The environment variable {VARIABLE} is {text!r}; it may be {', '.join(Mode)}.")
    return Mode.OPEN if address in ("localhost", "127.0.0.1", "::1") else Mode(text)


@dataclass(frozen=True)
class Entered:
    """A person who has signed in; `number` is that with which a new one comes back, '' for all others."""

    person: Person
    number: str = ""


class SignIn:
    """The signing in to a class: what is asked for, and the cookie that says later who it was."""

    def __init__(self, root: Path, limit: TryLimit = _limit) -> None:
        self.root, self.people, self._limit = root, People(root), limit

    def enter(self, code: str, name: str, number: str, address: str) -> Entered:
        """Return who signs in with a code, a name and, on another device than the first one, a number.

        The teacher's code is enough by itself. address: that of the browser in the network. Raises `PeopleError` in
        words, also where too many wrong codes were given, and `OSError`.
        """
        settings, codes, now = ClassSettings.in_force(self.root), read_codes(self.root), time.monotonic()
        wait_s = self._limit.begin(address, now, settings.wrong_codes_per_address, settings.wrong_codes_in_all)
        # A class may have one address together. The teacher's code is too long to be found by trying.
        if wait_s > 0 and (self._limit.is_full(now, settings.wrong_codes_in_all) or not is_code(code, codes.teacher)):
            raise PeopleError(f"Too many wrong codes. Try again in {max(1, round(wait_s / 60))} minutes.")
        is_teacher, is_pupil = is_code(code, codes.teacher), is_code(code, codes.join)
        if not is_teacher and not is_pupil:
            raise PeopleError("This is not the code of the class. Your teacher shows it.")
        if number.strip() and not is_teacher:
            entered = Entered(self.people.come_back(name, number))  # a wrong number counts as a wrong code does
            self._limit.forgive(address, now)
            return entered
        self._limit.forgive(address, now)
        return Entered(self.people.teacher) if is_teacher else Entered(*self.people.join(name, settings.people))

    def cookie_for(self, person: Person) -> str:
        """Return the value of the cookie of a person who signs in now; raises `OSError`."""
        return make_cookie(read_codes(self.root).key_bytes, person.id, time.time())

    def max_age_s(self) -> float:
        """Return for how long a cookie is good, in seconds."""
        return ClassSettings.in_force(self.root).signed_in_days * _DAY_S

    def person_of(self, cookie: str | None) -> Person | None:
        """Return the person of a cookie; None where it is not ours, too old, signed out, or the person is gone."""
        if not cookie:
            return None
        with contextlib.suppress(OSError):
            ticket = read_cookie(read_codes(self.root).key_bytes, cookie, time.time(), self.max_age_s())
            if ticket and not (self._signed_out / ticket.sign_in_id).exists():
                return self.people.get(ticket.person_id)
        return None

    def sign_out(self, cookie: str | None) -> None:
        """Make a cookie no longer good, in all tabs of its browser; raises `OSError`."""
        ticket = read_cookie(read_codes(self.root).key_bytes, cookie, time.time(), self.max_age_s())
        if ticket:
            self._signed_out.mkdir(parents=True, exist_ok=True)
            (self._signed_out / ticket.sign_in_id).touch()

    def remove_leftovers(self) -> None:
        """Forget the sign-outs of cookies that are too old anyway, and what an interrupted removal has left."""
        self.people.remove_leftovers()
        with contextlib.suppress(OSError):
            oldest = time.time() - self.max_age_s()
            for each in self._signed_out.iterdir():
                if each.stat().st_mtime < oldest:
                    each.unlink()

    @property
    def _signed_out(self) -> Path:
        return class_folder(self.root) / "signed-out"
