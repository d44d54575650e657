"""The line reader's network: pictures of lines → log-probabilities of digits, frame by frame."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from threading import Lock

import numpy as np

from core.config.line_shape import FRAME_PX, LINE_HEIGHT_PX
from core.networks.array_network import ArrayNetwork, computes_with_numpy
from core.networks.saved_layers import read_saved_layers
from core.networks.traced_network import Predict, trace
from core.preprocessing.line_form import to_line_form
from core.preprocessing.line_variants import line_variants

LINE_READER = Path(__file__).parents[1] / "assets" / "line_reader.keras"
"""The line reader that comes with the app."""

_LOADING = Lock()
_BATCH_COLUMNS = 16_000  # of all lines in a batch together
_MAX_PADDING = 1.5  # the widest line's width over the narrowest's in a batch


class LineNetwork:
    """The line reader's network, which reads a whole line from its grey picture."""

    def __init__(self, predict: Predict) -> None:
        """Make the reader of a network, (n, 40, w, 1) float32 → (n, w // 4, 11) float32 log-probabilities."""
        self._predict = predict

    @staticmethod
    def released() -> "LineNetwork":
        """Return the line reader that comes with the app, the same one at each call and in each thread."""
        with _LOADING:
            return _load_released(computes_with_numpy())

    def log_probabilities(self, greys: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Return for each line's picture (h, w) uint8 what its frames show: (frames, 11) float32, the blank last."""
        return self._predicted([to_line_form(grey) for grey in greys])

    def log_probabilities_of_variants(self, greys: Sequence[np.ndarray]) -> list[list[np.ndarray]]:
        """Return for each line's picture (h, w) uint8 what the frames of its variants show, each (frames, 11)."""
        variants = [line_variants(to_line_form(grey)) for grey in greys]
        found = iter(self._predicted([form for row in variants for form in row]))
        return [[next(found) for _ in row] for row in variants]

    def _predicted(self, forms: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Return for each line in line form, (40, w) float32, what its frames show; lines of like widths at once."""
        order = sorted(range(len(forms)), key=lambda number: forms[number].shape[1])
        found: dict[int, np.ndarray] = {}
        while order:
            first = forms[order[0]].shape[1]
            taken = [number for number in order if forms[number].shape[1] <= _MAX_PADDING * first]
            taken = taken[: max(1, _BATCH_COLUMNS // forms[taken[-1]].shape[1])]
            order = order[len(taken) :]
            for number, row in zip(taken, self._predict(_stack([forms[number] for number in taken])), strict=True):
                found[number] = row[: forms[number].shape[1] // FRAME_PX]
        return [found[number] for number in range(len(forms))]


def _trace() -> Predict:
    """Return the network as one function of TensorFlow's."""
    return trace(read_saved_layers(LINE_READER), (None, LINE_HEIGHT_PX, None, 1))


@cache
def _load_released(with_numpy: bool) -> LineNetwork:
    return LineNetwork(ArrayNetwork.load(LINE_READER) if with_numpy else _trace())


def _stack(forms: Sequence[np.ndarray]) -> np.ndarray:
    """Return lines in line form, each (40, w), as (n, 40, w of the widest, 1) float32, paper on their right."""
    stacked = np.zeros((len(forms), LINE_HEIGHT_PX, max(form.shape[1] for form in forms), 1), np.float32)
    for row, form in zip(stacked, forms, strict=True):
        row[:, : form.shape[1], 0] = form
    return stacked
