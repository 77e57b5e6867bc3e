"""The binary step and its made-up gradients."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from engine.modules.activation import BinaryStep

XS = torch.tensor([-1e30, -3.0, -1.0, -0.4, -0.0, 0.0, 0.3, 1.0, 1.1, 1e30])
WAYS = pytest.mark.parametrize("straight_through", [False, True])
CLIPS = pytest.mark.parametrize("clip_gradient", [False, True])


def gradient(step: BinaryStep, x: Tensor, above: Tensor) -> Tensor:
    """What comes back to `x` when `above` comes in."""
    x = x.clone().requires_grad_()
    step(x).backward(above)
    assert x.grad is not None
    return x.grad


@WAYS
@CLIPS
def test_it_fires_for_positive_values_only(straight_through: bool, clip_gradient: bool) -> None:
    result = BinaryStep(straight_through, clip_gradient)(XS)
    assert result.tolist() == [0, 0, 0, 0, 0, 0, 1, 1, 1, 1]
    assert result.dtype == XS.dtype


def test_its_gradients() -> None:
    above = torch.arange(1.0, 11.0)
    assert gradient(BinaryStep(), XS, above).tolist() == [0.0] * 10
    assert torch.equal(gradient(BinaryStep(True, False), XS, above), above)
    within = torch.tensor([0, 0, 1, 1, 1, 1, 1, 1, 0, 0])
    assert torch.equal(gradient(BinaryStep(True, True), XS, above), above * within)


def test_without_straight_through_the_gradient_is_that_of_the_function() -> None:
    x = torch.tensor([-2.0, -0.5, 0.5, 2.0], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(BinaryStep(), (x,))


def test_layers_before_it_learn_only_straight_through() -> None:
    torch.manual_seed(0)
    x = torch.randn(256, 2)
    wanted = (x[:, :1] > x[:, 1:]).float()
    losses = {}
    for straight_through in (False, True):
        linear = torch.nn.Linear(2, 1)
        with torch.no_grad():
            linear.weight.copy_(torch.tensor([[-1.0, 1.0]]))
        perceptron = torch.nn.Sequential(linear, BinaryStep(straight_through))
        optimizer = torch.optim.SGD(perceptron.parameters(), lr=0.5)
        for _ in range(60):
            optimizer.zero_grad()
            loss = (perceptron(x) - wanted).square().mean()
            loss.backward()
            optimizer.step()
        losses[straight_through] = loss.item()
    assert losses[False] > 0.7
    assert losses[True] < 0.05


@WAYS
def test_it_can_be_exported(straight_through: bool) -> None:
    exported = torch.export.export(BinaryStep(straight_through), (XS,)).module()
    assert torch.equal(exported(XS), BinaryStep()(XS))
