"""Serve the app on the local network, after saying who can reach it; on this machine alone it is `make run`."""

from pathlib import Path

from core.cli import lan
from core.jobs import launcher

NAME, HELP = "share", "serve the app to everybody on the local network"
_APP = Path(__file__).resolve().parents[2] / "streamlit_app.py"


def add_arguments(command) -> None:
    """Add the port and the certificate."""
    command.add_argument("--port", type=int, default=8501, help="the port to listen on (default: 8501)")
    command.add_argument("--cert", type=Path, metavar="FILE", help="a certificate, PEM: the app is served over HTTPS")
    command.add_argument("--key", type=Path, metavar="FILE", help="the certificate's private key, PEM")


def carry_out(options) -> int:
    """Say who can reach the app and what that means, then serve it until Ctrl+C."""
    encrypted = options.cert is not None
    if encrypted != (options.key is not None):
        raise lan.LanError("A certificate and its key go together: give both --cert and --key.")
    if encrypted:
        lan.check_certificate(options.cert, options.key)
    lan.check_port(options.port)
    print(lan.format_announcement(lan.addresses(), options.port, encrypted), flush=True)
    settings = {"server.address": lan.ALL_ADDRESSES, "server.port": options.port}
    settings["logger.hideWelcomeMessage"] = "true"  # it would ask a web service for this machine's public address
    if encrypted:
        settings |= {"server.sslCertFile": options.cert, "server.sslKeyFile": options.key}
    return launcher.serve(_APP, [f"--{name}={value}" for name, value in settings.items()])
