"""Networks of layers thrown together at random, for tests that must hold for any."""

from typing import Any

import numpy as np

from core.config.field_spec import FieldSpec
from core.config.layer_kinds import LAYER_KINDS
from core.config.layer_math import infer_shapes
from core.config.layer_specs import default_layer


def random_stack(seed: int) -> list[dict[str, Any]]:
    """Return up to nine layers of any kind and setting, small ones, that fit together."""
    rng = np.random.default_rng(seed)
    stack: list[dict[str, Any]] = []
    for _ in range(rng.integers(1, 9)):
        layer: dict[str, Any] = default_layer(rng.choice(list(LAYER_KINDS.offered)))
        for name, setting in LAYER_KINDS[layer["class_name"]].settings.items():
            layer = {**layer, name: random_value(name, setting, rng)}
        if infer_shapes([*stack, layer])[0][len(stack) :]:
            stack.append(layer)
    return stack if not infer_shapes(stack)[1] else [*stack, {"class_name": "Flatten"}]


def random_value(name: str, setting: FieldSpec, rng: np.random.Generator) -> Any:
    """Return a value that the setting allows, a small one where it is a number."""
    if setting.choices:
        return str(rng.choice(setting.choices))
    if name == "use_bias":
        return bool(rng.integers(2))
    if setting.low is None or setting.high is None or name == "rate":
        return 0.3
    return int(rng.integers(int(setting.low), min(int(setting.high), 9) + 1))
