"""When a run has learned enough before its last epoch: what was wanted is reached, nothing gets better, time is up."""

from collections.abc import Sequence

from core.config.train_config import TrainConfig


def early_stop_reason(config: TrainConfig, rows: Sequence[dict], train_s: float) -> str:
    """Return why training ends now, in words, or ''.

    `rows` are the run's metrics so far, of which those with `val_loss` and `val_accuracy` count: one an epoch.
    `train_s` is how long it has been learning.
    """
    validated = [row for row in rows if "val_loss" in row]
    if config.target_accuracy and validated and validated[-1]["val_accuracy"] >= config.target_accuracy:
        return f"ended early: {validated[-1]['val_accuracy']:.2%} of the validation images were read right"
    if config.patience and _epochs_without_better(validated) >= config.patience:
        return f"ended early: no smaller validation loss for {config.patience} epochs"
    return time_limit_reason(config, train_s)


def time_limit_reason(config: TrainConfig, train_s: float) -> str:
    """Return why training ends now where its time limit is reached, or ''."""
    over = 0 < config.time_limit_s <= train_s
    return f"ended early: its {config.time_limit_s} s were over" if over else ""


def _epochs_without_better(validated):
    losses = [row["val_loss"] for row in validated]
    return len(losses) - 1 - losses.index(min(losses)) if losses else 0
