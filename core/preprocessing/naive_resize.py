"""A picture resized to 28×28 and nothing else, to compare with what the preparation does."""

import numpy as np
from PIL import Image

from core.pictures.display import to_grey
from core.preprocessing.mnist_form import SIDE


def resize_naively(picture: Image.Image | np.ndarray) -> np.ndarray:
    """Return the picture as most demos feed it to their network: grey, resized to (28, 28) uint8, nothing else.

    picture: a PIL image or uint8 array (H, W), (H, W, 3) or (H, W, 4). Polarity, aspect and position stay as they are.
    """
    image = Image.fromarray(picture) if isinstance(picture, np.ndarray) else picture
    return np.asarray(to_grey(image).resize((SIDE, SIDE)))
