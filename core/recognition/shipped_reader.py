"""The reader of the model that comes with the app, in a server: a drawn digit does not wait for TensorFlow.

TensorFlow and the model's graph take seconds of a server's first minute. Until a thread has loaded both, NumPy computes
the network for drawings of one digit each; its probabilities are the same to within 0.00001.
"""

import contextlib
import threading
import time
from functools import lru_cache

import numpy as np

from core.networks.builder import import_keras_in_background
from core.networks.safe_loading import ModelError
from core.recognition.model_files import RELEASED_MODEL
from core.recognition.picture_reader import PictureReader, quick_digit_reader
from core.recognition.recognizer import Recognizer

_VIEWS = 16  # about as many as the network sees of a drawing
_loading = threading.Lock()
_is_loaded = threading.Event()


def load_shipped() -> Recognizer:
    """Return the recognizer of the app's own model, one for the whole process; raises `ModelError` and `OSError`.

    The first call takes seconds, in which TensorFlow is loaded and the model's graph is made.
    """
    with _loading:
        return _load(RELEASED_MODEL.stat().st_mtime_ns)


def reader_of_drawn_digits() -> PictureReader:
    """Return what reads drawings of one digit each with the app's own model, at once; raises as `load_shipped`."""
    if not _is_loaded.is_set() and (reader := _load_quick(RELEASED_MODEL.stat().st_mtime_ns)):
        return reader
    return load_shipped()


def load_in_background(delay_s: float = 0.0) -> threading.Thread:
    """Load TensorFlow and then the model in a thread, which is returned; it begins after so many seconds."""

    def load() -> None:
        time.sleep(delay_s)
        import_keras_in_background().join()
        with contextlib.suppress(ModelError, OSError):  # said where somebody reads with it
            load_shipped()

    thread = threading.Thread(target=load, name="load-model", daemon=True)
    thread.start()
    return thread


@lru_cache(1)
def _load(changed_ns: int) -> Recognizer:
    """Return the model of the file of that time, after a first call, which takes longer than all others."""
    recognizer = Recognizer.load(RELEASED_MODEL)
    recognizer.classify(np.zeros((_VIEWS, 28, 28), np.uint8))
    _is_loaded.set()
    return recognizer


@lru_cache(1)
def _load_quick(changed_ns: int) -> PictureReader | None:
    return quick_digit_reader()
