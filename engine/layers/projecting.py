"""Which single layer brings a value to the shape of another one, so that the two can be added."""

from __future__ import annotations

from engine.graph.params import ParamValue
from engine.layers.spec import TensorShape


def projection(shape: TensorShape, target: TensorShape) -> tuple[str, dict[str, ParamValue]] | None:
    """The id of a layer that makes `target` of `shape`, and what of it is not the default; None when none does."""
    if len(shape) != len(target):
        return None
    if len(shape) in (1, 2):
        return ("linear", {"out_features": target[-1]}) if shape[:-1] == target[:-1] else None
    if len(shape) != 3:
        return None
    # A 1×1 convolution with a stride s leaves ⌈size / s⌉ pixels.
    for stride in range(1, max(shape[1:]) + 1):
        if all(-(-size // stride) == wanted for size, wanted in zip(shape[1:], target[1:], strict=True)):
            return ("shortcut", {"out_channels": target[0], "stride": stride})
    return None
