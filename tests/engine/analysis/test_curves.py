"""Curves are those of the real layers: compared with the formulas and with difference quotients."""

from __future__ import annotations

from collections.abc import Callable
from math import erf

import numpy as np
import pytest

from engine.analysis.curves import Samples, sample
from engine.graph.params import ParamValue, check_all
from engine.layers.registry import spec, specs

XS = np.linspace(-4, 4, 80)
FORMULAS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "relu": lambda x: np.maximum(x, 0),
    "relu6": lambda x: np.clip(x, 0, 6),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.01 * x),
    "prelu": lambda x: np.where(x > 0, x, 0.25 * x),
    "elu": lambda x: np.where(x > 0, x, np.exp(x) - 1),
    "selu": lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * (np.exp(x) - 1)),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "tanh": np.tanh,
    "softsign": lambda x: x / (1 + np.abs(x)),
    "hardsigmoid": lambda x: np.clip(x + 3, 0, 6) / 6,
    "hardtanh": lambda x: np.clip(x, -1, 1),
    "binary_step": lambda x: np.where(x > 0, 1.0, 0.0),
    "gelu": lambda x: 0.5 * x * (1 + np.vectorize(erf)(x / np.sqrt(2))),
    "silu": lambda x: x / (1 + np.exp(-x)),
    "mish": lambda x: x * np.tanh(np.log1p(np.exp(x))),
    "hardswish": lambda x: x * np.clip(x + 3, 0, 6) / 6,
    "softplus": lambda x: np.log1p(np.exp(x)),
    "identity": lambda x: x,
    "custom_activation": lambda x: x / (1 + np.exp(-x)),
}
WITHOUT = ("softmax", "log_softmax")


def sampled(layer: str, **params: ParamValue) -> tuple[Samples, Samples]:
    """Values and slopes of a layer that has a curve."""
    samples = sample(layer, check_all(spec(layer).params, params), XS)
    assert samples is not None
    return samples


def test_every_activation_is_tried() -> None:
    activations = {layer.id for layer in specs() if layer.family == "Activation"}
    assert activations == {*FORMULAS, *WITHOUT}


@pytest.mark.parametrize("layer", list(FORMULAS))
def test_values_and_slopes(layer: str) -> None:
    ys, slopes = sampled(layer)
    assert ys.shape == slopes.shape == XS.shape
    np.testing.assert_allclose(ys, FORMULAS[layer](XS), atol=1e-12)
    quotient = (FORMULAS[layer](XS + 1e-6) - FORMULAS[layer](XS - 1e-6)) / 2e-6
    np.testing.assert_allclose(slopes, quotient, atol=1e-6)


def test_parameters_count() -> None:
    ys, _ = sampled("leaky_relu", negative_slope=0.25)
    np.testing.assert_allclose(ys[XS < 0], 0.25 * XS[XS < 0])


def test_slopes_of_several_channels_are_one_curve() -> None:
    ys, slopes = sampled("prelu", per_channel=True, init=0.5)
    np.testing.assert_allclose(ys, np.where(XS > 0, XS, 0.5 * XS))
    np.testing.assert_allclose(slopes, np.where(XS > 0, 1, 0.5))


@pytest.mark.parametrize(("clip", "reach"), [(True, 1), (False, 4)])
def test_the_slope_of_the_step_is_what_learning_sees(clip: bool, reach: float) -> None:
    ys, slopes = sampled("binary_step", straight_through=True, clip_gradient=clip)
    np.testing.assert_array_equal(ys, XS > 0)
    np.testing.assert_array_equal(slopes, np.abs(XS) <= reach)


def test_formulas_that_leave_the_numbers_or_x() -> None:
    ys, slopes = sampled("custom_activation", formula="log(x)")
    np.testing.assert_allclose(ys[XS > 0], np.log(XS[XS > 0]))
    assert np.isnan(ys[XS < 0]).all()
    np.testing.assert_allclose(slopes[XS > 0], 1 / XS[XS > 0])
    ys, slopes = sampled("custom_activation", formula="x > 1")
    np.testing.assert_array_equal(ys, XS > 1)
    assert not slopes.any()


@pytest.mark.parametrize("axis", [1, 2, 3, 4, -1])
@pytest.mark.parametrize("layer", WITHOUT)
def test_what_looks_at_more_than_one_value_has_no_curve(layer: str, axis: int) -> None:
    assert sample(layer, {"dim": axis}, XS) is None


def test_layers_that_are_functions_have_curves_too() -> None:
    samples = sample("squeeze", {"dim": 1}, XS)
    assert samples is not None
    np.testing.assert_array_equal(samples[0], XS)


def test_the_same_question_is_answered_from_memory() -> None:
    first, second = (sample("tanh", {}, XS) for _ in range(2))
    assert first is not None
    assert second is not None
    assert first[0] is second[0]
