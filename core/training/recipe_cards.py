"""The presets as a person compares them: what each is for, its size, and its time and accuracy on this machine."""

from dataclasses import dataclass

from core.config.dataset_spec import MNIST, DatasetSpec
from core.config.percent import percent
from core.config.presets import PRESET_CARDS, Preset, preset_for
from core.config.train_config import TrainConfig
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
    accuracy: str  # on the test images, in words: of its newest run here, else as measured elsewhere; '': not known
    is_own: bool  # whether the accuracy is that of a run on this machine


def recipe_cards(store: RunStore, dataset: DatasetSpec = MNIST) -> list[RecipeCard]:
    """Return a card for each preset as it learns that data set, in their order."""
    return [_card(store, preset, preset_for(preset.config, dataset)) for preset in PRESET_CARDS.values()]


def _card(store: RunStore, preset: Preset, config: TrainConfig) -> RecipeCard:
    own = newest_accuracy(store, config)
    elsewhere = percent(preset.accuracy, 2) if preset.accuracy and config.dataset == MNIST else ""
    return RecipeCard(
        preset.name,
        preset.title,
        preset.why,
        count_parameters(config),
        estimate(store, config),
        own or elsewhere,
        bool(own),
    )
