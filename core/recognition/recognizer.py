"""A saved model that reads pictures and pen strokes."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

from core.networks.folded_layers import UnfoldableError
from core.networks.safe_loading import load_model
from core.networks.saved_layers import fold_model
from core.recognition.classifier import Network
from core.recognition.model_files import ModelCard, find_model
from core.recognition.outlier_score import OutlierScore
from core.recognition.picture_reader import PictureReader

if TYPE_CHECKING:
    import keras


class Recognizer(PictureReader):
    """A Keras model that reads."""

    def __init__(
        self,
        model: "keras.Model",
        card: ModelCard | None = None,
        outlier_score: OutlierScore | None = None,
        is_final: bool = False,
    ) -> None:
        """Make the reader of a model; see `PictureReader`.

        is_final: its weights do not change any more; then it is computed faster.
        """
        super().__init__(_fastest(model) if is_final else model, card, outlier_score)
        self.model = model

    @classmethod
    def load(cls, path: Path | str | None = None) -> "Recognizer":
        """Return the recognizer of a .keras file, a run folder or, for None, the model that comes with the app.

        Raises `ModelError` with a sentence where the model cannot be used.
        """
        path = find_model(path)
        card = ModelCard.beside(path)
        model = cast("keras.Model", load_model(path, card.dataset.num_classes))
        outlier_score = OutlierScore.load(path.with_suffix(".npz"))
        if outlier_score and model.layers[-1].input.shape != (None, len(outlier_score.weights)):
            outlier_score = None  # another network's
        return cls(model, card, outlier_score, is_final=True)


def _fastest(model: "keras.Model") -> Network:
    """Return a model's layers with the weights that it has now, or the model where Keras alone can compute it."""
    try:
        return fold_model(model)
    except UnfoldableError:
        return model
