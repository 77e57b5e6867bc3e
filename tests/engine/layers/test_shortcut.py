"""The shortcut is the identity where that will do, and torchvision's `downsample` where it will not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from torch import nn
from torchvision.models import resnet18

from engine.analysis.shapes import ShapeInference
from engine.compiler.build import build
from engine.layers.registry import spec

if TYPE_CHECKING:
    from conftest import Harness


def test_torchvisions_weights_fit_by_name(harness: Harness) -> None:
    theirs = resnet18().layer2[0].downsample
    network = build(harness.network(spec("shortcut"), [(64, 9, 8)], {"out_channels": 128, "stride": 2}))
    network.load_state_dict({f"downsample.{name}": value for name, value in theirs.state_dict().items()}, strict=True)
    x = torch.randn(2, 64, 9, 8)
    assert torch.equal(network(x), theirs(x))
    assert torch.equal(network.eval()(x), theirs.eval()(x))


@pytest.mark.parametrize("norm", [True, False])
def test_where_shapes_agree_nothing_is_done_or_learned(harness: Harness, norm: bool) -> None:
    graph = harness.network(spec("shortcut"), [(6, 5, 4)], {"out_channels": 6, "norm": norm})
    network = build(graph)
    assert isinstance(network.get_submodule("downsample"), nn.Identity)
    x = torch.randn(2, 6, 5, 4)
    assert torch.equal(network(x), x)
    report = ShapeInference().analyse(graph).nodes["n1"]
    assert (report.parameters, report.outputs) == (0, ((6, 5, 4),))


@pytest.mark.parametrize(("filters", "stride", "norm"), [(6, 2, True), (7, 1, True), (7, 3, False)])
def test_elsewhere_it_projects(harness: Harness, filters: int, stride: int, norm: bool) -> None:
    params = {"out_channels": filters, "stride": stride, "norm": norm}
    report = ShapeInference().analyse(harness.network(spec("shortcut"), [(6, 5, 4)], params)).nodes["n1"]
    assert report.outputs == ((filters, -(-5 // stride), -(-4 // stride)),)
    assert report.parameters == 6 * filters + (2 * filters if norm else filters)
    assert spec("shortcut").summary(params) == (f"{filters} · /{stride}" if stride > 1 else str(filters))
