"""Curves are those of the real layers: compared with the formulas and with difference quotients."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from engine.analysis.curves import sample
from engine.graph.params import check_all
from engine.layers.registry import spec, specs

XS = np.linspace(-4, 4, 80)

FORMULAS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "relu": lambda x: np.maximum(x, 0),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.01 * x),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "tanh": np.tanh,
}


@pytest.mark.parametrize("layer", list(FORMULAS))
def test_values_and_slopes(layer: str) -> None:
    samples = sample(layer, check_all(spec(layer).params, {}), XS)
    assert samples is not None
    ys, slopes = samples
    assert ys.shape == slopes.shape == XS.shape
    np.testing.assert_allclose(ys, FORMULAS[layer](XS), atol=1e-12)
    quotient = (FORMULAS[layer](XS + 1e-6) - FORMULAS[layer](XS - 1e-6)) / 2e-6
    np.testing.assert_allclose(slopes, quotient, atol=1e-6)


def test_parameters_count() -> None:
    samples = sample("leaky_relu", {"negative_slope": 0.25}, XS)
    assert samples is not None
    np.testing.assert_allclose(samples[0][XS < 0], 0.25 * XS[XS < 0])


@pytest.mark.parametrize("axis", [1, 2, 3, 4])
def test_softmax_has_no_curve(axis: int) -> None:
    assert sample("softmax", {"dim": axis}, XS) is None


@pytest.mark.parametrize("layer", [layer.id for layer in specs() if layer.family == "Activation"])
def test_every_activation_is_sampled_or_has_no_curve(layer: str) -> None:
    samples = sample(layer, check_all(spec(layer).params, {}), XS)
    assert samples is None or all(np.isfinite(values).all() for values in samples)


def test_the_same_question_is_answered_from_memory() -> None:
    first, second = (sample("tanh", {}, XS) for _ in range(2))
    assert first is not None
    assert second is not None
    assert first[0] is second[0]
