"""The app's own model in a server: a drawn digit is read before TensorFlow is loaded, and as with it."""

import subprocess
import sys

import numpy as np
import pytest

from core.networks.builder import import_keras
from core.recognition import shipped_reader
from core.recognition.digit_values import digit_values
from core.recognition.picture_reader import quick_digit_reader
from core.recognition.recognizer import Recognizer
from tests.support.app_server import ONE, PROJECT, SEVEN

DASH = [(60, 150), (180, 150)]
DRAWINGS = [[np.array(stroke, float) for stroke in strokes] for strokes in ((SEVEN,), (ONE,), (SEVEN, DASH), (DASH,))]


@pytest.fixture
def not_loaded(monkeypatch):
    """A process in which no model was loaded yet, and Keras's session as it was when it ends."""
    monkeypatch.setattr(import_keras().backend, "clear_session", import_keras().backend.clear_session)
    shipped_reader._load.cache_clear()
    shipped_reader._is_loaded.clear()
    yield
    shipped_reader._load.cache_clear()
    shipped_reader._is_loaded.clear()


def test_drawn_digits_are_read_without_tensorflow():
    program = (
        "import sys; from core.recognition.shipped_reader import reader_of_drawn_digits as load;"
        f"print(load().read_strokes([{SEVEN}]).text, {{'keras', 'tensorflow'}} & sys.modules.keys() or 'quick')"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True)
    assert done.stdout.split() == ["7", "quick"], done.stderr


@pytest.mark.parametrize("strokes", DRAWINGS)
def test_the_answer_is_that_of_tensorflow(strokes):
    quick, usual = (each.read_strokes(strokes) for each in (quick_digit_reader(), Recognizer.load()))
    assert quick.text == usual.text and quick.digits[0].refused == usual.digits[0].refused
    assert digit_values(quick.digits[0])["second"] == digit_values(usual.digits[0])["second"]
    np.testing.assert_allclose(quick.digits[0].probabilities, usual.digits[0].probabilities, atol=1e-5)


def test_once_the_model_is_loaded_it_reads_for_everybody(not_loaded):
    assert not isinstance(shipped_reader.reader_of_drawn_digits(), Recognizer)
    shipped_reader.load_in_background().join()
    assert shipped_reader.reader_of_drawn_digits() is shipped_reader.load_shipped()


def test_where_numpy_cannot_compute_it_the_model_is_loaded(not_loaded, monkeypatch):
    monkeypatch.setattr(shipped_reader, "_load_quick", lambda changed_ns: None)
    assert isinstance(shipped_reader.reader_of_drawn_digits(), Recognizer)
