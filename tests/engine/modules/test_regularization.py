"""Random disturbances are drawn as others draw them, and are gone in evaluation."""

from __future__ import annotations

import pytest
import torch
from torchvision.ops import StochasticDepth as TorchvisionDepth

from engine.modules.regularization import GaussianNoise, StochasticDepth


@pytest.mark.parametrize("mode", ["row", "batch"])
@pytest.mark.parametrize("p", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("shape", [(16, 5), (16, 3, 4, 4)])
def test_stochastic_depth_draws_as_torchvision_does(mode: str, p: float, shape: tuple[int, ...]) -> None:
    x = torch.randn(shape)
    ours, theirs = StochasticDepth(p, mode), TorchvisionDepth(p, mode)
    for seed in range(5):
        torch.manual_seed(seed)
        got = ours(x)
        torch.manual_seed(seed)
        assert torch.equal(got, theirs(x))
    assert torch.equal(ours.eval()(x), x)


def test_stochastic_depth_drops_samples_by_themselves_or_all_together() -> None:
    torch.manual_seed(0)
    x = torch.ones(200, 3)
    rows = StochasticDepth(0.5)(x)
    assert torch.equal(rows, rows[:, :1].expand(-1, 3))
    assert set(rows.unique().tolist()) == {0.0, 2.0}
    together = [StochasticDepth(0.5, "batch")(x).unique().tolist() for _ in range(40)]
    assert {tuple(values) for values in together} == {(0.0,), (2.0,)}


def test_gaussian_noise_has_the_spread_that_is_asked_for() -> None:
    torch.manual_seed(0)
    x = torch.randn(100_000)
    noise = GaussianNoise(0.5)(x) - x
    assert noise.mean().item() == pytest.approx(0.0, abs=0.01)
    assert noise.std().item() == pytest.approx(0.5, abs=0.01)
    assert noise.abs().gt(0.5).double().mean().item() == pytest.approx(0.3173, abs=0.01), "one in three beyond 1 σ"


def test_gaussian_noise_leaves_evaluation_and_gradients_alone() -> None:
    x = torch.randn(4, 5, requires_grad=True)
    assert GaussianNoise(0.5).eval()(x) is x
    GaussianNoise(0.5)(x).sum().backward()
    assert torch.equal(x.grad, torch.ones(4, 5))


@pytest.mark.parametrize("module", [StochasticDepth(0.4), StochasticDepth(0.4, "batch"), GaussianNoise(0.3)], ids=repr)
def test_gradients_are_those_of_the_values(module: torch.nn.Module) -> None:
    def seeded(x: torch.Tensor) -> torch.Tensor:
        torch.manual_seed(3)
        return module(x)

    assert torch.autograd.gradcheck(seeded, torch.randn(6, 3, dtype=torch.double, requires_grad=True))
