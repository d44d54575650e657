"""Limits on the size of networks that anyone may have made: of model files and of bundles."""

from dataclasses import astuple, dataclass

_MAX_SHOWN = 10**12


@dataclass(frozen=True)
class NetworkSize:
    """The figures of a network that are limited.

    parameters: its weights. multiplications: of one image's forward pass, with the comparisons of pooling. activations:
    the numbers that its widest layer computes for one image. layers: its layers, those within others too, each as often
    as Keras calls it step by step: for the steps of an unrolled recurrent layer and of TimeDistributed.
    """

    parameters: int
    multiplications: int
    activations: int
    layers: int

    def excess(self, limit: "NetworkSize") -> str:
        """Return the first figure that is larger than that of the limit, with the limit, or '' where none is."""
        for label, found, most in zip(_LABELS, astuple(self), astuple(limit), strict=True):
            if found > most:
                return f"{_count(found)} {label}; at most {most:,}"
        return ""


_LABELS = ("weights", "multiplications for an image", "numbers in its widest layer", "layers")


def _count(number: int) -> str:
    return f"over {_MAX_SHOWN:,}" if number > _MAX_SHOWN else f"{number:,}"


MAX_LOADED = NetworkSize(parameters=20_000_000, multiplications=2_000_000_000, activations=500_000, layers=300)
"""Of a model file, which a person has on this machine; 500 images are classified at a time, in 1 GB at most a layer."""

MAX_IMPORTED = NetworkSize(parameters=5_000_000, multiplications=100_000_000, activations=100_000, layers=300)
"""Of a bundle, which any visitor may send: the test images are classified within a minute."""
