"""Write a run's model for use elsewhere. It takes float32 images (n, 28, 28) in [0, 1]."""

import argparse
import json
from pathlib import Path

from core.cli.errors import UsageError, name_file_in_errors
from core.cli.models import model_path
from core.export.formats import FORMATS, ExportError

NAME, HELP = "export", "write a model for use elsewhere"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add which model, its format, and where it goes."""
    command.add_argument("run", metavar="RUN", help="a run's id, a .keras file, or 'shipped'")
    command.add_argument("--format", required=True, choices=FORMATS)
    command.add_argument("--output", type=Path, help="file or folder to write (default: named after the run)")
    command.add_argument("--json", action="store_true", help="print what was written as one JSON object")


def carry_out(options: argparse.Namespace) -> int:
    """Write the model, load it again and compare it; print its path and the largest difference."""
    from core.export.verified import COMPARED_IMAGES, export_and_verify

    stem = Path(options.run).stem if Path(options.run).exists() else options.run
    suffix = FORMATS[options.format].suffix
    target = options.output or Path(f"{stem}{suffix}")
    if options.output and suffix and target.suffix != suffix:
        raise UsageError(f"The name of a {options.format} file ends in {suffix}; --output is {target}.")
    try:
        with name_file_in_errors(target):
            written, difference = export_and_verify(model_path(options.run), options.format, options.output, stem)
    except ExportError as error:
        if target.parent.is_dir():
            raise
        raise UsageError(str(error)) from error
    if options.json:
        print(json.dumps({"run": options.run, "file": str(written), "difference": difference}))
        return 0
    print(f"Wrote {written}")
    print(f"Largest difference from the original on {COMPARED_IMAGES} test images: {difference:.1e}")
    return 0
