"""What an activation function does to one number, and how steep it is there, taken from the real layer."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.analysis.calls import carry_out, make_module
from engine.graph.params import Params, ParamValue
from engine.layers.registry import spec
from engine.layers.spec import Call

Samples: TypeAlias = NDArray[np.float64]
_AXES = 5
"""The batch, and as many axes as a sample may have."""


def sample(layer: str, params: Params, xs: Samples) -> tuple[Samples, Samples] | None:
    """The values and slopes of a layer at `xs`, its weights as they are before training.

    Args:
        layer: the id of a layer with one input and one output, such as `relu`.
        params: a value for each of its parameters.
        xs: where to sample, shape `[n]`.

    Returns:
        Two arrays of shape `[n]`, which hold what PyTorch computes: also NaN and infinity, as a logarithm gives;
        None when the layer does not treat each number on its own, as softmax does not.
    """
    return _sample(layer, tuple(sorted(params.items())), tuple(map(float, xs)))


@lru_cache(maxsize=64)
def _sample(
    layer: str, params: tuple[tuple[str, ParamValue], ...], xs: tuple[float, ...]
) -> tuple[Samples, Samples] | None:
    points = torch.tensor(xs, dtype=torch.float64, requires_grad=True)
    # Along whichever axis the numbers lie, the result is the same, unless numbers see each other along one of them.
    ways = [_computed(layer, dict(params), points, way) for way in range(_AXES)]
    values = ways[0]
    if not all(np.array_equal(values.detach(), other.detach(), equal_nan=True) for other in ways):
        return None
    # A formula such as x > 0 is cut off from x.
    slopes = torch.autograd.grad(values.sum(), points)[0] if values.requires_grad else torch.zeros_like(points)
    return values.detach().numpy(), slopes.numpy()


def _computed(layer: str, params: Params, points: Tensor, way: int) -> Tensor:
    """What the layer makes of `points` when they lie along the axis `way`, shape `[n]`."""
    declared = spec(layer)
    x = points.reshape([-1 if axis == way else 1 for axis in range(_AXES)])
    invocation = declared.invocation((tuple(x.shape[1:]),), params)
    module = make_module(invocation).double().eval() if declared.call is Call.MODULE else None
    computed: Tensor = carry_out(declared, params, invocation, [x], module)
    return computed.flatten()
