"""Layers with several inputs; they end skip connections and branches."""

from __future__ import annotations

from collections.abc import Sequence

from engine.graph.params import Int, Params
from engine.layers.spec import Call, LayerSpec, Port, TensorShape, format_shape


def _broadcasts(left: TensorShape, right: TensorShape) -> bool:
    return len(left) == len(right) and all(a == b or 1 in (a, b) for a, b in zip(left, right, strict=True))


def _add_check(shapes: Sequence[TensorShape], params: Params) -> str | None:
    total = shapes[0]
    for shape in shapes[1:]:
        if not _broadcasts(total, shape):
            return (
                f"Add needs inputs of one shape, but {format_shape(total)} meets {format_shape(shape)}. "
                "Bring them to the same shape, for instance by a 1×1 convolution on the skip connection."
            )
        total = tuple(map(max, total, shape))
    return None


def _concat_check(shapes: Sequence[TensorShape], params: Params) -> str | None:
    axis = params["dim"]
    assert isinstance(axis, int)
    for shape in shapes:
        if len(shape) < axis:
            return f"Concat joins along axis {axis}, but {format_shape(shape)} has only {len(shape)}."
        rest, first_rest = list(shape), list(shapes[0])
        if len(rest) == len(first_rest):
            rest[axis - 1] = first_rest[axis - 1] = 0
        if rest != first_rest:
            return (
                f"Concat along axis {axis} needs inputs that agree along all other axes, "
                f"but {format_shape(shapes[0])} meets {format_shape(shape)}."
            )
    return None


ADD = LayerSpec(
    id="add",
    label="Add",
    family="Merge",
    target="operator.add",
    call=Call.FOLD,
    base_name="add",
    doc="Adds its inputs value by value; the end of a residual (skip) connection.",
    formula="y = x₁ + x₂ + …",
    shape_rule="all inputs have one shape, and so has the output",
    when="To let the signal and the gradient skip layers, as in ResNet.",
    pitfalls="Shapes have to agree: where a stage shrinks the image or widens it, the skip needs a 1×1 convolution.",
    source="He et al., 2016",
    icon="plus",
    inputs=(Port("term", variadic=True),),
    check=_add_check,
)

CONCAT = LayerSpec(
    id="concat",
    label="Concat",
    family="Merge",
    target="torch.cat",
    call=Call.LIST,
    base_name="concat",
    doc="Lays its inputs side by side, by default along the channels.",
    formula="y = [x₁, x₂, …]",
    shape_rule="the sizes along the axis add up; all others agree",
    when="To keep what several branches found, as in GoogLeNet, DenseNet and U-Net.",
    pitfalls="Channels add up quickly, and with them the weights of the next layer.",
    source="Szegedy et al., 2015; Huang et al., 2017",
    icon="set-merge",
    params=(
        Int(
            name="dim",
            label="Axis",
            default=1,
            minimum=1,
            maximum=4,
            doc="The axis along which inputs are joined; 1 is the channels (0 would be the batch).",
        ),
    ),
    inputs=(Port("part", variadic=True),),
    check=_concat_check,
)
