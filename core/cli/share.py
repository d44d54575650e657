"""Serve the app on the local network, after saying who can reach it; on this machine alone it is `serve`."""

import argparse
from pathlib import Path

from core.cli import lan, server
from core.config.field_spec import ConfigError
from core.config.server_settings import ServerSettings

NAME, HELP = "share", "serve the app to everybody on the local network"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the port, the names of a proxy and the certificate."""
    server.add_arguments(command)
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
    server.announce(lan.format_announcement(reachable, options.port, encrypted))
    pems = {"server__sslCertFile": options.cert, "server__sslKeyFile": options.key} if encrypted else {}
    return server.serve_app(
        [*reachable, *options.host],
        server__address=lan.ALL_ADDRESSES,
        server__port=options.port,
        logger__hideWelcomeMessage="true",  # it would ask a web service for this machine's public address
        **pems,
    )
