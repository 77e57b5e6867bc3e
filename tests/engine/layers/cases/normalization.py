"""How normalisations are drawn and what they are compared with; `conftest.py` says what the tables mean."""

from __future__ import annotations

from torch import nn

from engine.graph.params import Params
from engine.layers.spec import TensorShape

Shapes = list[TensorShape]


def running(kind: type[nn.Module]):
    """A norm that can keep running averages."""
    return lambda shapes, p: kind(shapes[0][0], p["eps"], p["momentum"], p["affine"], p["track_running_stats"])


def groups_that_divide(draw, params: Params, shapes: Shapes) -> None:
    shapes[0] = (shapes[0][0] * params["num_groups"], *shapes[0][1:])


def axes_that_exist(draw, params: Params, shapes: Shapes) -> None:
    params["axes"] = min(params["axes"], len(shapes[0]))


ADJUST = {"group_norm": groups_that_divide, "layer_norm": axes_that_exist, "rms_norm": axes_that_exist}


def too_many_axes(shapes: Shapes, params: Params) -> bool:
    return params["axes"] > len(shapes[0])


STRICTER = {
    # PyTorch is given sizes, not how many axes were meant.
    "layer_norm": too_many_axes,
    "rms_norm": too_many_axes,
    # Over the batch, samples would depend on each other.
    "l2_normalize": lambda shapes, p: p["dim"] in (0, -1 - len(shapes[0])),
}
HAND_WRITTEN = {
    "batch_norm1d": running(nn.BatchNorm1d),
    "batch_norm2d": running(nn.BatchNorm2d),
    "batch_norm3d": running(nn.BatchNorm3d),
    "instance_norm1d": running(nn.InstanceNorm1d),
    "instance_norm2d": running(nn.InstanceNorm2d),
    "layer_norm": lambda shapes, p: nn.LayerNorm(
        shapes[0][len(shapes[0]) - p["axes"] :], p["eps"], p["elementwise_affine"], p["bias"]
    ),
    "rms_norm": lambda shapes, p: nn.RMSNorm(
        shapes[0][len(shapes[0]) - p["axes"] :], p["eps"], p["elementwise_affine"]
    ),
    "group_norm": lambda shapes, p: nn.GroupNorm(p["num_groups"], shapes[0][0], p["eps"], p["affine"]),
    "local_response_norm": lambda shapes, p: nn.LocalResponseNorm(p["size"], p["alpha"], p["beta"], p["k"]),
}
REFERENCE = {
    "l2_normalize": lambda inputs, p: inputs[0] / inputs[0].square().sum(p["dim"], keepdim=True).sqrt().clamp(1e-12),
}
