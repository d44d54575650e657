"""The config of a training run: the recipe, its settings and their kinds, checked before anything starts."""

from typing import TYPE_CHECKING

from core.public_names import import_on_demand

if TYPE_CHECKING:
    from core.config.architectures import ARCHITECTURES, Architecture
    from core.config.field_spec import ConfigError, FieldSpec, format_number
    from core.config.layer_kinds import LAYER_KINDS, LayerFamily, LayerKind
    from core.config.layer_specs import LayerSpec, default_layer, describe_layer, parse_layers
    from core.config.losses import LOSSES, LossKind
    from core.config.optimizers import OPTIMIZERS, OptimizerKind, optimizer_fields
    from core.config.presets import PRESETS, REFERENCE_ACCURACY, preset
    from core.config.schedules import SCHEDULES, ScheduleKind, learning_rates, steps_per_epoch
    from core.config.train_config import FIELD_SPECS, TrainConfig

__all__ = [
    "ARCHITECTURES",
    "FIELD_SPECS",
    "LAYER_KINDS",
    "LOSSES",
    "OPTIMIZERS",
    "PRESETS",
    "REFERENCE_ACCURACY",
    "SCHEDULES",
    "Architecture",
    "ConfigError",
    "FieldSpec",
    "LayerFamily",
    "LayerKind",
    "LayerSpec",
    "LossKind",
    "OptimizerKind",
    "ScheduleKind",
    "TrainConfig",
    "default_layer",
    "describe_layer",
    "format_number",
    "learning_rates",
    "optimizer_fields",
    "parse_layers",
    "preset",
    "steps_per_epoch",
]

if not TYPE_CHECKING:  # a type checker would take any name for one of the package's
    __getattr__, __dir__ = import_on_demand(__name__)
