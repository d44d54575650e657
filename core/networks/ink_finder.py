"""The ink finder's network: a grey picture of any size → where in it handwritten ink is."""

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from core.networks.builder import import_keras

if TYPE_CHECKING:
    import keras

SIZE_MULTIPLE = 64
"""The network takes pictures whose width and height are multiples of this many pixels."""

_CHANNELS = (8, 16, 32, 48, 64, 72, 72)  # at the picture's size, at half of it, and so on
_MIN_DEVIATION = 4.0  # of 255: weaker contrast is not amplified further, for it is noise


def ink_finder() -> "keras.Model":
    """Return the untrained network: float32 (n, h, w, 1), h and w multiples of 64 → logits of ink, the same shape.

    The input is that of `normalize_greys`. An encoder, and a decoder that adds at each step what the encoder saw at its
    resolution (Chaurasia, Culurciello, 2017, "LinkNet"). The first weights come from Keras's global seed.
    """
    keras = import_keras()
    picture = keras.Input((None, None, 1))
    seen = [_convolve(keras, picture, _CHANNELS[0])]
    for channels in _CHANNELS[1:]:
        seen.append(_convolve(keras, _convolve(keras, seen[-1], channels, stride=2), channels))
    decoded = seen.pop()
    for skipped in reversed(seen):
        # Bilinear upsampling of an unknown size fails inside a tf.function; this learns its own.
        enlarged = keras.layers.Conv2DTranspose(skipped.shape[-1], 2, 2)(decoded)
        decoded = _convolve(keras, keras.layers.Add()([enlarged, skipped]), skipped.shape[-1])
    return keras.Model(picture, keras.layers.Conv2D(1, 3, padding="same")(decoded), name="ink_finder")


def _convolve(keras: Any, tensor: Any, channels: int, stride: int = 1) -> Any:
    """Return a rectified convolution, of which a stride of 2 halves the size.

    Batch normalization is left out at the picture's own size: it would take a third of the training's time.
    """
    is_normalized = channels != _CHANNELS[0]
    convolved = keras.layers.Conv2D(channels, 3, stride, "same", use_bias=not is_normalized)(tensor)
    if is_normalized:
        convolved = keras.layers.BatchNormalization(momentum=0.97)(convolved)
    return keras.layers.ReLU()(convolved)


def normalize_greys(greys: np.ndarray) -> np.ndarray:
    """Return pictures (n, h, w) uint8 as the network takes them, each of mean 0 and deviation 1: (n, h, w, 1) float32.

    A picture of nearly one grey keeps a smaller deviation.
    """
    normal = np.empty((*greys.shape, 1), np.float32)
    for grey, target in zip(greys, normal[..., 0], strict=True):
        mean, deviation = (float(values[0, 0]) for values in cv2.meanStdDev(grey))
        scale = 1 / max(deviation, _MIN_DEVIATION)
        target[:] = grey * np.float32(scale) - np.float32(mean * scale)
    return normal
