"""Write a run as a ZIP: its network, recipe, curves and report, and a script that reads a picture with it."""

import argparse
from pathlib import Path

from core.cli.errors import name_file_in_errors
from core.cli.models import run_with_model
from core.cli.new_file import check_is_free, write_new


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add which run, and where the ZIP goes."""
    command.add_argument("run", metavar="RUN", help="a run's id")
    command.add_argument("--output", type=Path, help="file to write (default: named after the run)")


def carry_out(options: argparse.Namespace) -> int:
    """Write the ZIP and print its path; a file that exists already is not overwritten."""
    run = run_with_model(options.run)
    from core.export.bundle import make_bundle  # slow to import, and not needed where there is no such run

    target = options.output or Path(f"{run.id}.zip")
    with name_file_in_errors(target):
        check_is_free(target)
        packed = make_bundle(run)
        write_new(target, packed)
    print(f"Wrote {target}")
    return 0
