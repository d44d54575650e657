"""Layout of vectors in a plane by t-SNE, with openTSNE where it is installed."""

import importlib
import importlib.util
import os
import time
from collections.abc import Callable

import numpy as np

MAX_S = 90.0  # the layout is taken as it is by then
HOW_TO_GET = (
    "Clusters part more clearly with openTSNE: pip install 'digit-studio[map]', or in a checkout pip install -r "
    "requirements-map.txt."
)
"""What is said where openTSNE is not installed."""
_EARLY_STEPS, _STEPS = 100, 150  # more hardly change a map of 10,000 points
_PERPLEXITY, _EXAGGERATION = 30, 12
_STEPS_A_REPORT = 10


def is_available() -> bool:
    """Return whether openTSNE is installed."""
    return importlib.util.find_spec("openTSNE") is not None


def lay_out(
    vectors: np.ndarray,
    start: np.ndarray,
    report: Callable[[float], object] = lambda share: None,
    max_s: float = MAX_S,
) -> np.ndarray:
    """Return a layout of (n, k) vectors, (n, 2) float32, in which neighbours stay neighbours.

    start: where the points lie at first, (n, 2). report: is called with the share, 0 to 1, of the steps that were
    taken. Raises `ImportError` without openTSNE.

    Sources: van der Maaten and Hinton, "Visualizing Data using t-SNE", 2008; openTSNE (Poličar et al., 2019).
    """
    opentsne = importlib.import_module("openTSNE")
    begin, taken, threads = time.monotonic(), 0, max(1, (os.cpu_count() or 2) - 1)

    def after_steps(step: int, error: float, points: np.ndarray) -> bool:
        nonlocal taken
        taken += _STEPS_A_REPORT
        report(min(1.0, taken / (_EARLY_STEPS + _STEPS)))
        return time.monotonic() - begin > max_s

    settings = {"callbacks": after_steps, "callbacks_every_iters": _STEPS_A_REPORT}
    neighbours = opentsne.affinity.PerplexityBasedNN(
        vectors, perplexity=min(_PERPLEXITY, (len(vectors) - 1) / 3), n_jobs=threads, random_state=0
    )
    layout = opentsne.TSNEEmbedding(
        opentsne.initialization.rescale(start.astype(np.float64)), neighbours, n_jobs=threads, random_state=0
    )
    layout = layout.optimize(_EARLY_STEPS, exaggeration=_EXAGGERATION, momentum=0.5, **settings)
    layout = layout.optimize(_STEPS, momentum=0.8, **settings)
    return np.asarray(layout, np.float32)
