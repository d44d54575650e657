"""The ground under the ink: even paper is one grey, a shade is none of it."""

import cv2
import numpy as np
import pytest

from core.preprocessing.background import subtract_background
from core.preprocessing.ink_strength import ink_strength


def thick_number(side, shade=135):
    """A thick 407 with soft edges on paper of grey 200, (400, 600) uint8, with a shade in its lower right corner."""
    ink = np.zeros((400, 600), np.uint8)
    cv2.putText(ink, "407", (60, 290), cv2.FONT_HERSHEY_SIMPLEX, 7, 255, 60, cv2.LINE_AA)
    grey = 200 * (1 - 0.8 / 255 * cv2.GaussianBlur(ink, (0, 0), 3))
    grey[400 - side :, 600 - side :] *= shade / 200
    return np.clip(grey, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("share", [0.04, 0.05, 0.08])
def test_a_shade_in_a_corner_is_no_ink(share):
    side = round((share * 400 * 600) ** 0.5)
    strength = ink_strength(subtract_background(thick_number(side)))
    assert (strength[-side + 6 :, -side + 6 :] > 0).mean() < 0.05 and strength[150:300, 60:500].any()
