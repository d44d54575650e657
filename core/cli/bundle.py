"""Write a run as a ZIP: its network, recipe, curves and report, and a script that reads a picture with it."""

from pathlib import Path

from core.cli.models import run_with_model

NAME, HELP = "bundle", "pack a run for another installation"


def add_arguments(command) -> None:
    """Add which run, and where the ZIP goes."""
    command.add_argument("run", metavar="RUN", help="a run's id")
    command.add_argument("--output", type=Path, help="file to write (default: named after the run)")


def carry_out(options) -> int:
    """Write the ZIP and say where; a file that is there already is left alone."""
    from core.export.bundle import make_bundle

    run = run_with_model(options.run)
    target = options.output or Path(f"{run.id}.zip")
    packed = make_bundle(run)
    with open(target, "xb") as file:
        file.write(packed)
    print(f"Wrote {target}")
    return 0
