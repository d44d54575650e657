"""The forward pass of training: a network's layers as fused operations, in bfloat16 where that is asked and quick."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from core.config.layer_kinds import LAYER_KINDS, LayerKind
from core.config.layer_kinds.kind import FusedForward, FusedParts
from core.config.train_config import TrainConfig
from core.networks.builder import import_keras
from core.training.batch_parts import join_batch, split_batch
from core.training.metrics_writer import TrainingError

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

_QUICK_IN_BFLOAT16 = {"amx_bf16", "avx512_bf16"}


def training_dtype(config: TrainConfig) -> str:
    """Return what convolutions compute in: with mixed precision bfloat16, but float32 where that would be slow.

    It is quick on x86 processors with AMX or AVX-512's bfloat16, which Linux names in /proc/cpuinfo.
    """
    return "bfloat16" if config.mixed_precision and _processor_flags() & _QUICK_IN_BFLOAT16 else "float32"


@cache
def _processor_flags() -> frozenset[str]:
    try:
        text = Path("/proc/cpuinfo").read_text("utf-8", "replace")
    except OSError:
        return frozenset()
    return frozenset(next((line.split() for line in text.splitlines() if line.startswith("flags")), ()))


def make_training_pass(
    model: "keras.Sequential", dtype: str, frozen: int = 0, parts: int = 1
) -> "Callable[[tf.Tensor], tf.Tensor]":
    """Return a function that does what `model(images, training=True)` does, many times as fast.

    It takes and returns float32 and uses the model's own float32 weights, its dropout's seeds and its moving
    statistics. Between the first convolution and the last, numbers are of `dtype`; what is summed (the statistics of
    batch normalisation, a weight's update, the loss) stays float32, as in mixed precision (Micikevicius et al., 2018).

    The first `frozen` layers do what they do in reading: they drop nothing, and their statistics stay.
    Where there are two `parts`, each half of the batch is computed by itself, as far as the layers allow it.
    Raises `TrainingError` where a layer is of no kind that `LAYER_KINDS` knows.
    """
    import tensorflow as tf

    parts_pass = make_parts_pass(model, dtype, frozen, parts)
    return lambda images: join_batch(parts_pass(images), tf.shape(images)[0])


def make_parts_pass(
    model: "keras.Sequential", dtype: str, frozen: int, parts: int
) -> "Callable[[tf.Tensor], list[tf.Tensor]]":
    """Return a function like `make_training_pass` that returns the probabilities as `split_batch` parts them."""
    import tensorflow as tf

    layers = [(layer, parts_forward(layer)) for layer in layers_in_order(model)]
    layers[:frozen] = [(layer, _frozen_forward) for layer, _ in layers[:frozen]]

    def parts_pass(images: "tf.Tensor") -> "list[tf.Tensor]":
        values, count = split_batch(images, parts), tf.shape(images)[0]
        for layer, forward in layers:
            values = forward(layer, values, dtype, count)
        return values

    return parts_pass


def layers_in_order(model: "keras.Sequential") -> "list[keras.Layer]":
    """Return the layers that an image passes one after the other; raises `TrainingError` where they branch."""
    if not isinstance(model, import_keras().Sequential):
        raise TrainingError(f"The network {model.name} is not a sequence of layers, so it cannot be trained here.")
    return list(model.layers)


def fused_forward(layer: "keras.Layer") -> FusedForward:
    """Return how training computes a layer of a whole batch: (layer, values, dtype) → values.

    Raises `TrainingError` where no kind of layer has built it, or several kinds may have.
    """
    return _kind(layer).fused or keras_forward


def parts_forward(layer: "keras.Layer") -> FusedParts:
    """Return how training computes a layer of the parts of a batch, or of one part that is all of it.

    Raises `TrainingError` as `fused_forward` does.
    """
    kind = _kind(layer)
    whole = kind.fused or keras_forward

    def forward(layer: "keras.Layer", parts: "list[tf.Tensor]", dtype: str, count: "tf.Tensor") -> "list[tf.Tensor]":
        if len(parts) == 1 or kind.each_image:
            return [whole(layer, part, dtype) for part in parts]
        if kind.fused_parts:
            return kind.fused_parts(layer, parts, dtype, count)
        return split_batch(whole(layer, join_batch(parts, count), dtype))

    return forward


def _kind(layer: "keras.Layer") -> LayerKind:
    kinds = [kind for kind in LAYER_KINDS.values() if kind.has_built(layer)]
    if len(kinds) != 1:
        which = f"of more than one kind ({', '.join(each.name for each in kinds)})" if kinds else "of an unknown kind"
        raise TrainingError(
            f"The layer {layer.name} ({type(layer).__name__}) is {which}, so training cannot compute it. "
            "Remove it from the network, or register its kind in core/config/layer_kinds."
        )
    return kinds[0]


def _frozen_forward(
    layer: "keras.Layer", parts: "list[tf.Tensor]", dtype: str, count: "tf.Tensor"
) -> "list[tf.Tensor]":
    """Return what Keras's layer computes of the parts in reading, in float32."""
    return [layer(values, training=False) for values in parts]


def keras_forward(layer: "keras.Layer", values: "tf.Tensor", dtype: str) -> "tf.Tensor":
    """Return what Keras's layer computes of `values` in training, in float32."""
    import tensorflow as tf

    return layer(tf.cast(values, tf.float32), training=True)
