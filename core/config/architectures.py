"""The named architectures: one entry each, a function of the recipe that returns the network's layers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.config.layer_math import IMAGE_SHAPE, output_layer
from core.config.registry import Registry

if TYPE_CHECKING:
    from core.config.train_config import TrainConfig

LayerDict = dict[str, Any]


@dataclass(frozen=True)
class Architecture:
    """A network that a recipe can name; `layers` returns all its layers as plain data, the last one included."""

    name: str
    why: str
    layers: "Callable[[TrainConfig], list[LayerDict]]"
    label: str = ""  # what people call it; its name, where it has none


ARCHITECTURES: Registry[Architecture] = Registry()
"""Every architecture by its name in a config."""


def _mlp(config: "TrainConfig") -> list[LayerDict]:
    return [
        _layer("Flatten"),
        _layer("Dense", units=config.hidden_units, activation="relu"),
        *_dropout(config.dropout),
        output_layer(config.dataset.num_classes),
    ]


def _convnet(config: "TrainConfig") -> list[LayerDict]:
    """Return two pairs of 3×3 convolutions, each followed by pooling: VGG's plan (Simonyan and Zisserman, 2014)."""
    return [
        _layer("Reshape", target_shape=IMAGE_SHAPE),
        *_convolutions(config, 32),
        *_convolutions(config, 64),
        _layer("Flatten"),
        _layer("Dense", units=config.hidden_units, activation="relu"),
        *_dropout(config.dropout),
        output_layer(config.dataset.num_classes),
    ]


def _convolutions(config: "TrainConfig", filters: int) -> list[LayerDict]:
    convolution = _layer("Conv2D", filters=filters, kernel_size=3, activation="relu")
    return [convolution, convolution, _layer("MaxPooling2D"), *_dropout(config.dropout)]


def _reader(config: "TrainConfig") -> list[LayerDict]:
    """Return seven normalised 3×3 convolutions; pooling comes before normalisation, which then has less to compute.

    Only the inner convolutions are padded: nothing of a digit in MNIST form lies at the rim. The widest ones stand
    where the picture is small, and all are multiples of 16 wide, which keeps them quick on any processor. The dropout
    after pooling has a third of the recipe's share.
    28 → 26 → 12 → 10 → 10 → 5 → 5 → 3.
    """
    early = _dropout(round(config.dropout / 3, 4))  # 0.1, not 0.09999…
    return [
        _layer("Reshape", target_shape=IMAGE_SHAPE),
        *_normalized(32),
        *_normalized(48, pooled=True),
        *early,
        *_normalized(64),
        *_normalized(96, padding="same"),
        *_normalized(96, padding="same", pooled=True),
        *early,
        *_normalized(160, padding="same"),
        *_normalized(192),
        _layer("Flatten"),
        *_dropout(config.dropout),
        output_layer(config.dataset.num_classes),
    ]


def _normalized(filters: int, padding: str = "valid", pooled: bool = False) -> list[LayerDict]:
    """Return a convolution, batch normalisation (Ioffe and Szegedy, 2015), ReLU."""
    convolution = _layer("Conv2D", filters=filters, kernel_size=3, padding=padding, use_bias=False)
    pooling = [_layer("MaxPooling2D")] if pooled else []
    return [convolution, *pooling, _layer("BatchNormalization"), _layer("ReLU")]


def _dropout(rate: float) -> list[LayerDict]:
    return [_layer("Dropout", rate=rate)] if rate else []


def _layer(kind: str, **settings: Any) -> LayerDict:
    return {"class_name": kind, **settings}


ARCHITECTURES.register(
    Architecture(
        "mlp",
        "one hidden layer, the smallest network that reads MNIST well, trained in seconds.",
        _mlp,
        "Dense",
    )
)
ARCHITECTURES.register(
    Architecture(
        "convnet",
        "four convolutions, which see strokes wherever they lie; slower to train, far better on real handwriting.",
        _convnet,
        "Convnet",
    )
)
ARCHITECTURES.register(
    Architecture("reader", "seven normalised convolutions, the released network.", _reader, "Reader")
)
