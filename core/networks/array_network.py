"""Networks of the app's own that NumPy computes: ready in milliseconds, where TensorFlow takes two seconds."""

import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Event

import numpy as np

from core.networks.array_layers import computation
from core.networks.folded_layers import FoldedLayer, UnfoldableError
from core.networks.saved_layers import read_saved_layers

_CHOSEN = Event()


class ArrayNetwork:
    """A network's forward pass on NumPy arrays.

    Its outputs are Keras's to within 0.0001 of a logit, for float32 is rounded in another order of sums. TensorFlow is
    two to three times as fast, once it is loaded.
    """

    def __init__(self, layers: Sequence[FoldedLayer]) -> None:
        """Prepare the steps; raises `UnfoldableError` where one is not known."""
        if len(layers) < 2 or layers[0].kind != "InputLayer" or not layers[-1].weights:
            raise UnfoldableError("The network does not begin with its input and end with weights.")
        self._input, steps = layers[0].name, layers[1:]
        self._steps = [(layer, computation(layer)) for layer in steps]
        self._last_use = {name: step for step, layer in enumerate(steps) for name in layer.inputs}

    @property
    def feature_width(self) -> int:
        """Return how many numbers go into the last layer, which has weights."""
        return self._steps[-1][0].weights[0].shape[-2]

    @property
    def output_width(self) -> int:
        """Return how many numbers leave the last layer, which has weights."""
        return self._steps[-1][0].weights[0].shape[-1]

    @classmethod
    def load(cls, path: Path) -> "ArrayNetwork":
        """Return the network of a .keras file that comes with the app; raises as `read_saved_layers`."""
        return cls(read_saved_layers(path))

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """Return the output for an input (n, …) float32."""
        return self.with_features(values)[1]

    def with_features(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return what goes into the last layer, and the output, for an input (n, …) float32."""
        known, entering, output = {self._input: values}, [values], values
        for step, (layer, compute) in enumerate(self._steps):
            entering = [known[name] for name in layer.inputs]
            known[layer.name] = output = compute(*entering)
            for name in {name for name in layer.inputs if self._last_use[name] == step}:
                del known[name]  # its memory is needed no more
        return entering[0], output


def compute_with_numpy() -> None:
    """Let NumPy compute the ink finder and the line reader in this process as long as it has not imported Keras."""
    _CHOSEN.set()


def computes_with_numpy() -> bool:
    """Return whether NumPy is to compute the ink finder and the line reader."""
    return _CHOSEN.is_set() and "keras" not in sys.modules
