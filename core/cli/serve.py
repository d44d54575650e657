"""Serve the app on this machine alone, on http://localhost; for others on the local network it is `share`."""

import argparse

from core.cli import lan, server
from core.config.server_settings import ServerSettings

NAME, HELP = "serve", "serve the app on this machine"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the port."""
    help_text = f"the port to listen on (default: {server.DEFAULT_PORT})"
    command.add_argument("--port", type=int, default=server.DEFAULT_PORT, help=help_text)


def carry_out(options: argparse.Namespace) -> int:
    """Serve the app until Ctrl+C; raise `LanError` where the port is in use."""
    ServerSettings.from_environment()  # what is wrong with one is said here, not to each visitor
    lan.check_port(options.port, "localhost")
    return server.serve_app(server__port=options.port)
