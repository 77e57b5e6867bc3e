"""What convolution and pooling share: windows that slide over an image."""

from __future__ import annotations

from collections.abc import Sequence

from engine.graph.params import Params, ParamValue
from engine.layers.spec import TensorShape, describe_shape


def pair(value: ParamValue) -> tuple[int, int]:
    """`value` of a `Pair` parameter, for the type checker."""
    assert isinstance(value, tuple)
    return value[0], value[1]


def window_text(params: Params) -> str:
    """`3×3 · /2`: the window, and the stride when it is not 1."""
    height, width = pair(params["kernel_size"])
    down, right = pair(params["stride"])
    stride = "" if (down, right) == (1, 1) else f" · /{down}" if down == right else f" · /{down}×{right}"
    return f"{height}×{width}{stride}"


def window_objection(
    label: str, shapes: Sequence[TensorShape], params: Params, dilation: tuple[int, int]
) -> str | None:
    """Say so when the window is larger than the padded image."""
    for image, kernel, padding, stride, spread, axis in zip(
        shapes[0][1:],
        pair(params["kernel_size"]),
        pair(params["padding"]),
        pair(params["stride"]),
        dilation,
        ("high", "wide"),
        strict=True,
    ):
        reach = spread * (kernel - 1) + 1
        # Where sizes are rounded up, a first window may stick out by less than one step.
        if reach > image + 2 * padding + (stride - 1 if params.get("ceil_mode") else 0):
            padded = f" ({image + 2 * padding} with padding)" if padding else ""
            return (
                f"The {label} window is {reach} {axis}, but {describe_shape(shapes[0])} is only "
                f"{image} {axis}{padded}. "
                "Use a smaller kernel or more padding, or shrink the image less before."
            )
    return None
