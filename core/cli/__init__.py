"""The command line: one module a command. Exit codes: 0 done, 1 failed, 2 wrong use."""

import argparse
import io
import sys
from pathlib import Path

from core.bulk.errors import BulkError
from core.cli import (
    bundle,
    control,
    data,
    evaluate,
    export,
    import_bundle,
    networks,
    read,
    release,
    serve,
    share,
    sweep,
    teach,
    train,
)
from core.cli.errors import UsageError
from core.config.field_spec import ConfigError
from core.runs.commands import CommandError
from core.runs.schema import RunError
from core.storage.os_errors import describe_os_error, error_text

__all__ = ["main"]

_COMMANDS = (
    train,
    teach,
    sweep,
    control,
    read,
    evaluate,
    export,
    bundle,
    import_bundle,
    data,
    release,
    networks,
    serve,
    share,
)
_ALIASES = {control.NAME: ["tell"], release.NAME: ["ship"]}  # as earlier versions called them


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command line (without one, that of this process); return its exit code.

    What goes wrong is a sentence on standard error. Raises `SystemExit` with code 2 where argparse refuses the line.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a file's name may hold what the terminal cannot show
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        return options.command(options)
    except KeyboardInterrupt:
        return 1
    except (UsageError, ConfigError, CommandError, RunError, BulkError) as error:
        code, text = 2, str(error)
    except OSError as error:
        code, text = 2 if _is_missing_path(error, options) else 1, describe_os_error(error)
    except (RuntimeError, ValueError) as error:
        code, text = 1, error_text(error)
    print(f"{parser.prog}: {text}", file=sys.stderr)
    return code


def _is_missing_path(error: OSError, options: argparse.Namespace) -> bool:
    """Return whether a path that the command line names is not there, or the folder that it is to be written into."""
    return isinstance(error, FileNotFoundError) and error.filename in map(str, vars(options).values())


def _parser() -> argparse.ArgumentParser:
    installed = Path(sys.argv[0]).stem == "digit-studio"  # the console script of an installed Digit Studio
    parser = argparse.ArgumentParser(
        prog="digit-studio" if installed else "python -m core",
        description="Train networks on MNIST and read handwritten digits with them.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for each in _COMMANDS:
        aliases = _ALIASES.get(each.NAME, [])
        command = commands.add_parser(each.NAME, aliases=aliases, help=each.HELP, description=each.__doc__)
        command.set_defaults(command=each.carry_out, program=parser.prog)
        each.add_arguments(command)
    return parser
