"""A command carried out; what goes wrong becomes a sentence on standard error and an exit code."""

import argparse
import sys

from core.bulk.errors import BulkError
from core.cli.errors import UsageError
from core.config.field_spec import ConfigError
from core.runs.commands import CommandError
from core.runs.schema import RunError
from core.storage.os_errors import describe_os_error, error_text


def exit_code(options: argparse.Namespace, program: str) -> int:
    """Carry out the command of these options; return its exit code: 1 where it failed, 2 where it was used wrongly."""
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
    print(f"{program}: {text}", file=sys.stderr)
    return code


def _is_missing_path(error: OSError, options: argparse.Namespace) -> bool:
    """Return whether a path that the command line names is not there, or the folder that it is to be written into."""
    return isinstance(error, FileNotFoundError) and error.filename in map(str, vars(options).values())
