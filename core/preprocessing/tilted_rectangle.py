"""The tilt of what is a rectangle, and the turn that sets it level."""

from typing import NamedTuple

import cv2
import numpy as np


class TiltedRectangle(NamedTuple):
    """The smallest rectangle around some points (Toussaint, 1983)."""

    middle: tuple[float, float]  # x and y, pixels
    size: tuple[float, float]  # across and down, once it is level, pixels
    tilt: float  # degrees, -45 to 45

    @classmethod
    def around(cls, points: np.ndarray) -> "TiltedRectangle":
        """Return the rectangle around points (n, 2) or (n, 1, 2), float32 or int32, x and y."""
        middle, sides, angle = cv2.minAreaRect(points)
        tilt = (angle + 45) % 90 - 45
        across, down = sides if abs(tilt - angle) < 1 else sides[::-1]
        return cls((middle[0], middle[1]), (across, down), tilt)

    def turn(self, margin: float = 0.0) -> np.ndarray:
        """Return the turn (2, 3) that sets it level, its left top corner at `margin` pixels both ways."""
        turn = cv2.getRotationMatrix2D(self.middle, self.tilt, 1.0)
        turn[:, 2] += np.array(self.size) / 2 + margin - self.middle
        return turn

    def mask(self, shape: tuple[int, ...], wider: float) -> np.ndarray:
        """Return where it lies in a picture (h, w), bool, with sides that are `wider` by so many pixels."""
        inside = np.zeros(shape, np.uint8)
        corners = cv2.boxPoints((self.middle, (self.size[0] + wider, self.size[1] + wider), self.tilt))
        cv2.fillConvexPoly(inside, np.round(corners).astype(np.int32), 1)
        return inside > 0
