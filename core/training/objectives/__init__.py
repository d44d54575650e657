"""The trainings from drawn things: what each draws, the network, its loss and its scores."""

from collections.abc import Mapping

from core.config.objective_config import ObjectiveName
from core.training.objectives.card import make_card
from core.training.objectives.ink import InkObjective
from core.training.objectives.lines import LinesObjective
from core.training.objectives.objective import Batch, Objective, StepFigures, TrainedNetwork, Validation

OBJECTIVES: Mapping[ObjectiveName, Objective] = {
    objective.name: objective for objective in (InkObjective(), LinesObjective())
}
"""The trainings by name."""

__all__ = ["OBJECTIVES", "Batch", "Objective", "StepFigures", "TrainedNetwork", "Validation", "make_card"]
