"""Evaluation of predictions against labels: accuracy, calibration, mistakes, comparisons, tests of claims."""

from typing import TYPE_CHECKING

from core.public_names import import_on_demand

if TYPE_CHECKING:
    from core.evaluation.ablations import (
        CLAIMS,
        Claim,
        file_missing_runs,
        missing_configs,
        newest_runs,
        runs_by_arm,
        runs_filed_for,
        validation_curves,
    )
    from core.evaluation.calibration import (
        TARGET_RECALL,
        apply_temperature,
        expected_calibration_error,
        fit_temperature,
        refusal_threshold,
        reliability,
    )
    from core.evaluation.comparison import Disagreement, disagreements, only_right
    from core.evaluation.misclassified import PredictedImage, images_in_cell, most_confident_mistakes, picture_url
    from core.evaluation.picture_scores import ScoredPicture, score
    from core.evaluation.predictions import Predictions, load_predictions, predict_test_images, save_if_missing
    from core.evaluation.report import confusion_matrix, make_report, most_confused, wilson_interval
    from core.evaluation.verdicts import Difference, compare_arms, verdict

__all__ = [
    "CLAIMS",
    "TARGET_RECALL",
    "Claim",
    "Difference",
    "Disagreement",
    "PredictedImage",
    "Predictions",
    "ScoredPicture",
    "apply_temperature",
    "compare_arms",
    "confusion_matrix",
    "disagreements",
    "expected_calibration_error",
    "file_missing_runs",
    "fit_temperature",
    "images_in_cell",
    "load_predictions",
    "make_report",
    "missing_configs",
    "most_confident_mistakes",
    "most_confused",
    "newest_runs",
    "only_right",
    "picture_url",
    "predict_test_images",
    "refusal_threshold",
    "reliability",
    "runs_by_arm",
    "runs_filed_for",
    "save_if_missing",
    "score",
    "validation_curves",
    "verdict",
    "wilson_interval",
]

if not TYPE_CHECKING:  # a type checker would take any name for one of the package's
    __getattr__, __dir__ = import_on_demand(__name__)
