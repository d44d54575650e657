"""The settings of a class on this server, in one TOML file of the runs folder, which the first start writes."""

import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from core.config.field_spec import ConfigError
from core.storage import atomic
from core.storage.os_errors import describe_os_error

FILE = "class.toml"
_MAX_BYTES = 100_000


def _number(default: int, low: int, high: int, help_text: str) -> Any:
    return field(default=default, metadata={"low": low, "high": high, "help": help_text})


@dataclass(frozen=True)
class ClassSettings:
    """The limits for each person of a class. MB are 1024² bytes."""

    waiting_runs: int = _number(10, 1, 1000, "How many runs of one person may wait in the queue.")
    disk_mb: int = _number(1000, 10, 1_000_000, "How much of the disk one person's runs and data sets may take, in MB.")
    minutes_a_run: int = _number(
        20, 1, 10_000, "How long one person's run may hold the machine, pauses included; then it is stopped."
    )
    people: int = _number(60, 1, 1000, "How many people the class may have.")
    signed_in_days: int = _number(30, 1, 365, "After how many days a browser is asked for the code again.")
    wrong_codes_per_address: int = _number(
        30, 3, 10_000, "After how many wrong codes from one network address the next one waits, in ten minutes."
    )
    wrong_codes_in_all: int = _number(300, 3, 100_000, "The same for all addresses together.")
    teachers: tuple[str, ...] = field(
        default=(),
        metadata={
            "help": "Who is a teacher where people sign in with an account: e-mail addresses that the provider has "
            'verified, or "issuer subject" of accounts, as in person.json of a workspace.'
        },
    )

    @classmethod
    def read(cls, root: Path) -> "ClassSettings":
        """Return the settings in a machine's root, the usual ones where there is no file; raises `ConfigError`."""
        found = _last_read[root] = cls._parse(root)
        return found

    @classmethod
    def in_force(cls, root: Path) -> "ClassSettings":
        """Return the settings in a machine's root; while the file makes no sense, those that were read from it last.

        So a mistake in it signs nobody out and keeps nobody out: it is said where somebody can correct it.
        """
        try:
            return cls.read(root)
        except ConfigError:
            return _last_read.get(root, cls())

    @classmethod
    def _parse(cls, root: Path) -> "ClassSettings":
        path = root / FILE
        try:
            if path.stat().st_size > _MAX_BYTES:
                raise ConfigError(f"{path} is too large for a file of settings. Remove it: the next start writes one.")
            values = tomllib.loads(path.read_bytes().decode())
        except FileNotFoundError:
            return cls()
        except OSError as error:
            raise ConfigError(f"The settings of the class cannot be read: {describe_os_error(error)}") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ConfigError(f"{path} is not a TOML file: {error}. Correct it, or remove it.") from error
        return cls(**{name: _checked(path, name, value) for name, value in values.items()})


_last_read: dict[Path, ClassSettings] = {}
_FIELDS = {each.name: each for each in fields(ClassSettings)}


def _checked(path: Path, name: str, value: object) -> Any:
    """Return a setting as the class holds it; raises `ConfigError`."""
    if name not in _FIELDS:
        raise ConfigError(f"{path} has {name!r}, which is no setting; the settings are {', '.join(_FIELDS)}.")
    limits = _FIELDS[name].metadata
    if "low" not in limits:
        if isinstance(value, list) and all(isinstance(each, str) and _is_account(each) for each in value):
            return tuple(_account(each) for each in value)
        raise ConfigError(
            f"In {path}, {name} is {value!r}: a list of e-mail addresses, or of accounts, is wanted, such as "
            '["a@b.org", "https://issuer subject"].'
        )
    if type(value) is int and limits["low"] <= value <= limits["high"]:
        return value
    wanted = f"a whole number from {limits['low']:,} to {limits['high']:,}"
    raise ConfigError(f"In {path}, {name} is {value!r}: {wanted} is wanted.")


def _is_account(text: str) -> bool:
    parts = text.split()
    return len(parts) == 2 or (len(parts) == 1 and "@" in text)


def _account(text: str) -> str:
    """Return an e-mail address without regard to case, or an issuer and a subject, in which it counts."""
    parts = text.split()
    return parts[0].casefold() if len(parts) == 1 else " ".join(parts)


def write_if_missing(root: Path) -> Path:
    """Write the file with the usual settings and what each means, where there is none; return its path.

    Raises `OSError`.
    """
    path = root / FILE
    if not path.exists():
        root.mkdir(parents=True, exist_ok=True)
        atomic.replace_file(path, lambda file: file.write(_text().encode()))
    return path


def _text() -> str:
    usual = ClassSettings()
    lines = ["# The settings of a class on this server. What is changed here holds at once; # begins a remark.", ""]
    for each in _FIELDS.values():
        limits, value = each.metadata, getattr(usual, each.name)
        allowed = f" From {limits['low']} to {limits['high']}." if "low" in limits else ""
        lines += [
            f"# {limits['help']}{allowed}",
            f"{each.name} = {list(value) if isinstance(value, tuple) else value}",
            "",
        ]
    return "\n".join(lines)
