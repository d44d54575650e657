"""The presets as a person compares them: what each is for, its size, and its time and accuracy on this machine."""

from dataclasses import dataclass

from core.config.presets import PRESET_CARDS
from core.networks.builder import count_parameters
from core.runs.store import RunStore
from core.training.time_estimate import TimeEstimate, estimate, newest_accuracy


@dataclass(frozen=True)
class RecipeCard:
    """One preset."""

    name: str
    title: str
    why: str
    parameters: int
    time: TimeEstimate  # on this machine
    accuracy: float | None  # on the test images: of its newest run here, else as measured elsewhere; None: not known
    is_own: bool  # whether the accuracy is that of a run on this machine


def recipe_cards(store: RunStore) -> list[RecipeCard]:
    """Return a card for each preset, in their order."""
    cards = []
    for preset in PRESET_CARDS.values():
        own = newest_accuracy(store, preset.config)
        cards.append(
            RecipeCard(
                preset.name,
                preset.title,
                preset.why,
                count_parameters(preset.config),
                estimate(store, preset.config),
                preset.accuracy if own is None else own,
                own is not None,
            )
        )
    return cards
