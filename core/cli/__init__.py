"""The command line: one module a command. Exit codes: 0 done, 1 failed, 2 wrong use."""

import argparse
import io
import sys
from pathlib import Path

from core.cli import bundle, control, evaluate, export, import_bundle, read, release, serve, share, train
from core.config.field_spec import ConfigError
from core.runs.schema import RunError

_COMMANDS = (train, control, read, evaluate, export, bundle, import_bundle, release, serve, share)


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command line; return its exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a file's name may hold what the terminal cannot show
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        return options.command(options)
    except (ConfigError, RunError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 1
    except (OSError, RuntimeError, ValueError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 1


def _parser():
    installed = Path(sys.argv[0]).stem == "digit-studio"  # the console script of an installed Digit Studio
    parser = argparse.ArgumentParser(
        prog="digit-studio" if installed else "python -m core",
        description="Train networks on MNIST and read handwritten digits with them.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for each in _COMMANDS:
        command = commands.add_parser(each.NAME, help=each.HELP, description=each.__doc__)
        command.set_defaults(command=each.carry_out)
        each.add_arguments(command)
    return parser
