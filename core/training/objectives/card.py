"""The card of a network that was trained from drawn things: what it was made of, and what it scores."""

from collections.abc import Callable
from typing import Any

from core.datasets.mnist import data_checksum
from core.training.objectives.objective import Objective, Validation


def make_card(
    objective: Objective, examples: int, parameters: int, validation: Validation, poll: Callable[[], object]
) -> dict[str, Any]:
    """Return the card of a network that was trained with so many examples: the same whenever it is trained again.

    `parameters` is how many weights it has, `validation` what it scores; `poll` is called now and then, and may raise.
    """
    wanted = "" if examples == objective.examples else f" --examples {examples}"
    return {
        "network": objective.title,
        "command": f"python -m core networks {objective.name}{wanted} --release",
        "parameters": parameters,
        "steps": objective.count_steps(examples),
        "mnist_sha256": data_checksum(),
        **objective.describe(examples, poll),
        "scores": dict(validation.scores),
    } | ({} if validation.loss is None else {"validation_loss": validation.loss})
