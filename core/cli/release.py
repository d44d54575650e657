"""Copy a finished run's model to core/assets, with a card of how it was made and what it scored."""

from pathlib import Path

from core.cli.models import run_with_model

NAME, HELP = "ship", "make a run's model the one the app ships with"


def add_arguments(command) -> None:
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


def carry_out(options) -> int:
    """Ship the run's model and say what it scored."""
    from core.export.release import release_model

    scores = options.scores.read_text("utf-8") if options.scores else "[]"
    card = release_model(run_with_model(options.run), [run_with_model(each) for each in options.beside], scores)
    print(f"The app now ships run {card['run']}, test accuracy {card['test_accuracy']:.2%}")
    return 0
