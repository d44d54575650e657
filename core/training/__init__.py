"""Training."""

from core.training.loop import train

__all__ = ["train"]
