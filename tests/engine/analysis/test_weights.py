"""The shapes of weights, compared with modules made by hand."""

from __future__ import annotations

import pytest
from torch import nn

from engine.analysis.weights import weight_shapes
from engine.graph.params import ParamValue, check_all
from engine.layers.registry import spec


@pytest.mark.parametrize(
    ("layer", "changed", "inputs", "module"),
    [
        ("conv2d", {"out_channels": 16, "kernel_size": (5, 3)}, (1, 28, 28), nn.Conv2d(1, 16, (5, 3))),
        ("conv2d", {"groups": 2, "bias": False}, (4, 8, 8), nn.Conv2d(4, 16, 3, groups=2, bias=False)),
        ("linear", {"out_features": 10}, (84,), nn.Linear(84, 10)),
        ("batch_norm2d", {}, (6, 4, 4), nn.BatchNorm2d(6)),
        ("relu", {}, (6,), nn.ReLU()),
    ],
)
def test_weights_are_those_of_the_module(
    layer: str, changed: dict[str, ParamValue], inputs: tuple[int, ...], module: nn.Module
) -> None:
    params = {**check_all(spec(layer).params, {}), **changed}
    expected = {name: tuple(weight.shape) for name, weight in module.named_parameters()}
    assert weight_shapes(layer, params, [inputs]) == expected


def test_a_layer_that_cannot_take_its_input_has_none() -> None:
    assert weight_shapes("conv2d", check_all(spec("conv2d").params, {}), [(10,)]) == {}
    assert weight_shapes("conv2d", {**check_all(spec("conv2d").params, {}), "groups": 3}, [(4, 8, 8)]) == {}
    assert weight_shapes("add", {}, [(4,), (4,)]) == {}


def test_of_a_block_the_weights_are_those_of_its_layers() -> None:
    assert weight_shapes("block:Bottleneck", {"channels": 4}, [(4, 8, 8)]) == {}
