"""The loading of a network's weights from a .keras file without unpacking it again and again."""

import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

_MEMBER = "model.weights.h5"


def load_weights(network: "keras.Model", path: Path) -> None:
    """Load the weights of a .keras file, or of a file of weights alone, into a network of the same layers.

    Keras reads a .keras file where it is packed, and unpacks it from its start each time it goes back in it, which
    takes several times as long as all else. Raises `OSError`, and `ValueError` where it is damaged.
    """
    if path.suffix != ".keras":
        network.load_weights(path)
        return
    with tempfile.TemporaryDirectory() as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                archive.extract(_MEMBER, folder)
        except (zipfile.BadZipFile, KeyError) as error:
            raise ValueError(f"{path.name} is damaged or has no weights.") from error
        network.load_weights(Path(folder, _MEMBER))
