"""Learning curves as JSON texts, each drawn once for all sessions of a server that show it."""

import gzip
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from core.charts.curves import Curve, Metric, View, learning_curves
from core.runs.schema import MetricRow

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
        self._known: OrderedDict[object, Drawing] = OrderedDict()
        self._lock = threading.Lock()

    def drawing(
        self, curve: Curve, metric: Metric, view: View, epochs: float, reference: float | None = None
    ) -> Drawing:
        """Return the figure that `learning_curves` makes of this one curve; of the same rows it is made once."""
        key = (curve.name, tuple(curve.marks), metric, view, epochs, reference)
        with self._lock:
            known = self._known.get(key)
            if known is None or known.rows is not curve.rows:
                figure = learning_curves([curve], metric, view, epochs, reference)
                known = self._known[key] = Drawing(curve.rows, str(figure.to_json()))
            self._known.move_to_end(key)
            while len(self._known) > _MAX_DRAWINGS:
                self._known.popitem(last=False)
            return known
