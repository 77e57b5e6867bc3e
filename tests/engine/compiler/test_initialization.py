"""Each choice of initial weights draws from the distribution that its paper gives."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn

from engine.compiler.build import build
from engine.layers.registry import spec, specs
from engine.zoo.sketch import Sketch

LAYERS = {
    # What a layer is given, its parameters, and how many values flow into and out of one weight.
    "linear": ((300,), {"out_features": 200}, 300, 200),
    "conv2d": ((24, 9, 9), {"out_channels": 64, "kernel_size": (5, 3)}, 24 * 15, 64 * 15),
    # PyTorch takes the inputs of one group, but the filters of all.
    "grouped": ((24, 9, 9), {"out_channels": 96, "kernel_size": (5, 3), "groups": 3}, 8 * 15, 96 * 15),
}
CHOICES = spec("linear").param("weight_init").options  # type: ignore[attr-defined]


def drawn_module(case: str, choice: str, seed: int = 0) -> nn.Module:
    shape, params, _, _ = LAYERS[case]
    pen = Sketch()
    pen.then("input", shape=shape)
    pen.then("linear" if case == "linear" else "conv2d", "layer", weight_init=choice, **params)
    pen.then("output")
    torch.manual_seed(seed)
    return build(pen.graph).get_submodule("layer")


def weight_of(module: nn.Module) -> Tensor:
    return module.get_parameter("weight").detach()


def test_every_layer_with_a_choice_offers_the_same_ones() -> None:
    offered = [spec.params[-1] for spec in specs() if any(param.name == "weight_init" for param in spec.params)]
    assert len(offered) == 2
    assert all(param.options == CHOICES for param in offered)  # type: ignore[attr-defined]
    assert set(CHOICES) == {"default", "xavier_uniform", "xavier_normal", "he_uniform", "he_normal"}


@pytest.mark.parametrize("case", LAYERS)
@pytest.mark.parametrize("choice", CHOICES)
def test_weights_have_the_declared_distribution(case: str, choice: str) -> None:
    _, _, fan_in, fan_out = LAYERS[case]
    variance = {
        "default": 1 / (3 * fan_in),
        "xavier_uniform": 2 / (fan_in + fan_out),
        "xavier_normal": 2 / (fan_in + fan_out),
        "he_uniform": 2 / fan_in,
        "he_normal": 2 / fan_in,
    }[choice]
    module = drawn_module(case, choice)
    weight = weight_of(module)
    spread, count = math.sqrt(variance), weight.numel()
    assert abs(weight.mean()) < 5 * spread / math.sqrt(count)
    assert weight.std() == pytest.approx(spread, rel=5 / math.sqrt(2 * count))
    bound = math.sqrt(3) * spread
    if choice.endswith("normal"):
        # Of normal values 8.3 % lie beyond the bound of uniform ones with the same spread.
        assert (weight.abs() > bound).float().mean() == pytest.approx(math.erfc(math.sqrt(1.5)), abs=0.02)
    else:
        assert 0.99 * bound < weight.abs().max() <= bound * 1.000001
    bias = module.get_parameter("bias").detach()
    if choice == "default":
        assert 0 < bias.abs().max() <= 1 / math.sqrt(fan_in)
    else:
        assert torch.equal(bias, torch.zeros_like(bias))


@pytest.mark.parametrize("case", LAYERS)
@pytest.mark.parametrize("choice", CHOICES)
def test_seeds_decide(case: str, choice: str) -> None:
    assert torch.equal(weight_of(drawn_module(case, choice, 1)), weight_of(drawn_module(case, choice, 1)))
    assert not torch.equal(weight_of(drawn_module(case, choice, 1)), weight_of(drawn_module(case, choice, 2)))


def test_the_default_is_pytorchs() -> None:
    torch.manual_seed(0)
    expected = nn.Linear(300, 200)
    assert torch.equal(weight_of(drawn_module("linear", "default")), weight_of(expected))


@pytest.mark.parametrize("choice", CHOICES)
def test_layers_without_bias_are_initialised_too(choice: str) -> None:
    pen = Sketch()
    pen.then("input", shape=(3, 5, 5))
    pen.then("conv2d", "layer", weight_init=choice, bias=False)
    pen.then("output")
    assert list(build(pen.graph).state_dict()) == ["layer.weight"]
