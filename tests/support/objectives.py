"""A training from drawn things that is over in a second: a network of a few weights learns to add numbers."""

import contextlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.config.objective_config import ObjectiveName
from core.networks.builder import import_keras
from core.training.objectives import StepFigures, TrainedNetwork, Validation

BATCH = 4


@dataclass(frozen=True)
class SumObjective:
    """Learn sums of three numbers, with dropout, whose random numbers a resumed training must go on with too."""

    asset: Path
    name: ObjectiveName = ObjectiveName.INK
    title: str = "adder"
    noun: str = "sums"
    score_name: str = "share near"
    examples: int = 160

    def count_steps(self, examples):
        return -(-examples // BATCH)

    def count_examples(self, step):
        return step * BATCH

    def learning_rate(self, step, examples):
        return 0.02 * (1 - step * BATCH / examples)

    def draw_batches(self, examples, first_step):
        for step in range(first_step, self.count_steps(examples)):
            numbers = np.random.default_rng([0, step]).random((BATCH, 3), np.float32)
            yield {"numbers": numbers, "sums": numbers.sum(axis=1, keepdims=True)}

    def make(self):
        keras = import_keras()
        keras.utils.set_random_seed(0)
        layers = keras.layers
        numbers = keras.Input((3,))
        network = keras.Model(numbers, layers.Dense(1)(layers.Dropout(0.3)(layers.Dense(8, "relu")(numbers))), name="a")
        optimizer = keras.optimizers.AdamW(0.02)
        optimizer.build(network.trainable_variables)

        def step(batch):
            import tensorflow as tf

            with tf.GradientTape() as tape:
                loss = tf.reduce_mean((network(batch["numbers"], training=True) - batch["sums"]) ** 2)
            optimizer.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)
            return StepFigures(float(loss), 0.5)

        def validate(poll):
            poll()
            sums = network(np.ones((1, 3), np.float32), training=False)
            return Validation({"share_near": 1 / (1 + abs(float(sums[0, 0]) - 3))}, 0.25)

        return TrainedNetwork(network, optimizer, step, validate)

    def describe(self, examples, poll):
        poll()
        return {"data": "random numbers", "sums": self.count_examples(self.count_steps(examples))}


def draws(objective, examples, script=None):
    """What begins to draw the batches from a step on; `script` gives what happens before the batch of a step."""

    @contextlib.contextmanager
    def draw_from(first_step):
        def batches():
            for step, batch in enumerate(objective.draw_batches(examples, first_step), first_step):
                if script and step in script:
                    script.pop(step)()
                yield batch

        yield batches()

    return draw_from
