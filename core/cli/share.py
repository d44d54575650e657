"""Serve the app on the local network, to a class or to everybody, after saying who can reach it and how they sign in.

On this machine alone it is `serve`.
"""

import argparse
import os
import tomllib
from importlib.util import find_spec
from pathlib import Path

from core.cli import lan, server
from core.config.field_spec import ConfigError
from core.config.server_settings import ServerSettings
from core.people.access import VARIABLE, Mode
from core.people.codes import grouped, read_codes, renew_all
from core.runs.class_settings import ClassSettings, write_if_missing
from core.runs.store import RunStore

_SECRETS = Path(".streamlit/secrets.toml")


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the port, the names of a proxy, the certificate, and how people sign in."""
    server.add_arguments(command)
    how = command.add_mutually_exclusive_group()
    how.add_argument("--open", action="store_true", help="without people: everybody works in the same runs")
    how.add_argument("--login", action="store_true", help="people sign in with an account (OpenID Connect)")
    how.add_argument("--new-codes", action="store_true", help="make new codes first; everybody signs in again")
    command.add_argument("--cert", type=Path, metavar="FILE", help="a certificate, PEM: the app is served over HTTPS")
    command.add_argument("--key", type=Path, metavar="FILE", help="the certificate's private key, PEM")


def carry_out(options: argparse.Namespace) -> int:
    """Print who can reach the app and what that means, then serve it until Ctrl+C."""
    server.begin_log(options)
    ServerSettings.from_environment()  # what is wrong with one is said here, not to each visitor
    encrypted = options.cert is not None
    if encrypted != (options.key is not None):
        raise ConfigError("A certificate and its key go together: give both --cert and --key.")
    if encrypted:
        lan.check_certificate(options.cert, options.key)
    lan.check_port(options.port)
    reachable = lan.addresses()
    mode = Mode.OPEN if options.open else Mode.LOGIN if options.login else Mode.CODE
    os.environ[VARIABLE] = mode  # the server takes the place of this process
    people = _people(mode, options.new_codes)
    server.announce(lan.format_announcement(reachable, options.port, encrypted, people))
    pems = {"server__sslCertFile": options.cert, "server__sslKeyFile": options.key} if encrypted else {}
    return server.serve_app(
        [*reachable, *options.host],
        server__address=lan.ALL_ADDRESSES,
        server__port=options.port,
        logger__hideWelcomeMessage="true",  # it would ask a web service for this machine's public address
        **pems,
    )


def _people(mode: Mode, new_codes: bool) -> str:
    """Return how people sign in, in words; prepares the class. Raises `ConfigError` and `OSError`."""
    if mode is Mode.OPEN:
        return lan.OPEN_TO_ALL
    root = RunStore().root
    settings_path = write_if_missing(root)
    ClassSettings.read(root)
    if mode is Mode.LOGIN:
        _check_login()
        return lan.describe_login(settings_path)
    codes = renew_all(root) if new_codes else read_codes(root)
    return lan.describe_class(grouped(codes.join), grouped(codes.teacher), settings_path)


def _check_login() -> None:
    """Raise `ConfigError` where Streamlit could sign nobody in."""
    path = next((each for each in (_SECRETS, Path.home() / _SECRETS) if each.is_file()), None)
    try:
        auth = tomllib.loads(path.read_text("utf-8")).get("auth") if path else None
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    if not isinstance(auth, dict) or not auth.get("redirect_uri") or not auth.get("cookie_secret"):
        raise ConfigError(
            "--login needs a provider of accounts: a file .streamlit/secrets.toml in the working folder with a table "
            "[auth] that has redirect_uri, cookie_secret, client_id, client_secret and server_metadata_url."
        )
    if find_spec("authlib") is None:
        raise ConfigError("--login needs Authlib, which is not installed: pip install 'Authlib>=1.3.2'.")
