"""A network for training whose batch normalisation is one fused operation: the same weights, in less time."""

from typing import TYPE_CHECKING, Any

from core.config.layer_kinds.normalization import fused_batch_normalization
from core.networks.builder import import_keras

if TYPE_CHECKING:
    import keras
    import tensorflow as tf


def with_fused_normalization(network: "keras.Model") -> "keras.Model":
    """Return a network of the same layers, and so the same weights, for optimizer steps.

    Only its batch normalisation differs: it is that of training, always, as one operation of TensorFlow, which takes a
    fraction of the time that Keras's takes. It updates the moving statistics of the layers of `network`.
    """
    keras = import_keras()

    class FusedNormalization(keras.layers.Layer):
        def __init__(self, layer: Any) -> None:
            super().__init__(name=f"fused_{layer.name}")
            self._normalization = layer

        def call(self, values: "tf.Tensor", mask: None = None) -> "tf.Tensor":
            if len(values.shape) == 3:  # the operation takes pictures
                return fused_batch_normalization(self._normalization, values[:, None], "float32")[:, 0]
            return fused_batch_normalization(self._normalization, values, "float32")

    def replace(layer: Any) -> Any:
        return FusedNormalization(layer) if isinstance(layer, keras.layers.BatchNormalization) else layer

    return keras.models.clone_model(network, clone_function=replace)
