"""Many optimizer steps in one graph call, which makes training fast.

`model.fit` passes every mini-batch from Python to TensorFlow and back, which for a small network takes longer than the
arithmetic. Here one traced function loops over the mini-batches of a whole block, and Adam updates each weight in one
fused operation.
"""

import contextlib
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import cv2

from core.config.layer_math import has_convolution
from core.config.losses import LOSSES
from core.config.optimizers import OPTIMIZERS
from core.config.train_config import TrainConfig
from core.networks.builder import expand_layers, import_keras
from core.networks.inference_pass import make_inference_pass
from core.training.batch_parts import count_parts, join_batch, split_batch
from core.training.fused_check import check_training_pass
from core.training.fused_forward import make_parts_pass, training_dtype
from core.training.warm_start import frozen_layers

if TYPE_CHECKING:
    import keras


def make_optimizer(config: TrainConfig) -> "keras.Optimizer":
    """Return the `keras.optimizers.Optimizer` that the config names."""
    import_keras()
    return OPTIMIZERS[config.optimizer].make(config)


def make_loss(config: TrainConfig) -> Callable[[Any, Any], Any]:
    """Return the loss function: targets and probabilities, both (n, classes), → (n,) losses."""
    import_keras()
    compute, smoothing = LOSSES[config.loss].compute, config.label_smoothing
    classes = config.dataset.num_classes
    if not smoothing:
        return compute
    return lambda targets, probabilities: compute(targets * (1 - smoothing) + smoothing / classes, probabilities)


def make_step_block(
    model: "keras.Sequential", optimizer: "keras.Optimizer", config: TrainConfig
) -> Callable[..., tuple[Any, Any]]:
    """Return `block(images, labels, rates, first, last)`, which computes optimizer steps `first` to `last` - 1.

    `images` (n, 28, 28) uint8 and `labels` (n,) int32 are in the order of training; step k uses the images from
    k × the batch size on at the learning rate `rates[k]`, and the last step of all uses the images that are left. The
    block returns (summed loss, number of images classified correctly), both over the images it used.

    A label of -1, which a recipe with `other_hands` has, marks an outlier, an image of no digit: its target is the
    same for every class (outlier exposure: Hendrycks et al., 2019), and it counts as correct where no class has a
    probability above 0.5.

    Raises `TrainingError` where a layer is of an unknown kind, or its fused forward pass is not what Keras computes.
    """
    import tensorflow as tf

    batch_size, loss_of, dtype = config.batch_size, make_loss(config), training_dtype(config)
    classes, frozen, has_outliers = config.dataset.num_classes, frozen_layers(model, config), config.other_hands
    variables = [each for layer in model.layers[frozen:] for each in layer.trainable_variables]
    optimizer.build(variables)
    learning_rate: Any = optimizer.learning_rate
    parts = count_parts(config)
    check_training_pass(model, dtype, parts)
    parts_pass = make_parts_pass(model, dtype, frozen, parts)

    @tf.function(
        input_signature=[
            tf.TensorSpec([None, 28, 28], tf.uint8),
            tf.TensorSpec([None], tf.int32),
            tf.TensorSpec([None], tf.float32),
            tf.TensorSpec([], tf.int32),
            tf.TensorSpec([], tf.int32),
        ],
        autograph=False,  # rewriting the loop below took longer than tracing it
    )
    def block(images: Any, labels: Any, rates: Any, first: Any, last: Any) -> tuple[Any, Any]:
        def compute_step(step: Any, loss_sum: Any, correct: Any) -> tuple[Any, Any, Any]:
            batch = tf.cast(images[step * batch_size : (step + 1) * batch_size], tf.float32) / 255.0
            expected = labels[step * batch_size : (step + 1) * batch_size]
            targets, count = tf.one_hot(expected, classes), tf.size(expected)
            if has_outliers:
                targets = tf.where(expected[:, None] < 0, 1 / classes, targets)
            with tf.GradientTape() as tape:
                answered = parts_pass(batch)
                pairs = zip(split_batch(targets, parts), answered, strict=True)
                losses = join_batch([loss_of(*pair) for pair in pairs], count)
            probabilities = join_batch(answered, count)
            shares = tf.ones_like(losses) / tf.cast(tf.size(losses), tf.float32)  # of each loss in their mean
            gradients = tape.gradient(losses, variables, output_gradients=shares)
            learning_rate.assign(tf.gather(rates, step))
            optimizer.apply(gradients, variables)
            predicted = tf.argmax(probabilities, axis=1, output_type=tf.int32)
            if has_outliers:
                refused = tf.reduce_max(probabilities, axis=1) <= 0.5
                predicted = tf.where((expected < 0) & refused, expected, predicted)
            now_correct = tf.reduce_sum(tf.cast(tf.equal(predicted, expected), tf.float32))
            return step + 1, loss_sum + tf.reduce_sum(losses), correct + now_correct

        return tf.while_loop(lambda step, *_: step < last, compute_step, (first, 0.0, 0.0))[1:]

    traced: Any = block
    return traced.get_concrete_function()


def make_classifier(model: "keras.Model", parts: int = 1) -> Callable[[Any], Any]:
    """Return a traced function: (n, 28, 28) uint8 → (n, classes) float32 probabilities, with the weights of then.

    Where there are two `parts`, it computes one half of the images and the other at the same time.
    """
    import tensorflow as tf

    inference_pass = make_inference_pass(model)

    @tf.function(input_signature=[tf.TensorSpec([None, 28, 28], tf.uint8)], autograph=False)
    def classify(images: Any) -> Any:
        values = split_batch(tf.cast(images, tf.float32) / 255.0, parts)
        return join_batch([inference_pass(part) for part in values], tf.shape(images)[0])

    traced: Any = classify
    return traced.get_concrete_function()


def set_threads(config: TrainConfig, parts: int = 1) -> None:
    """Give TensorFlow one thread for a small network, all cores for a convolutional one.

    A small network's operations take less time than passing work between threads. Where batches are computed in
    `parts`, each part has its share of the cores. Only the first call of a process counts, before TensorFlow has
    computed anything. OpenCV, which augments images meanwhile, has one thread: two make its small pictures no faster.
    """
    import tensorflow as tf

    cv2.setNumThreads(1)
    threads = 0 if has_convolution(expand_layers(config)) else 1
    if parts > 1:
        threads = max(1, _count_cores() // parts)
    with contextlib.suppress(RuntimeError):
        tf.config.threading.set_inter_op_parallelism_threads(min(parts, _count_cores()))
        tf.config.threading.set_intra_op_parallelism_threads(threads)


def _count_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
