"""The codes of a class and the key that signs its cookies: made once, kept in the runs folder, compared safely."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from filelock import FileLock

from core.runs.record_values import convert
from core.runs.workspaces import class_folder
from core.storage import atomic, json_files

_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # without what is easily taken for another one: I, L, O, 0, 1
_FILE = "codes.json"
_JOIN_LENGTH, _TEACHER_LENGTH, _NUMBER_LENGTH, _KEY_BYTES = 6, 10, 6, 32
_HASH_ROUNDS = 50_000  # some 20 ms of a processor
_KEY = re.compile(f"[0-9a-f]{{{2 * _KEY_BYTES}}}")


@dataclass(frozen=True)
class ClassCodes:
    """The secrets of a class: its code, that of its teacher, and the key of its cookies (hex)."""

    join: str
    teacher: str
    key: str

    @property
    def key_bytes(self) -> bytes:
        """Return the key, 32 random bytes."""
        return bytes.fromhex(self.key)


def read_codes(root: Path) -> ClassCodes:
    """Return the codes in a machine's root, made at the first call; raises `OSError`.

    Codes that were damaged are made anew: everybody signs in again, with the new code, the name and the number.
    """
    return _parse(root) or _make(root, None)


def renew_join_code(root: Path) -> ClassCodes:
    """Replace the code of the class and return all; whoever is signed in stays so. Raises `OSError`."""
    return _make(root, lambda codes: replace(codes, join=_random(_ALPHABET, _JOIN_LENGTH)))


def renew_all(root: Path) -> ClassCodes:
    """Replace both codes and the key and return them: everybody signs in again. Raises `OSError`."""
    return _make(root, lambda codes: _new())


def is_code(given: str, code: str) -> bool:
    """Return whether what a person typed is a code: in constant time; case, spaces and dashes do not matter."""
    typed = "".join(given[:100].split()).replace("-", "").upper()
    return is_equal(typed, code)


def is_equal(one: str, other: str) -> bool:
    """Return whether two texts are the same, in constant time; any characters may be in them."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def grouped(code: str) -> str:
    """Return a code as it is read out: in two groups, for instance 'ABC-DEF'."""
    half = len(code) // 2
    return f"{code[:half]}-{code[half:]}"


def new_number() -> str:
    """Return a random number of six digits, with which one person comes back from another device."""
    return _random("0123456789", _NUMBER_LENGTH)


def number_hash(salt: str, number: str) -> str:
    """Return what is kept of a person's number, hex: a hash that takes long, for a number has six digits alone."""
    return hashlib.pbkdf2_hmac("sha256", _digits(number).encode(), salt.encode(), _HASH_ROUNDS).hex()


def keyed_number_hash(key: bytes, person_id: str, number: str) -> str:
    """Return what an earlier version kept of a person's number: a hash under the key of the cookies, hex."""
    return hmac.digest(key, f"number {person_id} {_digits(number)}".encode(), "sha256").hex()


def _digits(number: str) -> str:
    return "".join(each for each in number[:100] if each.isascii() and each.isdigit())


def _random(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))


def _new() -> ClassCodes:
    return ClassCodes(
        _random(_ALPHABET, _JOIN_LENGTH), _random(_ALPHABET, _TEACHER_LENGTH), secrets.token_hex(_KEY_BYTES)
    )


def _make(root: Path, change: Callable[[ClassCodes], ClassCodes] | None) -> ClassCodes:
    """Write the codes that `change` makes of those there are; without it, new ones where there are none."""
    folder = class_folder(root)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    with FileLock(folder / ".codes.lock"):
        known = _parse(root)
        if known and change is None:  # another process has made them meanwhile
            return known
        codes = change(known or _new()) if change else _new()
        atomic.replace_json(folder / _FILE, asdict(codes))
        (folder / _FILE).chmod(0o600)
    return codes


def _parse(root: Path) -> ClassCodes | None:
    try:
        values = json_files.parse_json(json_files.read_limited(class_folder(root) / _FILE))
    except (FileNotFoundError, ValueError, RecursionError):
        return None
    codes = convert(values, ClassCodes)
    return codes if codes and codes.join and codes.teacher and _KEY.fullmatch(codes.key) else None
