"""A running average of curves that grow."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_BLOCK = 256


class Smoother:
    """An exponential moving average whose start is not pulled towards zero (bias correction as in Adam).

    After step t the value is Σ βᵗ⁻ⁱ xᵢ / Σ βᵗ⁻ⁱ over the steps i ≤ t whose value is finite.
    """

    def __init__(self, curves: int = 1, beta: float = 0.98) -> None:
        self.beta = beta
        self._sum = np.zeros(curves)
        self._weight = np.zeros(curves)

    def extend(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return the averages after each of the next `values`; NaN as long as no value was finite.

        Args:
            values: shape (steps, curves), or (steps,) for a single curve; the result has the same shape.
        """
        rows = values.reshape(len(values), -1)
        result = np.empty(rows.shape, np.float32)
        for start in range(0, len(rows), _BLOCK):
            block = rows[start : start + _BLOCK].astype(np.float64)
            finite = np.isfinite(block)
            # βⁿ stays above 0.005 within a block, so dividing by it loses no precision.
            decay = self.beta ** np.arange(1, len(block) + 1)[:, None]
            sums = decay * (self._sum + np.cumsum(np.where(finite, block, 0.0) / decay, axis=0))
            weights = decay * (self._weight + np.cumsum(finite / decay, axis=0))
            self._sum, self._weight = sums[-1], weights[-1]
            result[start : start + _BLOCK] = np.divide(
                sums, weights, out=np.full(block.shape, np.nan), where=weights > 0
            )
        return result.reshape(values.shape)
