"""Networks: Keras models built from recipes, and saved models that anyone may have made, opened safely."""

from core.networks.builder import (
    build,
    count_multiplications,
    count_parameters,
    editable_layers,
    expand_layers,
    import_keras,
    import_keras_in_background,
    output_shapes,
)
from core.networks.ink_finder import ink_finder, normalize_greys
from core.networks.line_reader_network import line_reader_network
from core.networks.safe_loading import ModelError, load_model

__all__ = [
    "ModelError",
    "build",
    "count_multiplications",
    "count_parameters",
    "editable_layers",
    "expand_layers",
    "import_keras",
    "import_keras_in_background",
    "ink_finder",
    "line_reader_network",
    "load_model",
    "normalize_greys",
    "output_shapes",
]
