"""Serve the app on this machine alone, on http://localhost; for others on the local network it is `share`."""

import argparse
import os

from core.cli import lan, server
from core.config.server_settings import ServerSettings
from core.people.access import VARIABLE


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the port and the names of a proxy."""
    server.add_arguments(command)


def carry_out(options: argparse.Namespace) -> int:
    """Serve the app until Ctrl+C; raise `LanError` where the port is in use."""
    server.begin_log(options)
    ServerSettings.from_environment()  # what is wrong with one is said here, not to each visitor
    os.environ.pop(VARIABLE, None)  # there is nobody else to be told apart
    lan.check_port(options.port, "localhost")
    return server.serve_app(options.host, server__port=options.port)
