"""The training of a network: the loop, the fused optimizer steps, metrics and checkpoints."""

from typing import TYPE_CHECKING

from core.public_names import import_on_demand

if TYPE_CHECKING:
    from core.training.loop import train

__all__ = ["train"]

__getattr__ = import_on_demand(__name__)
