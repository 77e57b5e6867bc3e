"""Parameters and FLOPs follow the formulas in the textbooks."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.analysis.shapes import ShapeInference
from engine.layers.registry import spec
from engine.layers.spec import TensorShape

if TYPE_CHECKING:
    from conftest import Harness

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")


@given(data=st.data())
def test_costs_of_convolutions_follow_the_formula(harness: Harness, data: st.DataObject) -> None:
    declared = spec("conv2d")
    params, (shape,) = data.draw(harness.uses(declared))
    report = ShapeInference().analyse(harness.network(declared, [shape], params)).nodes["n1"]
    if report.error:
        return
    (filters, height, width), inputs = report.outputs[0], shape[0] // params["groups"]
    taps = prod(params["kernel_size"])
    for axis in (0, 1):
        reach = params["dilation"][axis] * (params["kernel_size"][axis] - 1) + 1
        room = shape[axis + 1] + 2 * params["padding"][axis] - reach
        size = shape[axis + 1] if params.get("same") else room // params["stride"][axis] + 1
        assert report.outputs[0][axis + 1] == size
    assert filters == params["out_channels"]
    assert report.parameters == filters * inputs * taps + (filters if params["bias"] else 0)
    assert report.flops == 2 * filters * height * width * inputs * taps


@settings(max_examples=2 * settings.default.max_examples // 3)
@given(
    shape=st.lists(st.integers(1, 9), min_size=1, max_size=2).map(tuple), units=st.integers(1, 9), bias=st.booleans()
)
def test_costs_of_dense_layers_follow_the_formula(harness: Harness, shape: TensorShape, units: int, bias: bool) -> None:
    graph = harness.network(spec("linear"), [shape], {"out_features": units, "bias": bias})
    report = ShapeInference().analyse(graph).nodes["n1"]
    assert report.outputs == ((*shape[:-1], units),)
    assert report.parameters == shape[-1] * units + (units if bias else 0)
    assert report.flops == 2 * prod(shape) * units


@pytest.mark.parametrize("affine", [True, False])
def test_batch_norm_learns_a_scale_and_a_shift_per_channel(harness: Harness, affine: bool) -> None:
    graph = harness.network(spec("batch_norm2d"), [(7, 4, 4)], {"affine": affine})
    assert ShapeInference().analyse(graph).nodes["n1"].parameters == (14 if affine else 0)
