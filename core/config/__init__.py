"""What a training run is told."""

from core.config.train_config import TrainConfig

__all__ = ["TrainConfig"]
