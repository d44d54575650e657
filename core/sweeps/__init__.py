"""Sweeps: many runs that look for a better recipe, proposed by Optuna, owned by one process, kept in the root."""

from typing import TYPE_CHECKING

from core.public_names import import_on_demand

if TYPE_CHECKING:
    from core.sweeps.result import WHY_UNSEEN, Confirmation
    from core.sweeps.start import start_owner
    from core.sweeps.sweep import Sweep, SweepError, SweepStore
    from core.sweeps.sweep_config import Objective, Pruning, SamplerName, SweepConfig
    from core.sweeps.swept_field import SweptField
    from core.sweeps.trials import Trial, TrialState
    from core.sweeps.view import SweepView

__all__ = [
    "WHY_UNSEEN",
    "Confirmation",
    "Objective",
    "Pruning",
    "SamplerName",
    "Sweep",
    "SweepConfig",
    "SweepError",
    "SweepStore",
    "SweepView",
    "SweptField",
    "Trial",
    "TrialState",
    "start_owner",
]

if not TYPE_CHECKING:  # a type checker would take any name for one of the package's
    __getattr__, __dir__ = import_on_demand(__name__)
