"""Streamlit's server with this project's settings, whatever folder it is started from."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from core.jobs import launcher

DEFAULT_PORT = 8501
_PROJECT = Path(__file__).resolve().parents[2]
_APP = _PROJECT / "streamlit_app.py"
_INSTALLED_CONFIG = _PROJECT / "core" / "assets" / "streamlit.toml"
_CHECKOUT_CONFIG = _PROJECT / ".streamlit" / "config.toml"


def serve_app(**overrides: str | int | Path) -> int:
    """Serve the app in place of this process until it is stopped; return its exit code.

    Streamlit reads `.streamlit/config.toml` from the working folder, which may be any. So each setting is passed as an
    option of the command, and options come before all configuration files. `overrides` are settings with `__` for the
    dot in their names, for instance `server__port`.
    """
    settings = project_settings() | {name.replace("__", "."): value for name, value in overrides.items()}
    return launcher.serve(_APP, [f"--{name}={_as_option(value)}" for name, value in settings.items()])


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


def _as_option(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value
