"""One optimizer step of learning from corrections: the corrected digits are learned, all else is answered as before.

What the network answered before is its target for replayed images (learning without forgetting: Li and Hoiem, 2016,
after the distillation of Hinton et al., 2015). Dropout is off and the statistics of batch normalisation stay, for those
of a few forms of digits are not those of handwriting.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from core.training.teaching_batches import TeachingBatch

if TYPE_CHECKING:
    import keras

_SMALLEST = 1e-7
_AS_BEFORE = 3.0  # how much an image that is to be answered as before counts against a corrected one
_SMOOTHING = 0.1  # of the corrected digits' labels: what is read 90 % sure is not pressed further, at the others' cost


def make_teaching_step(
    model: "keras.Model", before: "keras.Model", optimizer: "keras.Optimizer"
) -> Callable[[TeachingBatch, float], tuple[float, float]]:
    """Return `step(batch, rate)`: it moves the model's weights and returns (mean loss, share of own digits right).

    before: the network as it was, which is not changed.
    """
    import tensorflow as tf

    learning_rate: Any = optimizer.learning_rate
    optimizer.build(model.trainable_variables)

    @tf.function(
        input_signature=[
            tf.TensorSpec([None, 28, 28], tf.uint8),
            tf.TensorSpec([None], tf.int32),
            tf.TensorSpec([None, 28, 28], tf.uint8),
            tf.TensorSpec([], tf.float32),
        ],
        autograph=False,
    )
    def step(own: Any, labels: Any, replayed: Any, rate: Any) -> tuple[Any, Any]:
        images = tf.cast(tf.concat([own, replayed], axis=0), tf.float32) / 255.0
        count = tf.shape(own)[0]
        as_before = tf.cast(before(images[count:], training=False), tf.float32)
        classes = as_before.shape[1]
        wanted = tf.one_hot(labels, classes) * (1 - _SMOOTHING) + _SMOOTHING / classes
        targets = tf.concat([wanted, as_before], axis=0)
        weights = tf.concat([tf.ones([count]), tf.fill([tf.shape(as_before)[0]], _AS_BEFORE)], axis=0)
        with tf.GradientTape() as tape:
            probabilities = model(images, training=False)
            losses = -tf.reduce_sum(targets * tf.math.log(tf.maximum(probabilities, _SMALLEST)), axis=1)
            loss = tf.reduce_mean(losses * weights)
        gradients = tape.gradient(loss, model.trainable_variables)
        learning_rate.assign(rate)
        optimizer.apply(gradients, model.trainable_variables)
        right = tf.equal(tf.argmax(probabilities[:count], axis=1, output_type=tf.int32), labels)
        return loss, tf.reduce_mean(tf.cast(right, tf.float32))

    traced: Any = step
    concrete = traced.get_concrete_function()

    def call(batch: TeachingBatch, rate: float) -> tuple[float, float]:
        own, labels, replayed = (tf.constant(each) for each in (batch.own_images, batch.own_labels, batch.replayed))
        loss, right = concrete(own, labels, replayed, tf.constant(rate, tf.float32))
        return float(loss), float(right)

    return call
