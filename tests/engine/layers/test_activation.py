"""What activations are known for, measured on the real layers."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from engine.analysis.calls import carry_out, make_module
from engine.compiler.build import build
from engine.graph.model import Edge, Graph
from engine.graph.params import ParamError, ParamValue, check_all
from engine.layers.nodes import new_node
from engine.layers.registry import spec, specs
from engine.layers.spec import Call, TensorShape

ACTIVATIONS = [declared.id for declared in specs() if declared.family == "Activation"]
XS = torch.linspace(-6, 6, 241, dtype=torch.float64)


def activated(layer: str, x: Tensor, **params: ParamValue) -> Tensor:
    """What a layer makes of `x`, shape `[batch, …]`."""
    declared = spec(layer)
    values = check_all(declared.params, params)
    shapes: list[TensorShape] = [tuple(x.shape[1:])]
    assert declared.objection(shapes, values) is None
    invocation = declared.invocation(shapes, values)
    module = make_module(invocation).to(x.dtype) if declared.call is Call.MODULE else None
    result = carry_out(declared, values, invocation, [x], module)
    assert isinstance(result, Tensor)
    return result


def test_the_family_is_complete() -> None:
    assert set(ACTIVATIONS) == set(
        "sigmoid tanh relu relu6 leaky_relu prelu elu selu gelu silu mish hardswish hardsigmoid hardtanh softplus "
        "softsign softmax log_softmax binary_step identity custom_activation".split()
    )


@pytest.mark.parametrize("layer", ACTIVATIONS)
@pytest.mark.parametrize("shape", [(3, 4), (3, 4, 5), (2, 3, 4, 5)])
def test_the_shape_stays(layer: str, shape: TensorShape) -> None:
    assert activated(layer, torch.randn(shape)).shape == shape


BOUNDS = {
    "sigmoid": (0, 1),
    "hardsigmoid": (0, 1),
    "tanh": (-1, 1),
    "hardtanh": (-1, 1),
    "softsign": (-1, 1),
    "relu6": (0, 6),
    "binary_step": (0, 1),
}


@pytest.mark.parametrize(("layer", "bounds"), BOUNDS.items())
def test_the_bounds_that_the_texts_name(layer: str, bounds: tuple[float, float]) -> None:
    far = activated(layer, torch.tensor([[-1e9, 1e9]], dtype=torch.float64))
    assert far.flatten().tolist() == pytest.approx(bounds, abs=1e-8)


FORMULAS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": lambda x: torch.where(x > 0, x, 0.0),
    "relu6": lambda x: x.clip(0, 6),
    "leaky_relu": lambda x: torch.where(x > 0, x, 0.01 * x),
    "prelu": lambda x: torch.where(x > 0, x, 0.25 * x),
    "elu": lambda x: torch.where(x > 0, x, x.exp() - 1),
    "selu": lambda x: 1.0507009873554805 * torch.where(x > 0, x, 1.6732632423543772 * (x.exp() - 1)),
    "sigmoid": lambda x: 1 / (1 + torch.exp(-x)),
    "tanh": lambda x: (x.exp() - (-x).exp()) / (x.exp() + (-x).exp()),
    "softsign": lambda x: x / (1 + x.abs()),
    "hardsigmoid": lambda x: (x + 3).clip(0, 6) / 6,
    "hardtanh": lambda x: x.clip(-1, 1),
    "binary_step": lambda x: (x > 0).to(x),
    "gelu": lambda x: x * torch.distributions.Normal(0, 1).cdf(x),
    "silu": lambda x: x / (1 + torch.exp(-x)),
    "mish": lambda x: x * torch.tanh(torch.log(1 + x.exp())),
    "hardswish": lambda x: x * (x + 3).clip(0, 6) / 6,
    "softplus": lambda x: torch.log(1 + x.exp()),
    "identity": lambda x: x,
    "custom_activation": lambda x: x * torch.sigmoid(x),
}


@pytest.mark.parametrize("layer", FORMULAS)
def test_the_formula_in_the_help_is_what_is_computed(layer: str) -> None:
    torch.testing.assert_close(activated(layer, XS[None])[0], FORMULAS[layer](XS))


def test_selu_keeps_mean_and_variance() -> None:
    torch.manual_seed(0)
    x = torch.randn(2000, 400)
    for _ in range(10):
        x = activated("selu", x @ (torch.randn(400, 400) / math.sqrt(400)))
    assert abs(x.mean().item()) < 0.1
    assert x.var().item() == pytest.approx(1, abs=0.2)


def test_softmax_adds_up_to_one_along_its_axis() -> None:
    x = torch.randn(2, 3, 4, 5)
    for axis in (1, 2, 3, -1):
        torch.testing.assert_close(activated("softmax", x, dim=axis).sum(axis), torch.ones_like(x.sum(axis)))
        torch.testing.assert_close(activated("log_softmax", x, dim=axis).exp(), activated("softmax", x, dim=axis))


@pytest.mark.parametrize("layer", ["softmax", "log_softmax"])
def test_the_batch_is_no_axis(layer: str) -> None:
    declared = spec(layer)
    for axis in (0, -3):
        assert "batch" in str(declared.objection([(4, 5)], {"dim": axis}))
    assert "has only 2" in str(declared.objection([(4, 5)], {"dim": 3}))
    assert declared.objection([(4, 5)], {"dim": -2}) is None


def test_prelu_learns_one_slope_or_one_for_each_channel() -> None:
    declared = spec("prelu")
    for per_channel, slopes in ((False, 1), (True, 7)):
        module = make_module(declared.invocation([(7, 3, 3)], {"per_channel": per_channel, "init": 0.5}))
        assert module.get_parameter("weight").tolist() == [0.5] * slopes
    assert "no channels" in str(declared.objection([()], {"per_channel": True, "init": 0.5}))


def test_hardtanh_needs_its_bounds_in_order() -> None:
    declared = spec("hardtanh")
    for low, high in ((1.0, 1.0), (2.0, 1.0)):
        assert "has to lie above" in str(declared.objection([(4,)], {"min_val": low, "max_val": high}))
    assert activated("hardtanh", XS[None], min_val=0.0, max_val=20.0).min() == 0


def test_gelu_in_its_two_forms() -> None:
    exact, approximate = (activated("gelu", XS[None], approximate=form) for form in ("none", "tanh"))
    assert 0 < (exact - approximate).abs().max() < 1e-3


def test_a_custom_activation_is_compiled() -> None:
    graph = Graph()
    for layer, params in (
        ("input", {"shape": (3,)}),
        ("custom_activation", {"formula": "x * tanh(softplus(x)) + (x > 1) - max(x, 2)"}),
        ("output", {}),
    ):
        graph.add_node(new_node(graph, layer, **params))
    source, activation, target = graph.nodes
    graph.add_edge(Edge(source, 0, activation, 0))
    graph.add_edge(Edge(activation, 0, target, 0))
    x = torch.randn(5, 3)
    expected = torch.nn.functional.mish(x) + (x > 1).float() - x.clip(min=2)
    torch.testing.assert_close(build(graph)(x), expected)


def test_a_custom_activation_refuses_what_is_no_formula() -> None:
    with pytest.raises(ParamError, match=r"^“Formula”: “sigmoid” takes one value"):
        new_node(Graph(), "custom_activation", formula="sigmoid(x, 1)")


def test_a_long_formula_is_cut_on_the_node() -> None:
    summary = spec("custom_activation").summary({"formula": "x * tanh(log(1 + exp(x))) + 0.1 * x"})
    assert summary == "x * tanh(log(1 + exp(x)…"
