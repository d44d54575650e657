"""Write a run's model for use elsewhere. It takes float32 images (n, 28, 28) in [0, 1]."""

from pathlib import Path

from core.command_line.models import model_path
from core.export import FORMATS, export_model

NAME, HELP = "export", "write a model for use elsewhere"


def add_arguments(command) -> None:
    """Add which model, its format, and where it goes."""
    command.add_argument("run", metavar="RUN", help="a run's id, a .keras file, or 'shipped'")
    command.add_argument("--format", required=True, choices=FORMATS)
    command.add_argument("--output", type=Path, help="file or folder to write (default: named after the run)")


def carry_out(options) -> int:
    """Write the model and say where."""
    name = Path(options.run).stem if Path(options.run).exists() else options.run
    written = export_model(model_path(options.run), options.format, options.output, name)
    print(f"Wrote {written}")
    return 0
