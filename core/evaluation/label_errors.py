"""MNIST's test images that people found to be wrongly labelled, and what they are worth in accuracy."""

import numpy as np

from core.config.percent import percent
from core.evaluation.confident_learning import DoubtfulLabel

KNOWN_LABEL_ERRORS: dict[int, int | None] = {
    947: 9,
    1621: 6,
    1901: 4,
    2130: None,
    2462: 0,
    2597: 3,
    2654: None,
    3520: None,
    3558: 0,
    5937: 3,
    6651: 6,
    6783: 6,
    8527: None,
    9679: None,
    9729: 6,
}
"""Test images by index whose label fewer than three of five people agreed with, and the digit that at least three of
them saw instead, None where there is none.

Source: Northcutt, Athalye and Mueller, "Pervasive Label Errors in Test Sets Destabilize Machine Learning Benchmarks",
2021; github.com/cleanlab/label-errors, mturk/mnist_mturk.json, which holds the five answers to each of the images that
confident learning had found. The paper counts the same 15.
"""


def describe_known_errors(labels: np.ndarray, answers: np.ndarray) -> str:
    """Return the accuracy with and without the known wrong labels, as sentences: both (10000,), of the test images."""
    is_known = np.isin(np.arange(len(labels)), list(KNOWN_LABEL_ERRORS))
    is_right = answers == labels
    relabelled = {index: digit for index, digit in KNOWN_LABEL_ERRORS.items() if digit is not None}
    as_people = sum(int(answers[index]) == digit for index, digit in relabelled.items())
    return (
        f"Test accuracy {percent(is_right.mean(), 2)} with MNIST's labels, {percent(is_right[~is_known].mean(), 2)} "
        f"without the {len(KNOWN_LABEL_ERRORS)} that people found wrong (Northcutt et al., 2021). To "
        f"{len(relabelled)} of these most people gave another digit; the network reads {as_people} of them as they did."
    )


def known_errors(labels: np.ndarray, probabilities: np.ndarray) -> list[DoubtfulLabel]:
    """Return the known errors with what was read in each: (10000,) labels, (10000, 10) probabilities."""
    likely = probabilities.argmax(axis=1)
    return [
        DoubtfulLabel(
            index,
            int(labels[index]),
            int(likely[index]),
            float(probabilities[index, labels[index]]),
            float(probabilities[index, likely[index]]),
        )
        for index in KNOWN_LABEL_ERRORS
    ]


def describe_known_error(index: int) -> str:
    """Return what people said of a test image's label, '' where it is not among the known errors."""
    if index not in KNOWN_LABEL_ERRORS:
        return ""
    digit = KNOWN_LABEL_ERRORS[index]
    return "people: unclear" if digit is None else f"people: a {digit}"
