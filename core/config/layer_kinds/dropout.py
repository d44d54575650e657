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


def _fused_dropout(layer: Any, values: "tf.Tensor", dtype: str) -> "tf.Tensor":
    import tensorflow as tf

    return _dropped_parts(layer, [values], dtype, tf.shape(values)[0])[0]


def _dropped_parts(layer: Any, parts: "list[tf.Tensor]", dtype: str, count: "tf.Tensor") -> "list[tf.Tensor]":
    """Return what a `keras.layers.Dropout` makes of the batch of these parts, in float32, with the seed it has next.

    Each part gets its own stretch of the random numbers that Keras draws for the batch; it is made of the part alone,
    so that two parts are computed at the same time. A single image, which is in both, gets the same numbers in both.
    """
    import tensorflow as tf

    values = [tf.cast(part, tf.float32) for part in parts]
    if not layer.rate:
        return values
    seed = tf.cast(tf.math.floormod(layer.seed_generator.next(), tf.int32.max - 1), tf.int32)
    kept = [numbers >= layer.rate for numbers in _random_numbers(seed, values, count)]
    factors = [tf.cast(each, tf.float32) * (1 / (1 - layer.rate)) for each in kept]  # quicker than tf.where
    return [_scale(part, each) for part, each in zip(values, factors, strict=True)]


def _scale(values: "tf.Tensor", factors: "tf.Tensor") -> Any:
    """Return the product of both; forward and backward are one multiplication each."""
    import tensorflow as tf

    @tf.custom_gradient
    def scale(values: Any) -> Any:
        return values * factors, lambda gradient: gradient * factors

    return scale(values)


def _random_numbers(seed: "tf.Tensor", parts: "list[tf.Tensor]", count: "tf.Tensor") -> "list[tf.Tensor]":
    """Return for each part, in its shape, its stretch of the random numbers in [0, 1) of a batch of `count` images."""
    import tensorflow as tf

    if len(parts) == 1:
        return [tf.random.stateless_uniform(tf.shape(parts[0]), seed)]
    generator: Any = tf.raw_ops.StatelessRandomGetKeyCounter(seed=seed)
    sizes = [tf.size(part, tf.int64) for part in parts]
    total = sizes[0] // tf.shape(parts[0], tf.int64)[0] * tf.cast(count, tf.int64)
    found, first = [], tf.constant(0, tf.int64)
    for part, size in zip(parts, sizes, strict=True):
        first = tf.minimum(first, total - size)
        found.append(tf.reshape(_uniform(generator, first, size), tf.shape(part)))
        first += size
    return found


def _uniform(generator: Any, first: Any, count: Any) -> Any:
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
        fused=_fused_dropout,
        fused_parts=_dropped_parts,
    ),
)
