"""Settings of a server: how much its visitors may ask of the machine. Each is an environment variable."""

import os
from dataclasses import dataclass, fields

from core.config.field_spec import ConfigError

PREFIX = "DIGIT_STUDIO_"
MAX_VALUE = 1_000_000


@dataclass(frozen=True)
class ServerSettings:
    """The limits; `DIGIT_STUDIO_MAX_WAITING_RUNS` and so on change them. MB are 1024² bytes.

    max_waiting_runs: how many runs may wait in the queue. min_free_mb: a run is filed or imported only where so much is
    free on the disk of the runs folder. max_session_upload_mb, max_server_upload_mb: how much of uploaded files is held
    in memory at a time, for one session and for all of them.
    """

    max_waiting_runs: int = 20
    min_free_mb: int = 500
    max_session_upload_mb: int = 200
    max_server_upload_mb: int = 800

    @classmethod
    def from_environment(cls) -> "ServerSettings":
        """Return the settings that the environment variables give; raises `ConfigError` for no whole number."""
        given = [each.name for each in fields(cls) if variable(each.name) in os.environ]
        return cls(**{name: _read(variable(name)) for name in given})


def variable(name: str) -> str:
    """Return the name of the environment variable of a setting."""
    return PREFIX + name.upper()


def _read(name: str) -> int:
    text = os.environ[name].strip()
    if not text.isdecimal() or int(text) > MAX_VALUE:
        raise ConfigError(
            f"The environment variable {name} is {text!r}: a whole number from 0 to {MAX_VALUE:,} is wanted."
        )
    return int(text)
