"""Networks of layers thrown together at random, for tests that must hold for any."""

import numpy as np

from core.config.layer_math import infer_shapes
from core.config.layer_specs import LAYER_KINDS, default_layer


def random_stack(seed):
    """Up to nine layers of any kind and setting, small ones, that fit together."""
    rng, stack = np.random.default_rng(seed), []
    for _ in range(rng.integers(1, 9)):
        layer = default_layer(rng.choice(list(LAYER_KINDS)))
        for name, setting in LAYER_KINDS[layer["class_name"]].settings.items():
            layer = {**layer, name: random_value(name, setting, rng)}
        if infer_shapes([*stack, layer])[0][len(stack) :]:
            stack.append(layer)
    return stack if not infer_shapes(stack)[1] else [*stack, {"class_name": "Flatten"}]


def random_value(name, setting, rng):
    if setting.choices:
        return str(rng.choice(setting.choices))
    if name == "use_bias":
        return bool(rng.integers(2))
    return 0.3 if name == "rate" else int(rng.integers(setting.low, min(setting.high, 9) + 1))
