"""The optimizers: one entry each, with the fields of the recipe that it uses and how it is made."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.config.registry import Registry

if TYPE_CHECKING:
    import keras

    from core.config.train_config import TrainConfig


@dataclass(frozen=True)
class OptimizerKind:
    """An optimizer that a recipe can name.

    `fields` are the fields of `TrainConfig` that mean something with this optimizer and not with every one; the form
    shows them with it. `usual_rate` is a learning rate at which nearly every network here learns. `make` imports Keras
    only when it is called; all numbers that it passes on must be floats, for Keras takes no whole numbers, which a JSON
    file or a link may hold.
    """

    name: str
    why: str
    fields: tuple[str, ...]
    make: "Callable[[TrainConfig], keras.Optimizer]"
    usual_rate: float = 0.001
    label: str = ""  # what people call it, where that is not its name


OPTIMIZERS: Registry[OptimizerKind] = Registry()
"""Every optimizer by its name in a config."""


def optimizer_fields() -> frozenset[str]:
    """Return the fields of `TrainConfig` that only some of the optimizers use."""
    return frozenset(name for kind in OPTIMIZERS.values() for name in kind.fields)


def _adam(config: "TrainConfig") -> "keras.Optimizer":
    return _fused_adam()(float(config.learning_rate), beta_1=float(config.beta_1), beta_2=float(config.beta_2))


def _adamw(config: "TrainConfig") -> "keras.Optimizer":
    return _fused_adam()(
        float(config.learning_rate),
        beta_1=float(config.beta_1),
        beta_2=float(config.beta_2),
        weight_decay=float(config.weight_decay),
    )


def _sgd(config: "TrainConfig") -> "keras.Optimizer":
    import keras

    momentum = float(config.momentum)
    return keras.optimizers.SGD(float(config.learning_rate), momentum=momentum, nesterov=config.nesterov)


def _rmsprop(config: "TrainConfig") -> "keras.Optimizer":
    import keras

    return keras.optimizers.RMSprop(float(config.learning_rate), rho=float(config.rho))


def _fused_adam() -> "type[keras.optimizers.Adam]":
    import keras
    import tensorflow as tf

    class FusedAdam(keras.optimizers.Adam):
        """Keras's Adam (Kingma and Ba, 2014), each weight updated by one operation instead of a dozen."""

        def _backend_update_step(self, grads: Any, trainable_variables: Any, learning_rate: Any) -> None:
            """Update all weights; Keras's own would read the step and the rate, and compute the powers, for each."""
            iterations: Any = self.iterations
            step, rate = tf.cast(iterations + 1, tf.float32), tf.convert_to_tensor(learning_rate)
            powers = tf.pow(self.beta_1, step), tf.pow(self.beta_2, step)
            for gradient, variable in zip(grads, trainable_variables, strict=True):
                self._update(gradient, variable, rate, *powers)

        def _update(self, gradient: Any, variable: Any, rate: Any, beta_1_power: Any, beta_2_power: Any) -> None:
            index = self._get_variable_index(variable)
            tf.raw_ops.ResourceApplyAdam(
                var=variable.handle,
                m=self._momentums[index].value.handle,
                v=self._velocities[index].value.handle,
                beta1_power=beta_1_power,
                beta2_power=beta_2_power,
                lr=rate,
                beta1=self.beta_1,
                beta2=self.beta_2,
                epsilon=self.epsilon,
                grad=gradient,
            )

    return FusedAdam


OPTIMIZERS.register(
    OptimizerKind(
        "adam",
        "a step size of its own for each weight, good without tuning.",
        ("beta_1", "beta_2"),
        _adam,
        label="Adam",
    )
)
OPTIMIZERS.register(OptimizerKind("sgd", "plain steps with momentum.", ("momentum", "nesterov"), _sgd, 0.05, "SGD"))
OPTIMIZERS.register(OptimizerKind("rmsprop", "Adam's forerunner.", ("rho",), _rmsprop, label="RMSprop"))
OPTIMIZERS.register(
    OptimizerKind(
        "adamw",
        "Adam that also shrinks the weights a little.",
        ("beta_1", "beta_2", "weight_decay"),
        _adamw,
        label="AdamW",
    )
)
