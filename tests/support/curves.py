"""Rows and marks of a run, for charts and tables."""

from core.runs.schema import Mark, MarkKind
from tests.support.runs import metric_row

MARKS = (Mark(MarkKind.RATE, step=15, epoch=1.5, elapsed_s=3.0, acknowledged=1, value=0.0003),)


def rows(count, accuracy=0.95):
    """Rows of ten steps an epoch, with validation figures at each epoch's end."""
    return [
        metric_row(
            step,
            accuracy=accuracy,
            elapsed_s=step / 5,
            **({"val_loss": 0.3, "val_accuracy": 0.9} if step % 10 == 0 else {}),
        )
        for step in range(1, count + 1)
    ]
