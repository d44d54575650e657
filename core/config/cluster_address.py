"""The address of a cluster: where it is given, and what a valid one looks like."""

import os
import re

from core.config.field_spec import ConfigError

VARIABLE = "DIGIT_STUDIO_CLUSTER"
"""The environment variable that gives the address where no option and no field does."""

HERE = "here"
"""What is given instead of an address to work on this machine, whatever the environment says."""

_HOST = r"(?:\[[0-9A-Fa-f:.%]+\]|[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?)"
_ADDRESS = re.compile(rf"(?:tcp|tls)://{_HOST}:([0-9]{{1,5}})")
_MAX_PORT = 65535


def cluster_address(given: str | None = None) -> str | None:
    """Return the address of the cluster to work on: the one given, else that of the environment, else None.

    None stands for this machine, and so does `HERE` where it is given. Raises `ConfigError` as `check_address` does.
    """
    text = given if given is not None else os.environ.get(VARIABLE, "")
    source = "the address of the cluster" if given is not None else f"the environment variable {VARIABLE}"
    return check_address(text, source) if text.strip() not in ("", HERE) else None


def check_address(text: str, source: str = "the address of the cluster") -> str:
    """Return an address without spaces around it; raises `ConfigError`, which names its source, for another form."""
    address = text.strip()
    match = _ADDRESS.fullmatch(address)
    if not match or not 0 < int(match[1]) <= _MAX_PORT:
        raise ConfigError(
            f"{source[0].upper()}{source[1:]} is {text[:80]!r}; it must be of the form tcp://host:8786, or "
            "tls://host:8786, as `dask scheduler` prints it."
        )
    return address
