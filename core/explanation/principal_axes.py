"""Principal component analysis of the values of a layer."""

from dataclasses import dataclass

import numpy as np

from core.explanation.network import ExplanationError

_TOO_LARGE = "The values of this network's last hidden layer are too large to be compared. Choose another model."


@dataclass(frozen=True, eq=False)
class PrincipalAxes:
    """The directions in which (n, d) values vary most.

    `mean` (d,) float32 is taken off the values first; `axes` (d, k) float16 are of unit length, that of the largest
    variance first; `shares` (k,) float32 are the parts, 0 to 1, of the whole variance that lie in each.
    """

    mean: np.ndarray
    axes: np.ndarray
    shares: np.ndarray

    @classmethod
    def of(cls, values: np.ndarray, max_axes: int) -> "PrincipalAxes":
        """Return at most `max_axes` axes of (n, d) float32 values, from their n × n products.

        That costs little even where d is large: principal component analysis in its dual form. Raises
        `ExplanationError` where the values are too large for it.
        """
        mean = values.mean(axis=0)
        centred = values - mean
        with np.errstate(over="ignore", invalid="ignore"):
            products = centred @ centred.T
        if not np.isfinite(products).all():
            raise ExplanationError(_TOO_LARGE)
        squares, directions = np.linalg.eigh(products)
        squares, directions = np.maximum(squares[::-1], 0), directions[:, ::-1]
        k = min(max_axes, *values.shape)
        lengths = np.sqrt(np.maximum(squares[:k], np.finfo(np.float32).tiny))
        axes = centred.T @ (directions[:, :k] / np.maximum(lengths, 1e-3 * lengths[0]))
        shares = squares[:k] / max(float(squares.sum()), float(np.finfo(np.float32).tiny))
        return cls(mean, axes.astype(np.float16), shares.astype(np.float32))

    def project(self, values: np.ndarray) -> np.ndarray:
        """Return (n, d) values in these directions: (n, k) float32."""
        return (values - self.mean) @ self.axes.astype(np.float32)
