"""The answer of the network to a picture that was not prepared for it."""

import numpy as np

from core.preprocessing.mnist_form import SIDE
from core.recognition.corrections import CorrectedDigit, apply_corrections
from core.recognition.reading import Digit
from core.recognition.recognizer import Recognizer


def read_naively(reader: Recognizer, image: np.ndarray) -> CorrectedDigit:
    """Return the digit that the network reads in a (28, 28) uint8 picture as it is."""
    found = reader.predict_with_outlier_score(image[None])
    digit = Digit.from_probabilities(
        found.probabilities[0], found.refused[0], image, (0, 0, SIDE, SIDE), 0, reader.dataset.class_names
    )
    return apply_corrections([digit], {})[0]
