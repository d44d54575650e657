"""Copy a finished run's model to core/assets, with a card of how it was made and what it scored."""

import argparse
from pathlib import Path

from core.cli.errors import UsageError
from core.cli.models import run_with_model
from core.config.percent import percent


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add which run, and what else its card is to say."""
    command.add_argument("run", metavar="RUN", help="the id of a finished run")
    command.add_argument("--beside", nargs="+", default=[], metavar="RUN", help="runs of other seeds, for its card")
    command.add_argument(
        "--scores",
        type=Path,
        metavar="FILE",
        help="what the model scored on handwriting, for its card: a JSON list of objects with kind, pictures, "
        "accuracy and calibration_error",
    )


def carry_out(options: argparse.Namespace) -> int:
    """Release the run's model and print its test accuracy."""
    scores = _read_text(options.scores) if options.scores else "[]"
    run, beside = run_with_model(options.run), [run_with_model(each) for each in options.beside]
    from core.export.release import release_model  # slow to import, and not needed where there is no such run

    card = release_model(run, beside, scores)
    print(f"Released run {card['run']}, test accuracy {percent(card['test_accuracy'], 2)}")
    return 0


def _read_text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not text in UTF-8; --scores takes a JSON file.") from error
