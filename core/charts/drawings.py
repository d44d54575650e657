"""Learning curves as JSON texts, each drawn once for all sessions of a server that show it."""

import gzip
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from core.charts.curves import Curve, Metric, View, learning_curves_json
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


class _Entry:
    """The newest drawing of one curve, and the lock under which it is drawn: other curves do not wait for it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.drawing: Drawing | None = None


class Drawings:
    """The drawings that were asked for last. Any number of threads may ask; one of them draws."""

    def __init__(self) -> None:
        self._entries: OrderedDict[object, _Entry] = OrderedDict()
        self._lock = threading.Lock()

    def drawing(
        self, curve: Curve, metric: Metric, view: View, epochs: float, reference: float | None = None
    ) -> Drawing:
        """Return the figure that `learning_curves_json` makes of this one curve; of the same rows it is made once."""
        entry = self._entry((curve.name, tuple(curve.marks), metric, view, epochs, reference))
        with entry.lock:
            drawing = entry.drawing
            if drawing is None or drawing.rows is not curve.rows:
                text = learning_curves_json([curve], metric, view, epochs, reference)
                drawing = entry.drawing = Drawing(curve.rows, text)
            return drawing

    def _entry(self, key: object) -> _Entry:
        """Return a curve's entry; of more than `_MAX_DRAWINGS` those that were asked for longest ago go."""
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
            while len(self._entries) > _MAX_DRAWINGS:
                self._entries.popitem(last=False)
            return entry
