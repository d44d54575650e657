"""The local network: this machine's addresses, checks of a port and a certificate, and what visitors are able to do."""

import errno
import socket
import ssl
from pathlib import Path

import psutil

from core.config.field_spec import ConfigError
from core.storage.os_errors import describe_os_error
from core.storage.trash_folder import RETENTION_DAYS

ALL_ADDRESSES = "0.0.0.0"
_MAKE_CERTIFICATE = (
    'openssl req -x509 -newkey rsa:2048 -nodes -days 365 -keyout key.pem -out cert.pem -subj "/CN=Digit Studio"'
)
_HOW_TO_CHOOSE = "with --port (in a checkout, with make: PORT=8600)"


class LanError(ValueError):
    """An obstacle to serving the app; the message says what to do about it."""


def check_port(port: int, address: str = ALL_ADDRESSES) -> None:
    """Raise `ConfigError` where there is no such port, `LanError` where it cannot be listened on at that address."""
    if not 0 < port < 65536:
        raise ConfigError(f"There is no port {port}; choose one from 1 to 65535 {_HOW_TO_CHOOSE}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            why = "is in use, perhaps by this app itself: stop that, or" if taken else "cannot be listened on here;"
            raise LanError(f"Port {port} {why} choose another {_HOW_TO_CHOOSE}.") from error


def check_certificate(certificate: Path, key: Path) -> None:
    """Raise an error where a certificate and its private key, two PEM files, cannot be used by a server.

    It is a `ConfigError` where one of the files is not there, else a `LanError`.
    """
    for path, what in ((certificate, "certificate"), (key, "key")):
        try:
            path.read_bytes()
        except OSError as error:
            kind = ConfigError if isinstance(error, FileNotFoundError) else LanError
            raise kind(f"The {what} cannot be used: {describe_os_error(error)}") from error
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=_no_password)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise LanError(f"The key {key} does not belong to the certificate {certificate}.") from error
        raise LanError(
            f"{certificate} and {key} are not a certificate and its key in PEM form. This makes them: "
            f"{_MAKE_CERTIFICATE}"
        ) from error


def _no_password() -> str:
    raise LanError("The key is locked with a password; a server needs a key without one (openssl: -nodes).")


def addresses() -> list[str]:
    """Return this machine's IPv4 addresses on its networks, without loopback and link-local ones."""
    up = {name for name, state in psutil.net_if_stats().items() if state.isup}
    found = [
        each.address
        for name, all_of in psutil.net_if_addrs().items()
        if name in up
        for each in all_of
        if each.family == socket.AF_INET
    ]
    return sorted(address for address in found if not address.startswith(("127.", "169.254.")))


def format_announcement(reachable: list[str], port: int, encrypted: bool, people: str) -> str:
    """Return the text that a terminal shows: where the app can be reached, and how `people` sign in, in words."""
    scheme = "https" if encrypted else "http"
    places = "\n".join(f"    {scheme}://{address}:{port}" for address in reachable)
    where = f"Everybody on the same network can open it at\n{places}" if reachable else "This machine is on no network."
    return (
        f"Digit Studio listens on all networks of this machine. {where}\n"
        f"{people}\n"
        f"{_ENCRYPTED if encrypted else _UNENCRYPTED}\n"
        f"On this machine: {scheme}://localhost:{port}. Ctrl+C stops it."
    )


OPEN_TO_ALL = (
    "There is no password. Whoever opens it can train on this machine, and stop, rename and delete its runs.\n"
    f"Deleted runs can be brought back from the trash for {RETENTION_DAYS} days; before, they can be removed\n"
    "for good only in a browser on this machine itself.\n"
    "The runs are common to all, and so are the ten digits drawn on the Train page: every visitor sees them, and\n"
    "each run keeps them. What is drawn or uploaded to be read is sent to this machine and shown to that person\n"
    "alone."
)
"""What visitors can do where the server knows no people."""


def describe_class(join: str, teacher: str, settings: Path) -> str:
    """Return how the people of a class sign in, in words: with the code of the class, or that of the teacher."""
    return (
        "Whoever has the code of the class signs in with a name and gets runs, drawings and data sets of their own.\n"
        f"    the code of the class:  {join}\n"
        f"    your own, the teacher:  {teacher}    (do not show it: it opens everybody's runs)\n"
        f"The limits for each person stand in {settings}. Without people, as before: --open. New codes: --new-codes."
    )


def describe_login(settings: Path) -> str:
    """Return how people with an account sign in, in words."""
    return (
        "People sign in with an account, and get runs, drawings and data sets of their own. Who is a teacher, and the\n"
        f"limits for each person, stand in {settings}."
    )


_ENCRYPTED = (
    "The connection is encrypted, so browsers offer their camera. They warn of a certificate that you made yourself."
)
_UNENCRYPTED = (
    "Nothing is encrypted, so others on the network could read along, and browsers offer no camera, which they give\n"
    "only to localhost and HTTPS: share with --cert cert.pem --key key.pem (in a checkout, with make: CERT=cert.pem\n"
    "KEY=key.pem). This makes the two:\n"
    f"    {_MAKE_CERTIFICATE}"
)
