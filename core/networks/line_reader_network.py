"""The network that reads a line of digits from its picture: convolutions, and a row of probabilities for each frame."""

from typing import TYPE_CHECKING, Any

from core.config.line_shape import LINE_HEIGHT_PX, LINE_OUTPUTS
from core.networks.builder import import_keras

if TYPE_CHECKING:
    import keras

_FEATURES = 156  # of each frame
_DROPOUT = 0.1
_BN_MOMENTUM = 0.97


def line_reader_network() -> "keras.Model":
    """Return the untrained network: float32 (n, 40, width, 1) → (n, width // 4, 11) log-probabilities, the blank last.

    The width is free, at least 8. It is trained with the loss of connectionist temporal classification (Graves et al.,
    2006). Its first weights come from Keras's global seed: call `keras.utils.set_random_seed` before.
    """
    keras = import_keras()
    layers = keras.layers
    picture = keras.Input((LINE_HEIGHT_PX, None, 1))
    features = layers.MaxPooling2D(2)(_convolution(keras, picture, 24))
    features = layers.MaxPooling2D(2)(_convolution(keras, features, 48))
    features = _convolution(keras, features, 80)
    features = layers.MaxPooling2D((2, 1))(_convolution(keras, features, 80))
    features = layers.SpatialDropout2D(_DROPOUT)(_convolution(keras, features, 128))
    features = layers.ZeroPadding2D((0, 1))(features)
    features = _convolution(keras, features, _FEATURES, (5, 3), "valid")  # its height is 1
    features = layers.Reshape((-1, _FEATURES))(features)
    for _ in range(2):
        context = layers.Conv1D(_FEATURES, 5, padding="same", use_bias=False)(features)
        context = layers.ReLU()(layers.BatchNormalization(momentum=_BN_MOMENTUM)(context))
        features = layers.Add()([features, layers.Dropout(_DROPOUT)(context)])
    return keras.Model(picture, layers.Dense(LINE_OUTPUTS, activation="log_softmax")(features), name="line_reader")


def _convolution(
    keras: Any, features: Any, channels: int, size: tuple[int, int] = (3, 3), padding: str = "same"
) -> Any:
    """Return the features after a convolution, batch normalisation and ReLU."""
    features = keras.layers.Conv2D(channels, size, padding=padding, use_bias=False)(features)
    return keras.layers.ReLU()(keras.layers.BatchNormalization(momentum=_BN_MOMENTUM)(features))
