"""The training of the ink finder: drawn scenes, binary cross-entropy and Dice, the intersection over union (IoU)."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.config.objective_config import ObjectiveName
from core.datasets.scenes import SIDE_PX, Scene, draw_scene, outline_scene
from core.networks.builder import import_keras
from core.networks.ink_finder import ink_finder, normalize_greys
from core.training.objectives.objective import (
    ASSETS,
    MNIST_SOURCE,
    Batch,
    StepFigures,
    TrainedNetwork,
    Validation,
    cosine_with_warm_up,
    count_batches,
    use_one_thread,
)

if TYPE_CHECKING:
    import keras

_BATCH, _SEED, _VALIDATION_SEED = 16, 1, 2
_PEAK_RATE, _WEIGHT_DECAY, _CLIP_NORM = 2e-3, 1e-3, 1.0
_DICE_SHARE = 0.3
_PREDICTED_TOGETHER = 20
_BLANK = "blank"  # the kind of scene that has no ink, so no IoU


@dataclass(frozen=True)
class InkObjective:
    """The training of the ink finder."""

    name: ObjectiveName = ObjectiveName.INK
    title: str = "ink finder"
    noun: str = "scenes"
    score_name: str = "IoU"
    examples: int = 128_000
    asset: Path = ASSETS / "ink_finder.keras"
    validation_scenes: int = 400

    def count_steps(self, examples: int) -> int:
        """Return how many optimizer steps a training has."""
        return count_batches(examples, _BATCH)

    def count_examples(self, step: int) -> int:
        """Return how many scenes were seen after so many steps."""
        return step * _BATCH

    def learning_rate(self, step: int, examples: int) -> float:
        """Return the learning rate of a step, counted from 0, of a training with so many scenes."""
        return cosine_with_warm_up(step * _BATCH / examples, _PEAK_RATE, warm_up=0.02, floor=0.003)

    def draw_batches(self, examples: int, first_step: int) -> Iterator[Batch]:
        """Yield the images and coverages (16, 192, 192) uint8 of each step's scenes, from the first step on."""
        for step in range(first_step, self.count_steps(examples)):
            scenes = [draw_scene(_SEED, number) for number in range(step * _BATCH, (step + 1) * _BATCH)]
            yield {"images": _images(scenes), "coverages": _coverages(scenes)}

    def make(self) -> TrainedNetwork:
        """Return the untrained ink finder, always the same, with its optimizer."""
        keras = import_keras()
        use_one_thread()
        keras.utils.set_random_seed(_SEED)
        network = ink_finder()
        optimizer = keras.optimizers.AdamW(_PEAK_RATE, weight_decay=_WEIGHT_DECAY, clipnorm=_CLIP_NORM)
        optimizer.build(network.trainable_variables)
        validate = _Validator(network, self.validation_scenes)
        return TrainedNetwork(network, optimizer, _make_step(network, optimizer), validate)

    def describe(self, examples: int, poll: Callable[[], object]) -> dict[str, Any]:
        """Return what the card says of a training's scenes."""
        kinds, drawn = Counter[str](), 0
        seen = self.count_examples(self.count_steps(examples))
        for number in range(seen):
            if number % 1000 == 0:
                poll()
            kind, is_drawn = outline_scene(_SEED, number)
            kinds[kind] += 1
            drawn += is_drawn
        return {
            "data": f"drawn scenes with {MNIST_SOURCE}",
            "seed": _SEED,
            "scenes": seen,
            "scenes_by_kind": dict(sorted(kinds.items())),
            "share_with_pen_paths": round(drawn / seen, 4),
            "share_with_mnist_images": round(1 - drawn / seen, 4),
            "validation": f"{self.validation_scenes} scenes of seed {_VALIDATION_SEED}",
        }


def _images(scenes: list[Scene]) -> np.ndarray:
    return np.stack([scene.image for scene in scenes])


def _coverages(scenes: list[Scene]) -> np.ndarray:
    return np.stack([scene.coverage for scene in scenes])


def _make_step(network: "keras.Model", optimizer: "keras.optimizers.Optimizer") -> Callable[[Batch], StepFigures]:
    """Return the optimizer step: binary cross-entropy, and Dice, which weighs the few pixels of ink more."""
    import tensorflow as tf

    side = (None, SIDE_PX, SIDE_PX)

    @tf.function(input_signature=[tf.TensorSpec((*side, 1)), tf.TensorSpec(side, tf.uint8)])
    def step(greys: Any, coverages: Any) -> tuple[Any, Any]:
        coverages = tf.cast(coverages, tf.float32) / 255
        with tf.GradientTape() as tape:
            logits = network(greys, training=True)[..., 0]
            ink = tf.sigmoid(logits)
            entropy = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(coverages, logits))
            common = 2 * tf.reduce_sum(ink * coverages) + 1
            dice = 1 - common / (tf.reduce_sum(ink) + tf.reduce_sum(coverages) + 1)
            loss = entropy + _DICE_SHARE * dice
        optimizer.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)
        found, wanted = ink > 0.5, coverages > 0.5
        both = tf.reduce_sum(tf.cast(found & wanted, tf.float32))
        return loss, both / (tf.reduce_sum(tf.cast(found | wanted, tf.float32)) + 1)

    def take(batch: Batch) -> StepFigures:
        loss, iou = step(tf.constant(normalize_greys(batch["images"])), tf.constant(batch["coverages"]))
        return StepFigures(float(loss), float(iou))

    return take


class _Validator:
    """The measurement of an ink finder on scenes that it never saw."""

    def __init__(self, network: "keras.Model", count: int) -> None:
        self._network, self._count = network, count

    @cached_property
    def _scenes(self) -> list[Scene]:
        return [draw_scene(_VALIDATION_SEED, number) for number in range(self._count)]

    @cached_property
    def _predict(self) -> Callable[[Any], Any]:
        import tensorflow as tf

        return tf.function(
            lambda greys: tf.sigmoid(self._network(greys, training=False)[..., 0]),
            input_signature=[tf.TensorSpec((None, SIDE_PX, SIDE_PX, 1))],
        )

    def __call__(self, poll: Callable[[], object]) -> Validation:
        """Return the IoU of all scenes together and of each kind, and the cross-entropy of a pixel."""
        pixels, blank, entropy = Counter[tuple[str, str]](), list[float](), 0.0
        for start in range(0, self._count, _PREDICTED_TOGETHER):
            poll()
            scenes = self._scenes[start : start + _PREDICTED_TOGETHER]
            ink = self._predict(normalize_greys(_images(scenes))).numpy()
            coverages = _coverages(scenes) / 255
            losses = coverages * np.log(ink + 1e-7) + (1 - coverages) * np.log(1 - ink + 1e-7)
            entropy -= float(losses.mean()) * len(scenes) / self._count
            for scene, found, wanted in zip(scenes, ink > 0.5, coverages > 0.5, strict=True):
                pixels["both", scene.kind] += int((found & wanted).sum())
                pixels["either", scene.kind] += int((found | wanted).sum())
                if scene.kind == _BLANK:
                    blank.append(float((found & ~wanted).mean()))
        kinds = sorted({kind for _, kind in pixels})
        scores = {"iou": _iou(pixels, kinds)}
        scores |= {f"iou_{kind}": _iou(pixels, [kind]) for kind in kinds if kind != _BLANK}
        if blank:
            scores["found_in_blank"] = float(np.mean(blank))
        return Validation({name: round(score, 6) for name, score in scores.items()}, round(entropy, 6))


def _iou(pixels: Counter[tuple[str, str]], kinds: list[str]) -> float:
    either = sum(pixels["either", kind] for kind in kinds)
    return sum(pixels["both", kind] for kind in kinds) / either if either else 0.0
