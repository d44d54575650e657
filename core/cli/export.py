"""Write a run for use elsewhere: its model, which takes float32 images (n, 28, 28) in [0, 1], or a document of it."""

import argparse
import json
from pathlib import Path

from core.cli.errors import UsageError, name_file_in_errors
from core.cli.models import model_path, run_with_model
from core.cli.new_file import write_new
from core.export.documents import DOCUMENTS
from core.export.formats import FORMATS, ExportError
from core.runs.view import RunView


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add which model, its format, and where it goes."""
    command.add_argument("run", metavar="RUN", help="a run's id, a .keras file, or 'shipped'")
    command.add_argument("--format", required=True, choices=[*FORMATS, *DOCUMENTS])
    command.add_argument("--output", type=Path, help="file or folder to write (default: named after the run)")
    command.add_argument("--json", action="store_true", help="print what was written as one JSON object")


def carry_out(options: argparse.Namespace) -> int:
    """Write the document; or the model, load it again and compare it. Print the path and the largest difference."""
    if options.format in DOCUMENTS:
        return _write_document(options)
    return _write_model(options)


def _write_document(options: argparse.Namespace) -> int:
    chosen = DOCUMENTS[options.format]
    run = run_with_model(options.run)
    target = options.output or Path(f"{run.id}{chosen.suffix}")
    _check_suffix(options, chosen.suffix)
    try:
        data = chosen.make(RunView.read(run))
    except ExportError as error:
        raise UsageError(str(error)) from error
    with name_file_in_errors(target):
        write_new(target, data)
    print(json.dumps({"run": run.id, "file": str(target)}) if options.json else f"Wrote {target}")
    return 0


def _check_suffix(options: argparse.Namespace, suffix: str) -> None:
    """Raise `UsageError` where the name of the file to write does not end as its format does."""
    if options.output and suffix and options.output.suffix != suffix:
        raise UsageError(f"The name of a {options.format} file ends in {suffix}; --output is {options.output}.")


def _write_model(options: argparse.Namespace) -> int:
    path = model_path(options.run)
    from core.export.verified import COMPARED_IMAGES, export_and_verify  # slow to import

    stem = Path(options.run).stem if Path(options.run).exists() else options.run
    suffix = FORMATS[options.format].suffix
    target = options.output or Path(f"{stem}{suffix}")
    _check_suffix(options, suffix)
    try:
        with name_file_in_errors(target):
            written, difference = export_and_verify(path, options.format, options.output, stem)
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
