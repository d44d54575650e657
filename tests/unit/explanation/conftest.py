"""A small network whose answers can be worked out by hand, and a digit for it."""

import numpy as np
import pytest

from core.explanation.network import ExplainedNetwork
from tests.support.readers import linear_reader


@pytest.fixture(scope="session")
def upper_or_lower():
    """A network that reads a 3 where ink is in the upper half, and an 8 where it is in the lower half."""
    weights = np.zeros((28, 28, 10), np.float32)
    weights[:14, :, 3], weights[14:, :, 8] = 0.5, 1.5
    return ExplainedNetwork(linear_reader(weights))


@pytest.fixture(scope="session")
def bar():
    """A horizontal stroke in the upper half, (28, 28) uint8."""
    image = np.zeros((28, 28), np.uint8)
    image[8:11, 6:22] = 255
    return image
