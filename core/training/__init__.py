"""The training of a network: the loop, the fused optimizer steps, metrics and checkpoints."""

from typing import TYPE_CHECKING

from core.public_names import import_on_demand

if TYPE_CHECKING:
    from core.training.loop import train

__all__ = ["train"]

if not TYPE_CHECKING:  # a type checker would take any name for one of the package's
    __getattr__, __dir__ = import_on_demand(__name__)
