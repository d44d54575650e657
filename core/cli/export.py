"""Write a run's model for use elsewhere. It takes float32 images (n, 28, 28) in [0, 1]."""

import json
from pathlib import Path

from core.cli.models import model_path
from core.export.formats import FORMATS

NAME, HELP = "export", "write a model for use elsewhere"


def add_arguments(command) -> None:
    """Add which model, its format, and where it goes."""
    command.add_argument("run", metavar="RUN", help="a run's id, a .keras file, or 'shipped'")
    command.add_argument("--format", required=True, choices=FORMATS)
    command.add_argument("--output", type=Path, help="file or folder to write (default: named after the run)")
    command.add_argument("--json", action="store_true", help="print what was written as one JSON object")


def carry_out(options) -> int:
    """Write the model, load it again and compare it; say where it is and how far it differs."""
    from core.export.verified import COMPARED_IMAGES, export_and_verify

    name = Path(options.run).stem if Path(options.run).exists() else options.run
    written, difference = export_and_verify(model_path(options.run), options.format, options.output, name)
    if options.json:
        print(json.dumps({"run": options.run, "file": str(written), "difference": difference}))
        return 0
    print(f"Wrote {written}")
    print(f"Largest difference from the original on {COMPARED_IMAGES} test images: {difference:.1e}")
    return 0
