"""Copy a finished run's model to core/assets, with a card of how it was made and what it scored."""

from core.command_line.models import run_with_model

NAME, HELP = "ship", "make a run's model the one the app ships with"


def add_arguments(command) -> None:
    """Add which run."""
    command.add_argument("run", metavar="RUN", help="the id of a finished run")


def carry_out(options) -> int:
    """Ship the run's model and say what it scored."""
    from core.shipping import ship

    card = ship(run_with_model(options.run))
    print(f"The app now ships run {card['run']}, test accuracy {card['test_accuracy']:.2%}")
    return 0
