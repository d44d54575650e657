"""Sharing the app on the local network: who can reach it, what that lets them do, and whether a certificate fits."""

import errno
import socket
import ssl
from pathlib import Path

import psutil

ALL_ADDRESSES = "0.0.0.0"


class LanError(ValueError):
    """What stands in the way of sharing; the message says what to do about it."""


def check_port(port: int) -> None:
    """Raise SharingError where the port cannot be listened on."""
    if not 0 < port < 65536:
        raise LanError(f"There is no port {port}; choose one from 1 to 65535 with --port (make share PORT=8600).")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ALL_ADDRESSES, port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            why = "is in use, perhaps by this app itself: stop that, or" if taken else "cannot be listened on here;"
            raise LanError(f"Port {port} {why} choose another with --port (make share PORT=8600).") from error


def check_certificate(certificate: Path, key: Path) -> None:
    """Raise SharingError where the PEM files of a certificate and its private key do not serve."""
    for path, what in ((certificate, "certificate"), (key, "key")):
        try:
            path.read_bytes()
        except OSError as error:
            raise LanError(f"The {what} {path} cannot be opened: {error.strerror}.") from error
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=_no_password)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise LanError(f"The key {key} does not belong to the certificate {certificate}.") from error
        raise LanError(
            f"{certificate} and {key} are no certificate and its key in PEM form; the README says how to make them."
        ) from error


def _no_password():
    raise LanError("The key is locked with a password; a server needs one without (openssl: -nodes).")


def addresses() -> list[str]:
    """Return this machine's IPv4 addresses on its networks, those of itself alone left out."""
    up = {name for name, state in psutil.net_if_stats().items() if state.isup}
    found = [
        each.address
        for name, all_of in psutil.net_if_addrs().items()
        if name in up
        for each in all_of
        if each.family == socket.AF_INET
    ]
    return sorted(address for address in found if not address.startswith(("127.", "169.254.")))


def format_announcement(reachable: list[str], port: int, encrypted: bool) -> str:
    """Return who can reach the app at the addresses `reachable`, and what they can do, in words for a terminal."""
    scheme = "https" if encrypted else "http"
    places = "\n".join(f"    {scheme}://{address}:{port}" for address in reachable)
    where = f"Everybody on the same network can open it at\n{places}" if reachable else "This machine is on no network."
    return (
        f"Digit Studio listens on all networks of this machine. {where}\n"
        "There is no password. Whoever opens it can train on this machine, and stop, rename and delete its runs.\n"
        "The runs are common to all, and so are the ten digits drawn on the Train page: every visitor sees them, and\n"
        "each run keeps them. What is drawn or uploaded to be read is sent to this machine and shown to that person\n"
        "alone.\n"
        f"{_ENCRYPTED if encrypted else _PLAIN}\n"
        f"On this machine: {scheme}://localhost:{port}. Ctrl+C ends it."
    )


_ENCRYPTED = (
    "All of it is encrypted, so browsers offer their camera. Of a certificate that you made yourself they warn first."
)
_PLAIN = (
    "Nothing is encrypted, so others on the network could read along, and browsers offer no camera, which they give\n"
    "only to localhost and HTTPS: make share CERT=cert.pem KEY=key.pem; the README says how to make these."
)
