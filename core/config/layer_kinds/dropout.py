"""Dropout."""

from typing import TYPE_CHECKING, Any

from core.config.field_spec import FieldSpec
from core.config.layer_kinds.kind import LayerFamily, LayerKind
from core.config.percent import percent

if TYPE_CHECKING:
    import tensorflow as tf

_PHILOX = 1
_NUMBERS_A_COUNT = 4
"""The generator makes four numbers of each value of its counter (Philox 4×32: Salmon et al., 2011)."""


def _dropped_parts(layer: Any, parts: "list[tf.Tensor]", dtype: str) -> "list[tf.Tensor]":
    """Return what a `keras.layers.Dropout` makes of the batch of these parts, with the seed that it has next.

    Each part gets its own stretch of the random numbers that Keras draws for the batch; it is made of the part alone,
    so that two parts are computed at the same time.
    """
    import tensorflow as tf

    if not layer.rate:
        return parts
    seed = tf.cast(tf.math.floormod(layer.seed_generator.next(), tf.int32.max - 1), tf.int32)
    generator: Any = tf.raw_ops.StatelessRandomGetKeyCounter(seed=seed)
    dropped, first = [], tf.constant(0, tf.int64)
    for part in parts:
        values, count = tf.cast(part, tf.float32), tf.size(part, tf.int64)
        numbers = _uniform(generator, first, count)
        kept = tf.reshape(numbers, tf.shape(values)) >= layer.rate
        dropped.append(tf.where(kept, values * (1 / (1 - layer.rate)), 0.0))
        first += count
    return dropped


def _uniform(generator: Any, first: Any, count: Any) -> "tf.Tensor":
    """Return `count` random numbers in [0, 1), from that of the place `first` on."""
    import tensorflow as tf

    surplus = first % _NUMBERS_A_COUNT
    steps = tf.cast(tf.stack([first // _NUMBERS_A_COUNT, tf.zeros_like(first)]), tf.uint64)
    numbers: Any = tf.raw_ops.StatelessRandomUniformV2(
        shape=[surplus + count], key=generator.key, counter=generator.counter + steps, alg=_PHILOX
    )
    return numbers[surplus:]


KINDS = (
    LayerKind(
        "Dropout",
        label="Dropout",
        why="Silences a share of the numbers at random in each training step, so that none is relied on alone.",
        code="drop",
        settings={"rate": FieldSpec("Rate", "The share that is silenced. 0.2 is mild, 0.5 strong.", 0.0, 0.9)},
        defaults={"rate": 0.2},
        family=LayerFamily.REGULARIZATION,
        words=lambda settings: [percent(settings["rate"], 0)],
        fused_parts=_dropped_parts,
    ),
)
