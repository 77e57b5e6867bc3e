"""What an activation function does to one number, and how steep it is there, taken from the real layer."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from engine.analysis.calls import make_module
from engine.graph.params import Params, ParamValue
from engine.layers.registry import spec

Samples: TypeAlias = NDArray[np.float64]
_AXES = 5
"""The batch, and as many axes as a sample may have."""


def sample(layer: str, params: Params, xs: Samples) -> tuple[Samples, Samples] | None:
    """The values and slopes of a layer at `xs`.

    Args:
        layer: the id of a layer that is a module without weights, such as `relu`.
        params: a value for each of its parameters.
        xs: where to sample, shape `[n]`.

    Returns:
        Two arrays of shape `[n]`; None when the layer does not treat each number on its own, as softmax does not.
    """
    return _sample(layer, tuple(sorted(params.items())), tuple(map(float, xs)))


@lru_cache(maxsize=64)
def _sample(
    layer: str, params: tuple[tuple[str, ParamValue], ...], xs: tuple[float, ...]
) -> tuple[Samples, Samples] | None:
    module = make_module(spec(layer).invocation((), dict(params))).double().eval()
    points = torch.tensor(xs, dtype=torch.float64, requires_grad=True)
    # Along whichever axis the numbers lie, the result is the same, unless numbers see each other along one of them.
    ways = [
        module(points.reshape([-1 if axis == way else 1 for axis in range(_AXES)])).flatten() for way in range(_AXES)
    ]
    values = ways[0]
    if not all(torch.equal(values, other) for other in ways):
        return None
    (slopes,) = torch.autograd.grad(values.sum(), points)
    return values.detach().numpy(), slopes.numpy()
