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


def measure(reader: Recognizer, corrections: FrozenCorrections, data: Split, is_digits: bool = True) -> Measures:
    """Return what a model reads right of its data set's test images and of the person's own, and what it refuses.

    The person's are read as the network sees them, each in one view; one that is refused is not read right.
    is_digits: whether it reads handwritten digits; of other classes nobody knows what is none of them.
    """
    found = reader.predict_with_outlier_score(data.test.images)
    own = reader.predict_with_outlier_score(corrections.images)
    own_right = (own.probabilities.argmax(axis=1) == corrections.labels) & ~own.refused
    kept_out = corrections.kept_out
    return Measures(
        test_correct=int((found.probabilities.argmax(axis=1) == data.test.labels).sum()),
        test_count=len(data.test),
        kept_out_correct=int(own_right[kept_out].sum()),
        kept_out_count=int(kept_out.sum()),
        learned_correct=int(own_right[~kept_out].sum()),
        learned_count=int((~kept_out).sum()),
        refused=_refused(reader, data) if is_digits else None,
        digits_kept=float((~found.refused).mean()),
        calibration_error=expected_calibration_error(found.probabilities, data.test.labels),
        temperature=reader.temperature,
    )


def _refused(reader: Recognizer, data: Split) -> float:
    """Return the share of drawings of no digit that is refused."""
    images, labels = data.test.images[:_OUTLIERS], data.test.labels[:_OUTLIERS]
    outliers = make_outliers(images, labels, np.random.default_rng(_SEED))
    return float(reader.predict_with_outlier_score(outliers).refused.mean())
