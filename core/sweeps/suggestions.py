"""Ranges that are a good start for a field that a sweep varies."""

from core.config.named_stacks import NAMED_STACKS
from core.config.train_config import FIELD_DEFAULTS, FIELD_SPECS
from core.sweeps.swept_field import SweptField
from core.sweeps.varied import NEVER_VARIED

_STARTS = {
    each.name: each
    for each in (
        SweptField("learning_rate", 0.0003, 0.01, log=True),
        SweptField("hidden_units", 64, 512),
        SweptField("dropout", 0.0, 0.5),
        SweptField("epochs", 3, 10),
        SweptField("batch_size", 16, 256, log=True),
        SweptField("momentum", 0.8, 0.99),
        SweptField("beta_1", 0.8, 0.99),
        SweptField("beta_2", 0.9, 0.9999),
        SweptField("rho", 0.8, 0.999),
        SweptField("weight_decay", 0.0001, 0.1, log=True),
        SweptField("label_smoothing", 0.0, 0.2),
        SweptField("layers", options=tuple(each for each in NAMED_STACKS if each != "overfitting")),
    )
}


def varied_fields() -> list[str]:
    """Return the fields of the recipe that a sweep can vary, in the order of the recipe."""
    return [name for name in FIELD_SPECS if name not in NEVER_VARIED]


def suggested(name: str) -> SweptField:
    """Return a good start for a field: a range, or all of its choices."""
    spec = FIELD_SPECS[name]
    if name in _STARTS:
        return _STARTS[name]
    if spec.choices:
        return SweptField(name, options=spec.choices)
    if isinstance(FIELD_DEFAULTS[name], bool):
        return SweptField(name, options=(False, True))
    return SweptField(name, spec.low, spec.high)
