"""The training of a network: the loop, the fused optimizer steps, metrics and checkpoints."""

from core.training.loop import train

__all__ = ["train"]
