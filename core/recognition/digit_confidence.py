"""The confidence of a digit of a line, by what both ways of reading say: a logistic regression on drawn lines."""

from typing import NamedTuple

import numpy as np

CLASSIFIER_WEIGHT, LINE_WEIGHT, TEXT_WEIGHT, BIAS = 0.0715, 0.3482, 1.0912, 2.0924
"""Of the evidence for a digit: the logits of the classifier's and the line reader's probabilities, and the text's
log-probability. Fitted on 1,800 drawn lines, warped to be harder than those that the line reader learned from: whether
each digit of the text is right."""

SURE_AT = 3.4
"""The weighted evidence from which a digit is sure: of the drawn numbers about 1 in 500 is sure and wrong then."""

_SURE_LOGIT = float(np.log(0.8 / 0.2))  # of the confidence from which a digit is shown as sure
_MIN_PROBABILITY = 1e-4  # beyond it probabilities say no more
_MIN_TEXT = -5.0  # log-probability: less says no more


class DigitEvidence(NamedTuple):
    """The evidence for one digit of a line's text."""

    classifier: float  # probability of its label, by the classifier of digits
    line: float  # probability of the texts that have it, in the line reader's view that says least for it
    text: float  # log-probability of the whole text, by the line reader

    @property
    def confidence(self) -> float:
        """Return how sure the digit is, 0 to 1; a digit of 0.8 is shown as sure."""
        weighted = CLASSIFIER_WEIGHT * _logit(self.classifier) + LINE_WEIGHT * _logit(self.line)
        weighted += TEXT_WEIGHT * max(self.text, _MIN_TEXT) + BIAS
        return float(1 / (1 + np.exp(SURE_AT - _SURE_LOGIT - weighted)))


def _logit(probability: float) -> float:
    limited = min(max(probability, _MIN_PROBABILITY), 1 - _MIN_PROBABILITY)
    return float(np.log(limited / (1 - limited)))
