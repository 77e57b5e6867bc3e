"""What layers that work along one axis share: axes are counted from 1, since 0 is the batch, or from the end."""

from __future__ import annotations

from engine.graph.params import Int
from engine.layers.spec import TensorShape, describe_shape


def axis_param(doc: str, *, name: str = "dim", label: str = "Axis", default: int = 1) -> Int:
    """The parameter that says along which axis a layer works; `doc` says what happens there."""
    counting = "1 is the first axis behind the batch, −1 the last."
    return Int(name=name, label=label, default=default, minimum=-4, maximum=4, doc=f"{doc} {counting}")


def axis_objection(action: str, shape: TensorShape, axis: int, extra: int = 0) -> str | None:
    """Say so when a sample of `shape` has no such `axis`; None when it has.

    Args:
        action: what the layer does, to go before “along”, such as “Softmax runs”.
        axis: as PyTorch counts, where 0 is the batch, and −1 the last axis.
        extra: how many axes there are beyond those of `shape`, for a layer that adds some.
    """
    axes = len(shape) + extra
    if axis in (0, -axes - 1):
        return f"{action} along axis {axis}, but that is the batch, whose samples stay apart: count from 1."
    if not -axes <= axis <= axes:
        hint = f": a new one can be axis 1 to {axes}" if extra else ""
        return f"{action} along axis {axis}, but {describe_shape(shape)} has only {len(shape)}{hint}."
    return None


def axis_index(shape: TensorShape, axis: int) -> int:
    """Where the size along `axis` stands in `shape`."""
    return axis - 1 if axis > 0 else len(shape) + axis
