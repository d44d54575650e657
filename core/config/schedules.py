"""The learning rate over a run, from the first optimizer step to the last: one entry for each schedule."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.config.registry import Registry

if TYPE_CHECKING:
    from core.config.train_config import TrainConfig


@dataclass(frozen=True)
class ScheduleKind:
    """A schedule that a recipe can name.

    `factor` gives what the learning rate is multiplied by where a run is that far, from 0 to 1: (n,) → (n,) float.
    """

    name: str
    why: str
    factor: Callable[[np.ndarray], np.ndarray]


SCHEDULES: Registry[ScheduleKind] = Registry()
"""Every schedule by its name in a config."""


def steps_per_epoch(images: int, batch_size: int) -> int:
    """Return how many mini-batches hold that many images, the last one perhaps smaller."""
    return math.ceil(images / batch_size)


def learning_rates(config: "TrainConfig", steps: int) -> np.ndarray:
    """Return the learning rate of each of a run's `steps` optimizer steps: (steps,) float32."""
    return rates_at(config, (np.arange(steps) + 0.5) / steps)


def rates_at(config: "TrainConfig", progress: np.ndarray) -> np.ndarray:
    """Return the schedule's learning rates where a run is that far, from 0 to 1: (n,) → (n,) float32."""
    return (config.learning_rate * SCHEDULES[config.schedule].factor(progress)).astype(np.float32)


def _one_cycle(progress: np.ndarray) -> np.ndarray:
    """Rise from 1/25 in the first 30 %, then fall to 1/10,000, along cosines (Smith and Topin, 2018)."""
    up = 0.04 + 0.96 * (1 - np.cos(np.pi * progress / 0.3)) / 2
    down = 1e-4 + (1 - 1e-4) * (1 + np.cos(np.pi * (progress - 0.3) / 0.7)) / 2
    return np.where(progress < 0.3, up, down)


def _cosine(progress: np.ndarray) -> np.ndarray:
    """Fall to nothing along half a cosine (Loshchilov and Hutter, 2016)."""
    return (1 + np.cos(np.pi * progress)) / 2


def _step(progress: np.ndarray) -> np.ndarray:
    return np.where(progress < 0.5, 1.0, np.where(progress < 0.75, 0.1, 0.01))


SCHEDULES.register(ScheduleKind("constant", "the same rate to the end, as in the recipe.", np.ones_like))
SCHEDULES.register(
    ScheduleKind(
        "one_cycle",
        "up to the rate in the first third, then down to nearly nothing, which gets more out of few epochs.",
        _one_cycle,
    )
)
SCHEDULES.register(ScheduleKind("cosine", "down along half a wave from the start.", _cosine))
SCHEDULES.register(ScheduleKind("step", "a tenth after half of the steps, a hundredth after three quarters.", _step))
