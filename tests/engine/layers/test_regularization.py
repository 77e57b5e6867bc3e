"""Layers against overfitting disturb training as their papers say, and leave evaluation alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from torch import fx

from engine.compiler.build import build
from engine.layers.registry import spec, specs

if TYPE_CHECKING:
    from conftest import Harness

FAMILY = [declared.id for declared in specs() if declared.family == "Regularization"]


def network(harness: Harness, layer: str, shape: tuple[int, ...], **params: float | str) -> fx.GraphModule:
    return build(harness.network(spec(layer), [shape], params))


@pytest.mark.parametrize("layer", FAMILY)
def test_only_training_is_disturbed(harness: Harness, layer: str) -> None:
    torch.manual_seed(0)
    port = spec(layer).inputs[0]
    shape = (40,) * (port.ranks or (2,))[0]
    x, module = torch.randn(8, *shape), network(harness, layer, shape)
    assert not torch.equal(module(x), x)
    assert torch.equal(module.eval()(x), x)


@pytest.mark.parametrize(("layer", "shape"), [("dropout1d", (50, 6)), ("dropout2d", (50, 3, 2))])
def test_channels_are_dropped_as_a_whole(harness: Harness, layer: str, shape: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    dropped = network(harness, layer, shape, p=0.5)(torch.ones(4, *shape)).flatten(2)
    assert set(dropped.unique().tolist()) == {0.0, 2.0}
    assert torch.equal(dropped, dropped[..., :1].expand_as(dropped))
    assert len({tuple(sample[:, 0].tolist()) for sample in dropped}) == 4, "each sample by its own draw"


def test_alpha_dropout_keeps_mean_and_variance(harness: Harness) -> None:
    torch.manual_seed(0)
    x = torch.randn(4, 50_000)
    dropped = network(harness, "alpha_dropout", (50_000,), p=0.3)(x)
    assert dropped.mean().item() == pytest.approx(0.0, abs=0.02)
    assert dropped.var().item() == pytest.approx(1.0, abs=0.02)
    lowest = torch.nn.functional.selu(torch.tensor(-100.0)).item()
    assert lowest == pytest.approx(-1.758, abs=1e-3), "the number in the formula"
