"""Expressions in the summaries of layers: for every parameter of every layer."""

from __future__ import annotations

import pytest

from engine.layers.registry import spec, specs
from gui.written import written


@pytest.mark.parametrize("layer", specs(), ids=lambda layer: layer.id)
def test_every_layer_can_be_summed_up_with_an_expression_for_any_parameter(layer) -> None:
    plain = {param.name: param.default for param in layer.params}
    for param in layer.params:
        values = written(layer.params, {**plain, param.name: "=width"})
        assert isinstance(layer.summary(values), str)
        assert layer.output_ports(values) == layer.output_ports(plain)


@pytest.mark.parametrize(
    ("layer", "params", "text"),
    [
        ("conv2d", {"out_channels": "=4*channels"}, "4·channels · 3×3"),
        ("conv2d", {"out_channels": "= wide", "kernel_size": (1, 1), "stride": "=step"}, "wide · 1×1 · /step"),
        ("max_pool2d", {"kernel_size": "=size"}, "size×size · /2"),
        ("linear", {"out_features": "=channels**2"}, "channels**2"),
        ("dropout", {"p": "=drop"}, "p drop"),
        ("linear", {"out_features": 10}, "10"),
    ],
)
def test_what_is_shown(layer, params, text) -> None:
    declared = spec(layer)
    values = {**{param.name: param.default for param in declared.params}, **params}
    assert declared.summary(written(declared.params, values)) == text


def test_plain_values_are_left_alone() -> None:
    values = {"out_features": 3}
    assert written(spec("linear").params, values) is values
