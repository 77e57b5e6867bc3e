"""Two networks with the same weights, asked whether they are the same function."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
import torch
from torch import Tensor, nn

from engine.compiler.build import build
from engine.graph.model import Graph

RELATIVE = 1e-5
"""How far two results may be apart, as a share of the largest value."""


def stir(model: nn.Module) -> nn.Module:
    """Give `model` statistics and scales as after some training, so that no norm does nothing."""
    generator = torch.Generator().manual_seed(0)
    for part in model.modules():
        if isinstance(part, (nn.BatchNorm2d, nn.LayerNorm)):
            nn.init.uniform_(part.weight, 0.5, 1.5, generator=generator)
            nn.init.normal_(part.bias, std=0.1, generator=generator)
        if isinstance(part, nn.BatchNorm2d):
            nn.init.normal_(part.running_mean, std=0.1, generator=generator)
            nn.init.uniform_(part.running_var, 0.5, 1.5, generator=generator)
    return model


def twin(graph: Graph, reference: nn.Module, renamed: Callable[[str], str] = str) -> nn.Module:
    """The compiled network of `graph` with the weights of `reference`, loaded strictly, by name.

    The weights are shared, which is quick and saves half a gigabyte for a VGG; the statistics of norms are not.
    """
    shared = {name for name, _ in reference.named_parameters()}
    state = {
        renamed(name): value if name in shared else value.clone() for name, value in reference.state_dict().items()
    }
    model = build(graph, device="meta")
    model.load_state_dict(state, strict=True, assign=True)
    return model


def outputs_and_gradients(model: nn.Module, shape: Sequence[int]) -> list[Tensor]:
    """What `model` makes of a fixed input, and the gradient of a fixed mix of it at the input."""
    torch.manual_seed(1)
    x = torch.randn(2, *shape, requires_grad=True)
    found = model(x)
    results = list(found) if isinstance(found, tuple) else [found]
    mixed = sum((result * torch.randn(result.shape)).sum() for result in results)
    return [*results, *torch.autograd.grad(mixed, x)]


def assert_same_function(ours: nn.Module, theirs: nn.Module, shape: Sequence[int], *, training: bool) -> None:
    """Outputs, input gradients and what norms remember are equal, with the same random numbers."""
    expected = outputs_and_gradients(theirs.train(training), shape)
    found = outputs_and_gradients(ours.train(training), shape)
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert_close(one, other)
    for one, other in zip(_buffers(ours), _buffers(theirs), strict=True):
        assert_close(one, other)


def assert_close(found: Tensor, expected: Tensor) -> None:
    """The values are equal up to rounding, and say something."""
    largest = float(expected.detach().abs().max())
    assert 0 < largest < float("inf")
    torch.testing.assert_close(found, expected, rtol=RELATIVE, atol=RELATIVE * largest)


def _buffers(model: nn.Module) -> list[Tensor]:
    saved = model.state_dict().keys()
    found = sorted((name, buffer) for name, buffer in model.named_buffers() if name in saved)
    return [buffer.float() for name, buffer in found if "num_batches" not in name]


class Twins:
    """The helpers above, for tests."""

    stir = staticmethod(stir)
    twin = staticmethod(twin)
    assert_same_function = staticmethod(assert_same_function)


@pytest.fixture(scope="session")
def twins() -> type[Twins]:
    return Twins
