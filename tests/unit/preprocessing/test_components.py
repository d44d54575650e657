"""Connected components, with labels of 16 bits where they are enough."""

import cv2
import numpy as np
import pytest

from core.preprocessing.components import find_components


@pytest.mark.parametrize("side", [50, 600], ids=["short labels", "long labels"])
def test_components_are_opencvs(side):
    mask = np.random.default_rng(side).random((side, side)) < 0.3
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    found = find_components(mask)
    assert len(found.stats) == count and found.labels.dtype == (np.uint16 if side == 50 else np.int32)
    order = [labels[found.labels == number][0] for number in range(count)] if side == 50 else slice(None)
    assert (found.stats == stats[order]).all()


def test_more_components_than_short_labels_have_room_for():
    mask = np.zeros((520, 520), np.uint8)
    mask[::2, ::2] = 1
    assert len(find_components(mask).stats) == 260 * 260 + 1
