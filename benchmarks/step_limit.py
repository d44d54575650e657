"""How long an optimizer step of the seed recipe takes, and how much of that TensorFlow's own operations need.

Three loops of the same number of steps, each in one graph on one thread: ours; the least operations that take the same
step (two products forward and three backward, ReLU, dropout's random numbers, the loss, Adam, the figures of the
metrics), written out; and of these only the three that cost by their size: the hidden layer's product, its gradient,
Adam on its weights.

Usage: python -m benchmarks.step_limit [--steps N] [--times N]
"""

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.limits import at_most, end
from core.config.train_config import TrainConfig
from core.datasets.mnist import load_arrays
from core.networks.builder import build, import_keras
from core.training import train_step

_CONFIG = TrainConfig()
_BATCH = _CONFIG.batch_size
_MAX_STEPS = 1875
"""So many batches of 32 are the 60,000 training images."""
_MAX_SHARE = 1.1
"""Our step may take so many times the bare operations."""


def main() -> None:
    """Print the microseconds a step of each loop, the least of all times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=1024, help="1 to 1,875: as many batches as there are images for")
    parser.add_argument("--times", type=int, default=7)
    options = parser.parse_args()
    if not 1 <= options.steps <= _MAX_STEPS or options.times < 1:
        parser.error(f"--steps is from 1 to {_MAX_STEPS:,}, and --times at least 1.")
    import_keras()
    train_step.set_threads(_CONFIG)
    arrays = load_arrays()
    images, labels = (arrays[name][: options.steps * _BATCH] for name in ("x_train", "y_train"))
    model, optimizer = build(_CONFIG), train_step.make_optimizer(_CONFIG)
    rates = np.full(options.steps, _CONFIG.learning_rate, np.float32)
    loops = {
        "ours": train_step.make_step_block(model, optimizer, _CONFIG),
        "the same step in bare operations": _bare_block(_Weights(model), _bare_step),
        "the hidden layer's product, its gradient and Adam alone": _bare_block(_Weights(model), _large_operations),
    }
    taken = {name: _least_us(block, options, images, labels.astype(np.int32), rates) for name, block in loops.items()}
    for name, us in taken.items():
        print(f"{us:6.1f} µs a step: {name}")
    ours, bare, _ = taken.values()
    end(at_most("our step, times the bare operations", ours / bare, _MAX_SHARE))


def _least_us(block: Callable[..., Any], options: argparse.Namespace, *arrays: np.ndarray) -> float:
    times_s = []
    for _ in range(options.times + 1):  # the first prepares the graph
        began = time.perf_counter()
        float(block(*arrays, np.int32(0), np.int32(options.steps))[0])
        times_s.append(time.perf_counter() - began)
    return min(times_s[1:]) / options.steps * 1e6


class _Weights:
    """The recipe's two kernels and biases as bare variables, each with Adam's two."""

    def __init__(self, model: Any) -> None:
        import tensorflow as tf

        self.values = [tf.Variable(each.numpy()) for each in model.trainable_variables]
        self.means, self.squares = ([tf.Variable(tf.zeros_like(each)) for each in self.values] for _ in range(2))

    def update(self, place: int, gradient: Any, step: Any, rate: Any) -> None:
        import tensorflow as tf

        handles = {"var": self.values, "m": self.means, "v": self.squares}
        tf.raw_ops.ResourceApplyAdam(
            **{name: variables[place].handle for name, variables in handles.items()},
            beta1_power=tf.pow(_CONFIG.beta_1, tf.cast(step + 1, tf.float32)),
            beta2_power=tf.pow(_CONFIG.beta_2, tf.cast(step + 1, tf.float32)),
            lr=rate,
            beta1=_CONFIG.beta_1,
            beta2=_CONFIG.beta_2,
            epsilon=1e-7,
            grad=gradient,
        )


def _bare_block(weights: _Weights, take_step: Callable[..., tuple[Any, Any]]) -> Callable[..., Any]:
    """Return a loop over steps like `train_step.make_step_block`."""
    import tensorflow as tf

    types = [tf.uint8, tf.int32, tf.float32, tf.int32, tf.int32]
    shapes = [(None, 28, 28), (None,), (None,), (), ()]

    @tf.function(input_signature=list(map(tf.TensorSpec, shapes, types)), autograph=False)
    def block(images: Any, labels: Any, rates: Any, first: Any, last: Any) -> Any:
        def body(step: Any, loss_sum: Any, right_sum: Any) -> Any:
            place = step * _BATCH
            batch = tf.reshape(tf.cast(images[place : place + _BATCH], tf.float32) / 255.0, (_BATCH, 784))
            loss, right = take_step(weights, batch, labels[place : place + _BATCH], step, rates[step])
            return step + 1, loss_sum + loss, right_sum + right

        return tf.while_loop(lambda step, *_: step < last, body, (first, 0.0, 0.0))[1:]

    traced: Any = block
    return traced.get_concrete_function()


def _bare_step(weights: _Weights, batch: Any, labels: Any, step: Any, rate: Any) -> tuple[Any, Any]:
    import tensorflow as tf

    kernel, bias, last_kernel, last_bias = weights.values
    hidden = tf.nn.relu(tf.nn.bias_add(tf.matmul(batch, kernel), bias))
    kept = tf.random.stateless_uniform((_BATCH, _CONFIG.hidden_units), (0, step)) >= _CONFIG.dropout
    factors = tf.cast(kept, tf.float32) * (1 / (1 - _CONFIG.dropout))
    dropped = hidden * factors
    logits = tf.nn.bias_add(tf.matmul(dropped, last_kernel), last_bias)
    losses, gradient = tf.raw_ops.SparseSoftmaxCrossEntropyWithLogits(features=logits, labels=labels)
    gradient = gradient * (1 / _BATCH)
    inner = tf.matmul(gradient, last_kernel, transpose_b=True) * factors
    inner = tf.raw_ops.ReluGrad(gradients=inner, features=hidden)
    last_gradients = tf.matmul(dropped, gradient, transpose_a=True), tf.raw_ops.BiasAddGrad(out_backprop=gradient)
    gradients = tf.matmul(batch, inner, transpose_a=True), tf.raw_ops.BiasAddGrad(out_backprop=inner), *last_gradients
    for place, each in enumerate(gradients):
        weights.update(place, each, step, rate)
    right = tf.equal(tf.argmax(logits, axis=1, output_type=tf.int32), labels)
    return tf.reduce_sum(losses), tf.reduce_sum(tf.cast(right, tf.float32))


def _large_operations(weights: _Weights, batch: Any, labels: Any, step: Any, rate: Any) -> tuple[Any, Any]:
    import tensorflow as tf

    hidden = tf.matmul(batch, weights.values[0])
    weights.update(0, tf.matmul(batch, hidden, transpose_a=True), step, rate)
    return hidden[0, 0], 0.0


if __name__ == "__main__":
    main()
