"""The learning rate over a run: how it changes from the first optimizer step to the last."""

import math

import numpy as np

from core.config.train_config import TrainConfig


def steps_per_epoch(images: int, batch_size: int) -> int:
    """Return how many mini-batches hold that many images, the last one perhaps smaller."""
    return math.ceil(images / batch_size)


def learning_rates(config: TrainConfig, steps: int) -> np.ndarray:
    """Return the learning rate of each of a run's `steps` optimizer steps: (steps,) float32."""
    return rates_at(config, (np.arange(steps) + 0.5) / steps)


def rates_at(config: TrainConfig, progress: np.ndarray) -> np.ndarray:
    """Return the schedule's learning rates where it is that far, from 0 to 1: (n,) → (n,) float32."""
    return (config.learning_rate * _SCHEDULES[config.schedule](progress)).astype(np.float32)


def _one_cycle(progress):
    """Up from 1/25 in the first 30 %, then down to 1/10,000, along cosines (Smith and Topin, 2018)."""
    up = 0.04 + 0.96 * (1 - np.cos(np.pi * progress / 0.3)) / 2
    down = 1e-4 + (1 - 1e-4) * (1 + np.cos(np.pi * (progress - 0.3) / 0.7)) / 2
    return np.where(progress < 0.3, up, down)


def _cosine(progress):
    """Down to nothing along half a cosine (Loshchilov and Hutter, 2016)."""
    return (1 + np.cos(np.pi * progress)) / 2


def _step(progress):
    return np.where(progress < 0.5, 1.0, np.where(progress < 0.75, 0.1, 0.01))


_SCHEDULES = {"constant": np.ones_like, "one_cycle": _one_cycle, "cosine": _cosine, "step": _step}
