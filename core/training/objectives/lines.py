"""The training of the line reader: drawn lines, the loss of connectionist temporal classification (CTC)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from core.config.line_shape import BLANK, FRAME_PX, LINE_HEIGHT_PX
from core.config.objective_config import ObjectiveName
from core.datasets.written_lines import draw_line, is_set_from_images
from core.networks.builder import import_keras
from core.networks.line_reader_network import line_reader_network
from core.preprocessing.line_form import to_line_form
from core.recognition.ctc_decoding import greedy_text
from core.training.fused_normalization import with_fused_normalization
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

_BATCH, _SEED, _VALIDATION_SEED, _ASIDE_SEED = 32, 0, 1, 2
_GROUP = 24  # batches whose lines are sorted by width together, so that little of a batch is padding
_PEAK_RATE, _WEIGHT_DECAY, _CLIP_NORM = 2e-3, 1e-2, 1.0
_UNDECAYED = ["bias", "gamma", "beta"]
_MAX_DIGITS = 10
_PREDICTED_TOGETHER = 50


class _Line(NamedTuple):
    picture: np.ndarray  # (40, w) float32
    text: str


@dataclass(frozen=True)
class LinesObjective:
    """The training of the line reader."""

    name: ObjectiveName = ObjectiveName.LINES
    title: str = "line reader"
    noun: str = "lines"
    score_name: str = ""
    examples: int = 1_000_000
    asset: Path = ASSETS / "line_reader.keras"
    validation_lines: int = 400
    validation_lines_aside: int = 800

    def count_steps(self, examples: int) -> int:
        """Return how many optimizer steps a training has: those of whole groups."""
        return count_batches(examples, _GROUP * _BATCH) * _GROUP

    def count_examples(self, step: int) -> int:
        """Return how many lines were seen after so many steps."""
        return step * _BATCH

    def learning_rate(self, step: int, examples: int) -> float:
        """Return the learning rate of a step, counted from 0; it is the same for all steps of a group."""
        done = step // _GROUP * _BATCH * _GROUP / examples
        return cosine_with_warm_up(done, _PEAK_RATE, warm_up=0.04, floor=0.004)

    def draw_batches(self, examples: int, first_step: int) -> Iterator[Batch]:
        """Yield the pictures (32, 40, w) float32 and texts of each step's lines, from the first step on.

        A group's batches have lines of like widths, and come in an order that its number gives.
        """
        for group in range(first_step // _GROUP, self.count_steps(examples) // _GROUP):
            numbers = range(group * _BATCH * _GROUP, (group + 1) * _BATCH * _GROUP)
            lines = sorted(_draw(_SEED, numbers), key=lambda line: line.picture.shape[1])
            for place, k in enumerate(np.random.default_rng([_SEED, group]).permutation(_GROUP)):
                if group * _GROUP + place >= first_step:
                    yield _stack(lines[k * _BATCH : (k + 1) * _BATCH])

    def make(self) -> TrainedNetwork:
        """Return the untrained line reader, always the same, with its optimizer."""
        keras = import_keras()
        use_one_thread()
        keras.utils.set_random_seed(_SEED)
        network = line_reader_network()
        optimizer = keras.optimizers.AdamW(_PEAK_RATE, weight_decay=_WEIGHT_DECAY, clipnorm=_CLIP_NORM)
        optimizer.exclude_from_weight_decay(var_names=_UNDECAYED)
        optimizer.build(network.trainable_variables)
        validate = _Validator(network, self.validation_lines, self.validation_lines_aside)
        return TrainedNetwork(network, optimizer, _make_step(network, optimizer), validate)

    def describe(self, examples: int, poll: Callable[[], object]) -> dict[str, Any]:
        """Return what the card says of a training's lines."""
        seen, from_images = self.count_examples(self.count_steps(examples)), 0
        for number in range(seen):
            if number % 1000 == 0:
                poll()
            from_images += is_set_from_images(_SEED, number)
        return {
            "data": f"drawn lines with {MNIST_SOURCE}",
            "seed": _SEED,
            "lines": seen,
            "lines_by_kind": {"mnist_images": from_images, "pen_paths": seen - from_images},
            "share_with_pen_paths": round(1 - from_images / seen, 4),
            "share_with_mnist_images": round(from_images / seen, 4),
            "validation": f"{self.validation_lines} lines of seed {_VALIDATION_SEED}, and "
            f"{self.validation_lines_aside} of seed {_ASIDE_SEED} of images and forms that no training saw",
        }


def _draw(seed: int, numbers: Sequence[int], are_aside: bool = False) -> list[_Line]:
    lines = (draw_line(seed, number, are_aside) for number in numbers)
    return [_Line(to_line_form(line.picture), line.text) for line in lines]


def _stack(lines: Sequence[_Line]) -> Batch:
    """Return lines as arrays: pictures padded to the widest, digits to 10, and how much of each is the line's."""
    count, width = len(lines), max(line.picture.shape[1] for line in lines)
    pictures = np.zeros((count, LINE_HEIGHT_PX, width), np.float32)
    labels = np.zeros((count, _MAX_DIGITS), np.int32)
    frames, digits = np.zeros(count, np.int32), np.zeros(count, np.int32)
    for k, line in enumerate(lines):
        pictures[k, :, : line.picture.shape[1]] = line.picture
        labels[k, : len(line.text)] = [int(digit) for digit in line.text]
        frames[k], digits[k] = line.picture.shape[1] // FRAME_PX, len(line.text)
    return {"pictures": pictures, "labels": labels, "frames": frames, "digits": digits}


def _make_step(network: "keras.Model", optimizer: "keras.optimizers.Optimizer") -> Callable[[Batch], StepFigures]:
    """Return the optimizer step with the mean CTC loss of its lines."""
    import tensorflow as tf

    in_training = with_fused_normalization(network)
    counts = tf.TensorSpec((None,), tf.int32)

    @tf.function(
        input_signature=[
            tf.TensorSpec((None, LINE_HEIGHT_PX, None)),
            tf.TensorSpec((None, _MAX_DIGITS), tf.int32),
            counts,
            counts,
        ]
    )
    def step(pictures: Any, labels: Any, frames: Any, digits: Any) -> Any:
        with tf.GradientTape() as tape:
            outputs = in_training(pictures[..., None], training=True)
            losses = tf.nn.ctc_loss(labels, outputs, digits, frames, logits_time_major=False, blank_index=BLANK)
            loss = tf.reduce_mean(losses)
        optimizer.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)
        return loss

    names = ("pictures", "labels", "frames", "digits")
    return lambda batch: StepFigures(float(step(*(tf.constant(batch[name]) for name in names))))


class _Validator:
    """The measurement of a line reader on lines that it never saw, and on digits that no training saw."""

    def __init__(self, network: "keras.Model", count: int, count_aside: int) -> None:
        self._network, self._count, self._count_aside = network, count, count_aside

    @cached_property
    def _sets(self) -> dict[str, list[_Line]]:
        from_images, along_paths = [], []
        for number in range(self._count_aside):
            (from_images if is_set_from_images(_ASIDE_SEED, number, True) else along_paths).append(number)
        return {
            "lines_right": _draw(_VALIDATION_SEED, range(self._count)),
            "lines_right_of_images_aside": _draw(_ASIDE_SEED, from_images, True),
            "lines_right_in_forms_aside": _draw(_ASIDE_SEED, along_paths, True),
        }

    @cached_property
    def _predict(self) -> Callable[[Any], Any]:
        import tensorflow as tf

        return tf.function(
            lambda pictures: self._network(pictures[..., None], training=False),
            input_signature=[tf.TensorSpec((None, LINE_HEIGHT_PX, None))],
        )

    def __call__(self, poll: Callable[[], object]) -> Validation:
        """Return the shares of lines that are read right as a whole, by the most probable path."""
        return Validation({name: round(self._share_right(lines, poll), 6) for name, lines in self._sets.items()})

    def _share_right(self, lines: list[_Line], poll: Callable[[], object]) -> float:
        by_width, right = sorted(lines, key=lambda line: line.picture.shape[1]), 0
        for start in range(0, len(by_width), _PREDICTED_TOGETHER):
            poll()
            some = by_width[start : start + _PREDICTED_TOGETHER]
            batch = _stack(some)
            outputs = self._predict(batch["pictures"]).numpy()
            right += sum(
                greedy_text(rows[:frames]) == line.text
                for rows, frames, line in zip(outputs, batch["frames"], some, strict=True)
            )
        return right / len(lines)
