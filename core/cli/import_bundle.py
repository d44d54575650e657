"""File the run that a bundle of another installation holds; its network is rebuilt and measured anew."""

from pathlib import Path

from core.runs.store import RunStore

NAME, HELP = "import", "file the run in a bundle"


def add_arguments(command) -> None:
    """Add which bundle."""
    command.add_argument("bundle", type=Path, metavar="FILE", help="the ZIP that `bundle` or the Runs page wrote")


def carry_out(options) -> int:
    """Import the bundle and say what its run is called and scored."""
    from core.export.bundle_import import MAX_BYTES, import_bundle

    with open(options.bundle, "rb") as file:
        run = import_bundle(RunStore(), file.read(MAX_BYTES + 1))
    if report := run.report():
        print(f"Test accuracy {report.accuracy:.2%}, measured here")
    print(f"Run {run.id}")
    return 0
