"""The running average against its definition, written as a loop."""

from __future__ import annotations

import numpy as np
import pytest

from gui.training.smoothing import Smoother


def by_definition(values: np.ndarray, beta: float) -> np.ndarray:
    total = weight = 0.0
    result = []
    for value in values.astype(np.float64):
        total, weight = beta * total, beta * weight
        if np.isfinite(value):
            total, weight = total + value, weight + 1
        result.append(total / weight if weight else np.nan)
    return np.array(result)


@pytest.mark.parametrize("pieces", [[1000], [1, 255, 256, 257, 231], [10] * 100])
@pytest.mark.parametrize("beta", [0.9, 0.98])
def test_average(pieces: list[int], beta: float) -> None:
    values = np.random.default_rng(0).lognormal(size=(1000, 3)).astype(np.float32)
    values[:3, 1] = np.nan
    values[500, 2] = np.inf
    smoother, start, parts = Smoother(3, beta), 0, []
    for size in pieces:
        parts.append(smoother.extend(values[start : start + size]))
        start += size
    found = np.concatenate(parts)
    for curve in range(3):
        np.testing.assert_allclose(found[:, curve], by_definition(values[:, curve], beta), rtol=1e-5)


def test_a_constant_stays_what_it_is_from_the_first_step_on() -> None:
    found = Smoother().extend(np.full(700, 2.5, np.float32))
    assert found.shape == (700,)
    np.testing.assert_allclose(found, 2.5, rtol=1e-6)
