"""Import the run that a bundle of another installation holds; its network is rebuilt and measured anew."""

import argparse
from pathlib import Path

from core.cli.errors import name_file_in_errors
from core.runs.store import RunStore


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add which bundle."""
    command.add_argument("bundle", type=Path, metavar="FILE", help="the ZIP that `bundle` or the Runs page wrote")


def carry_out(options: argparse.Namespace) -> int:
    """Import the bundle; print the id of its run and its test accuracy."""
    from core.export.bundle_zip import MAX_BYTES

    with name_file_in_errors(options.bundle), open(options.bundle, "rb") as file:
        data = file.read(MAX_BYTES + 1)
    from core.export.bundle_import import import_bundle  # slow to import, and not needed where there is no such file

    run = import_bundle(RunStore(), data)
    if report := run.report():
        print(f"{run.config().accuracy_label} {report.accuracy_text}, measured here")
    print(f"Run {run.id}")
    return 0
