"""The measures of a model before and after it learned from corrections."""

import numpy as np

from core.corrections.freezing import FrozenCorrections
from core.datasets.mnist import Split
from core.datasets.strong_augmentation import make_outliers
from core.evaluation.calibration import expected_calibration_error
from core.recognition.recognizer import Recognizer
from core.runs.teaching import Measures

_OUTLIERS = 1000
_SEED = 7  # another one than those with which a refusal is fitted


def measure(reader: Recognizer, corrections: FrozenCorrections, mnist: Split) -> Measures:
    """Return what a model reads right of MNIST's test images and of the person's digits, and what it refuses.

    The person's digits are read as the network sees them, each in one view; one that is refused is not read right.
    """
    found = reader.predict_with_outlier_score(mnist.test.images)
    own = reader.predict_with_outlier_score(corrections.images)
    own_right = (own.probabilities.argmax(axis=1) == corrections.labels) & ~own.refused
    kept_out = corrections.kept_out
    images, labels = mnist.test.images[:_OUTLIERS], mnist.test.labels[:_OUTLIERS]
    outliers = make_outliers(images, labels, np.random.default_rng(_SEED))
    return Measures(
        mnist_correct=int((found.probabilities.argmax(axis=1) == mnist.test.labels).sum()),
        mnist_count=len(mnist.test),
        kept_out_correct=int(own_right[kept_out].sum()),
        kept_out_count=int(kept_out.sum()),
        learned_correct=int(own_right[~kept_out].sum()),
        learned_count=int((~kept_out).sum()),
        refused=float(reader.predict_with_outlier_score(outliers).refused.mean()),
        digits_kept=float((~found.refused).mean()),
        calibration_error=expected_calibration_error(found.probabilities, mnist.test.labels),
        temperature=reader.temperature,
    )
