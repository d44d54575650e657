"""Fully connected layers."""

from core.config.field_spec import FieldSpec
from core.config.layer_kinds.activation import ACTIVATION_SPEC, activation_words
from core.config.layer_kinds.kind import InputForm, LayerFamily, LayerKind

KINDS = (
    LayerKind(
        "Dense",
        label="Dense",
        why="Every number in, to every neuron: the plain layer, and the one with the most weights.",
        code="dense",
        settings={
            "units": FieldSpec("Units", "How many neurons it has.", 1, 4096),
            "activation": ACTIVATION_SPEC,
        },
        defaults={"units": 64, "activation": "linear"},
        start={"activation": "relu"},
        family=LayerFamily.DENSE,
        input_form=InputForm.ROW,
        output_shape=lambda settings, shape: (*shape[:-1], settings["units"]),
        count_weights=lambda settings, shape: (shape[-1] + 1) * settings["units"],
        words=lambda settings: [f"{settings['units']}", *activation_words(settings["activation"])],
        each_image=True,
    ),
)
