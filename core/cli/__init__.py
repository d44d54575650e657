"""The command line: one module a command. Exit codes: 0 done, 1 failed, 2 wrong use."""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from core.cli.commands import COMMANDS, Command

__all__ = ["main"]

_ENVIRONMENT = {"OPENBLAS_THREAD_TIMEOUT": "4"}  # NumPy's idle threads sleep; else each turns for 0.05 s at its start


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command line (without one, that of this process); return its exit code.

    What goes wrong is a sentence on standard error. Raises `SystemExit` with code 2 where argparse refuses the line.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a file's name may hold what the terminal cannot show
    parser = _parser(sys.argv[1:] if arguments is None else arguments)
    options = parser.parse_args(arguments)
    from core.cli.exit_codes import exit_code  # what it knows of errors is slow to import, and help has none

    return exit_code(options, parser.prog)


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser of all commands; only the arguments of the one that is meant are known to it."""
    installed = Path(sys.argv[0]).stem == "digit-studio"  # the console script of an installed Digit Studio
    parser = argparse.ArgumentParser(
        prog="digit-studio" if installed else "python -m core",
        description="Train networks on MNIST and read handwritten digits with them.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for each in COMMANDS:
        command = commands.add_parser(each.name, aliases=each.aliases, help=each.help)
        if arguments and arguments[0] in (each.name, *each.aliases):
            _add_arguments(command, each, parser.prog)
    return parser


def _add_arguments(parser: argparse.ArgumentParser, command: Command, program: str) -> None:
    for variable, value in (_ENVIRONMENT | command.environment).items():
        os.environ.setdefault(variable, value)
    module = import_module(command.module)
    parser.description = module.__doc__
    parser.set_defaults(command=module.carry_out, program=program)
    module.add_arguments(parser)
