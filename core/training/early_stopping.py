"""Early stopping: a run ends before its last epoch at its target, when nothing gets better, or when its time is up."""

from collections.abc import Sequence

from core.config.percent import percent
from core.config.train_config import TrainConfig
from core.runs.metrics_schema import MetricRow


def early_stop_reason(config: TrainConfig, rows: Sequence[MetricRow], train_s: float) -> str:
    """Return why training ends now, in words, or ''.

    `rows` are the run's metrics so far, of which those with validation figures count: one an epoch. `train_s` is how
    long it has been training, in seconds.
    """
    validated = [(row.val_loss, row.val_accuracy) for row in rows if row.val_loss is not None]
    accuracy = validated[-1][1] if validated else None
    if config.target_accuracy and accuracy is not None and accuracy >= config.target_accuracy:
        return f"ended early: {percent(accuracy, 2)} of the validation images were read right"
    if config.patience and _epochs_since_best([loss for loss, _ in validated]) >= config.patience:
        return f"ended early: no smaller validation loss for {config.patience} epochs"
    return time_limit_reason(config, train_s)


def time_limit_reason(config: TrainConfig, train_s: float) -> str:
    """Return why training ends now where its time limit is reached, or ''."""
    over = 0 < config.time_limit_s <= train_s
    return f"ended early: its {config.time_limit_s} s were over" if over else ""


def _epochs_since_best(losses: Sequence[float]) -> int:
    return len(losses) - 1 - losses.index(min(losses)) if losses else 0
