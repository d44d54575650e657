"""Dropout."""

from core.config.field_spec import FieldSpec
from core.config.layer_kinds.kind import LayerFamily, LayerKind
from core.config.percent import percent

KINDS = (
    LayerKind(
        "Dropout",
        label="Dropout",
        why="Silences a share of the numbers at random in each training step, so that none is relied on alone.",
        code="drop",
        settings={"rate": FieldSpec("Rate", "The share that is silenced. 0.2 is mild, 0.5 strong.", 0.0, 0.9)},
        defaults={"rate": 0.2},
        family=LayerFamily.REGULARIZATION,
        words=lambda settings: [percent(settings["rate"], 0)],
    ),
)
