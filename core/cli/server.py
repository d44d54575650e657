"""Streamlit's server with this project's settings, whatever folder it is started from."""

import argparse
import logging
import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from core.cli.host_guard import LOOPBACK_HOSTS, is_host_name, normal_host
from core.config import log_form
from core.config.field_spec import ConfigError
from core.jobs import launcher
from core.runs.store import RunStore

DEFAULT_PORT = 8501
_logger = logging.getLogger(__name__)
_PROJECT = Path(__file__).resolve().parents[2]
_APP = _PROJECT / "streamlit_app.py"
_INSTALLED_CONFIG = _PROJECT / "core" / "assets" / "streamlit.toml"
_CHECKOUT_CONFIG = _PROJECT / ".streamlit" / "config.toml"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add what every server is told: its port, and the names under which it is reached through a proxy."""
    help_text = f"the port to listen on (default: {DEFAULT_PORT})"
    command.add_argument("--port", type=int, default=DEFAULT_PORT, help=help_text)
    help_text = "a name under which browsers reach the app through a proxy; may be given several times"
    command.add_argument("--host", action="append", default=[], metavar="NAME", help=help_text)
    help_text = f"log one JSON object a line, on standard error (or {log_form.VARIABLE}=json)"
    command.add_argument("--log-json", action="store_true", help=help_text)


def begin_log(options: argparse.Namespace) -> None:
    """Log in the form that the options or the environment ask for, from now on; raises `ConfigError`."""
    if options.log_json:
        os.environ[log_form.VARIABLE] = "json"  # for the server, which takes this process's place
    if log_form.wants_json():
        log_form.log_json()


def announce(text: str) -> None:
    """Say something to the person who starts a server, or to the log where that is JSON."""
    if log_form.wants_json():
        _logger.info("%s", text)
    else:
        print(text, flush=True)


def serve_app(hosts: Iterable[str], **overrides: str | int | Path) -> int:
    """Serve the app in place of this process until it is stopped; return its exit code.

    Streamlit reads `.streamlit/config.toml` from the working folder, which may be any. So each setting is passed as an
    option of the command, and options come before all configuration files. `overrides` are settings with `__` for the
    dot in their names, for instance `server__port`.

    hosts: the names and addresses under which the server answers beside those of the machine for itself. Raises
    `ConfigError` for one that is none.
    """
    named = [*LOOPBACK_HOSTS, *hosts]
    for host in named:
        if not is_host_name(host):
            raise ConfigError(f"{host!r} is not the name of a host; give it as in --host digits.example.org.")
    settings = project_settings() | {name.replace("__", "."): value for name, value in overrides.items()}
    settings["server.allowedHosts"] = list(dict.fromkeys(map(normal_host, named)))
    if log_form.wants_json():
        settings["logger.hideWelcomeMessage"] = "true"  # it is printed as text
        _logger.info("serving the app; runs are in %s", RunStore().root)
    return launcher.serve(_APP, [option for name, value in settings.items() for option in _as_options(name, value)])


def project_settings() -> dict[str, object]:
    """Return the settings of the project's configuration file, by their names with dots (`theme.light.textColor`)."""
    path = _INSTALLED_CONFIG if _INSTALLED_CONFIG.exists() else _CHECKOUT_CONFIG
    return dict(_flatten(tomllib.loads(path.read_text("utf-8"))))


def _flatten(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def _as_options(name: str, value: object) -> Iterator[str]:
    for each in value if isinstance(value, list) else [value]:
        yield f"--{name}={str(each).lower() if isinstance(each, bool) else each}"
