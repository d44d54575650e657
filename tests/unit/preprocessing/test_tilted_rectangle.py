"""The tilt of a rectangle, and the turn that sets it level."""

import cv2
import numpy as np
import pytest

from core.preprocessing.tilted_rectangle import TiltedRectangle


@pytest.mark.parametrize("tilt", [-40, -3, 0, 0.6, 12, 44])
@pytest.mark.parametrize("size", [(120, 50), (50, 120)])
def test_a_rectangle_is_set_level_with_its_corner_at_the_margin(size, tilt):
    corners = cv2.boxPoints(((100, 90), size, tilt))
    rectangle = TiltedRectangle.around(corners)
    assert rectangle.tilt == pytest.approx(tilt, abs=0.01) and rectangle.size == pytest.approx(size, abs=0.01)
    level = np.c_[corners, np.ones(4)] @ rectangle.turn(3).T
    assert level.min(axis=0) == pytest.approx((3, 3), abs=0.05)
    assert level.max(axis=0) == pytest.approx((size[0] + 3, size[1] + 3), abs=0.05)
    mask = rectangle.mask((200, 200), -4)
    assert mask.dtype == bool and mask.sum() == pytest.approx((size[0] - 4) * (size[1] - 4), rel=0.05)
