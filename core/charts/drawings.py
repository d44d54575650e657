"""Learning curves as JSON texts, each drawn once for all sessions of a server that show it."""

import gzip
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property

from core.charts.curves import Curve, Metric, View, learning_curves_json
from core.runs.metrics_schema import MetricRow
from core.storage.recent_slots import RecentSlots

_MAX_DRAWINGS = 64


@dataclass(frozen=True, eq=False)
class Drawing:
    """A figure of one run's curve, and the rows that it was drawn from."""

    rows: Sequence[MetricRow]
    text: str

    @cached_property
    def compressed(self) -> bytes:
        """Return the text as a gzip file."""
        return gzip.compress(self.text.encode(), 1)


class Drawings:
    """The drawings that were asked for last. Any number of threads may ask; one of them draws."""

    def __init__(self) -> None:
        self._slots = RecentSlots[Hashable, Drawing](_MAX_DRAWINGS)

    def drawing(
        self, curve: Curve, metric: Metric, view: View, epochs: float, reference: float | None = None
    ) -> Drawing:
        """Return the figure that `learning_curves_json` makes of this one curve; of the same rows it is made once."""
        slot = self._slots.slot((curve.name, tuple(curve.marks), metric, view, epochs, reference))
        with slot.lock:
            drawing = slot.value
            if drawing is None or drawing.rows is not curve.rows:
                text = learning_curves_json([curve], metric, view, epochs, reference)
                drawing = slot.value = Drawing(curve.rows, text)
            return drawing
