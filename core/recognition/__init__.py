"""Reading of pictures and pen strokes by a saved model."""

from typing import TYPE_CHECKING

from core.public_names import import_on_demand

if TYPE_CHECKING:
    from core.networks.safe_loading import ModelError
    from core.recognition.classifier import ScoredPredictions
    from core.recognition.corrections import CorrectedDigit, DigitKind
    from core.recognition.model_files import RELEASED_MODEL, ModelCard
    from core.recognition.outlier_score import OutlierScore
    from core.recognition.picture_reader import PictureReader, quick_reader
    from core.recognition.reading import Digit, Reading, ReadingMode
    from core.recognition.reading_view import ReadingView
    from core.recognition.recognizer import Recognizer
    from core.recognition.refusal import ConfidenceRefusal, OutlierRefusal, Refusal
    from core.recognition.results import PictureResult

__all__ = [
    "RELEASED_MODEL",
    "ConfidenceRefusal",
    "CorrectedDigit",
    "Digit",
    "DigitKind",
    "ModelCard",
    "ModelError",
    "OutlierRefusal",
    "OutlierScore",
    "PictureReader",
    "PictureResult",
    "Reading",
    "ReadingMode",
    "ReadingView",
    "Recognizer",
    "Refusal",
    "ScoredPredictions",
    "quick_reader",
]

if not TYPE_CHECKING:  # a type checker would take any name for one of the package's
    __getattr__, __dir__ = import_on_demand(__name__)
