"""The contract of a training from drawn things: batches, network, optimizer steps, validation and card."""

import contextlib
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import cv2
import numpy as np

from core.config.objective_config import ObjectiveName

if TYPE_CHECKING:
    import keras

Batch = Mapping[str, np.ndarray]
"""The arrays of one optimizer step, by name."""

ASSETS = Path(__file__).parents[2] / "assets"

MNIST_SOURCE = "MNIST's first 55,000 training images, and digits drawn along pen paths"


@dataclass(frozen=True)
class StepFigures:
    """The figures that one optimizer step measured on its batch: its loss, and a score where the objective has one."""

    loss: float
    score: float | None = None


@dataclass(frozen=True)
class Validation:
    """The scores of a network on drawn examples that it never saw: shares, by name; and the loss, where it has one."""

    scores: Mapping[str, float] = field(default_factory=dict)
    loss: float | None = None


@dataclass(frozen=True)
class TrainedNetwork:
    """A network with its optimizer and what is computed with both."""

    network: "keras.Model"
    optimizer: "keras.optimizers.Optimizer"
    step: Callable[[Batch], StepFigures]
    """Take one optimizer step at the optimizer's learning rate."""

    validate: Callable[[Callable[[], object]], Validation]
    """Measure the network; the argument is called now and then, and may raise to end it."""


class Objective(Protocol):
    """A training from drawn things: everything about it follows from this and from how many examples it has."""

    @property
    def name(self) -> ObjectiveName:
        """Return its name on the command line and in configs."""
        ...

    @property
    def title(self) -> str:
        """Return the name of the network that is trained, in words."""
        ...

    @property
    def noun(self) -> str:
        """Return what its examples are, in the plural."""
        ...

    @property
    def score_name(self) -> str:
        """Return the name of the score that a step measures, '' where it measures none."""
        ...

    @property
    def examples(self) -> int:
        """Return how many examples made the network that comes with the app."""
        ...

    @property
    def asset(self) -> Path:
        """Return the path of the network that comes with the app; its card lies beside it."""
        ...

    def count_steps(self, examples: int) -> int:
        """Return how many optimizer steps a training has."""
        ...

    def count_examples(self, step: int) -> int:
        """Return how many examples were seen after so many steps."""
        ...

    def learning_rate(self, step: int, examples: int) -> float:
        """Return the learning rate of a step, counted from 0, of a training with so many examples."""
        ...

    def draw_batches(self, examples: int, first_step: int) -> Iterator[Batch]:
        """Yield the batch of each step from the first one on: a function of the step alone."""
        ...

    def make(self) -> TrainedNetwork:
        """Return the untrained network, always the same, with its optimizer."""
        ...

    def describe(self, examples: int, poll: Callable[[], object]) -> dict[str, Any]:
        """Return what the card says of a training's examples; `poll` is called now and then, and may raise."""
        ...


def cosine_with_warm_up(done: float, peak: float, warm_up: float, floor: float) -> float:
    """Return the learning rate after a share of the training, 0 to 1.

    It rises to the peak within the share `warm_up`, and falls along a cosine to `floor` times the peak.
    """
    return float(peak * min(1, done / warm_up + 0.05) * (0.5 * (1 + np.cos(np.pi * done)) + floor))


def count_batches(examples: int, batch: int) -> int:
    """Return how many whole batches hold at least so many examples."""
    return math.ceil(examples / batch)


def use_one_thread() -> None:
    """Give TensorFlow and OpenCV one thread each: sums of floats depend on how they are divided among threads.

    Only the first call of a process counts, before TensorFlow has computed anything.
    """
    import tensorflow as tf

    cv2.setNumThreads(1)
    with contextlib.suppress(RuntimeError):
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
