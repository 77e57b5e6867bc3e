"""Layers that rearrange values without changing them; those that cut or fill up stand in `shape_cutting`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import prod

from engine.graph.params import Int, Params, ParamValue, Shape
from engine.graph.wording import on_one_line
from engine.layers.axes import axis_objection, axis_param
from engine.layers.sliding import numbers
from engine.layers.spec import Call, LayerSpec, TensorShape, describe_shape, format_shape, whole

rearrangement = partial(LayerSpec, family="Shape")
"""A declaration of this family."""


def _flatten_check(shapes: Sequence[TensorShape], params: Params) -> str | None:
    return axis_objection("Flatten works", shapes[0], whole(params["start_dim"]))


FLATTEN = rearrangement(
    id="flatten",
    label="Flatten",
    target="torch.nn.Flatten",
    base_name="flatten",
    doc="Lays all values of a sample out in one row.",
    formula="y[c·H·W + i·W + j] = x[c, i, j]",
    shape_rule="Channels × height × width → one vector of as many values; axes before the first one stay.",
    when="Between the convolutions, which work on images, and the dense layers, which work on vectors.",
    pitfalls="A dense layer behind a large flattened image has millions of weights; pool first.",
    source="torch.nn.Flatten",
    also="vectorize ravel",
    icon="format-align-justify",
    params=(
        Int(
            name="start_dim",
            label="First axis",
            default=1,
            minimum=1,
            maximum=4,
            doc="From which axis on values are laid out in one row: 1 takes the whole sample, 2 leaves the channels "
            "apart, which makes a row of each.",
        ),
    ),
    check=_flatten_check,
    summary=lambda params: "" if params["start_dim"] == 1 else f"from axis {params['start_dim']}",
)


def _reshape_check(shapes: Sequence[TensorShape], params: Params) -> str | None:
    sizes, values = numbers(params["shape"]), prod(shapes[0])
    if sizes.count(-1) > 1 or 0 in sizes:
        return "Reshape takes sizes from 1 on; only one of them may be −1, for whatever remains."
    known = prod(size for size in sizes if size != -1)
    if (values % known) if -1 in sizes else (values != known):
        return (
            f"Reshape cannot make {_with_rest(sizes)} out of {format_shape(shapes[0])}: "
            f"{values:,} values do not fill it."
        )
    return None


def _with_rest(sizes: TensorShape) -> str:
    """`16 × ?`, where −1 stands for whatever remains."""
    return format_shape(sizes).replace("-1", "?")


RESHAPE = rearrangement(
    id="reshape",
    label="Reshape",
    target="engine.modules.shape.Reshape",
    base_name="reshape",
    doc="Lays the values of a sample out in another shape, in the order in which they lie: the last axis runs fastest.",
    formula="y = the values of x, row by row, in the new shape",
    shape_rule="Any shape → the given one, of as many values; one size may be −1, for whatever remains.",
    when="To make an image of a vector, as a generator or a decoder does, or to cut an axis in two.",
    pitfalls="It does not swap axes: 2 × 3 to 3 × 2 tears the rows apart. Use Transpose or Permute for that.",
    source="torch.Tensor.reshape",
    also="unflatten view resize",
    icon="table-cog",
    params=(
        Shape(
            name="shape",
            label="New shape",
            default=(-1,),
            minimum_size=-1,
            maximum_size=10_000_000,
            doc="The sizes along each axis of a sample; −1 for whatever remains.",
        ),
    ),
    check=_reshape_check,
    summary=lambda params: on_one_line(f"→ {_with_rest(numbers(params['shape']))}", 24),
)


def _with_batch(shapes: Sequence[TensorShape], params: Params) -> dict[str, ParamValue]:
    return {"dims": (0, *numbers(params["order"]))}


def _permute_check(shapes: Sequence[TensorShape], params: Params) -> str | None:
    order, axes = numbers(params["order"]), len(shapes[0])
    if sorted(order) != list(range(1, axes + 1)):
        return (
            f"Permute has to name each of the axes 1 to {axes} of {describe_shape(shapes[0])} once, "
            f"but its order is {', '.join(map(str, order))}."
        )
    return None


PERMUTE = rearrangement(
    id="permute",
    label="Permute",
    target="torch.permute",
    call=Call.FUNCTION,
    base_name="permute",
    doc="Puts the axes of a sample in another order, as turning a table does with its rows and columns.",
    formula="y[j, k, i] = x[i, j, k] for the order 2, 3, 1",
    shape_rule="The same sizes in the new order.",
    when="Where a layer expects its features last: 2, 3, 1 puts the channels of an image behind height and width.",
    pitfalls="It is not Reshape, which keeps the order of values and only cuts them differently.",
    source="torch.permute",
    also="axes order channels last",
    icon="axis-arrow",
    params=(
        Shape(
            name="order",
            default=(2, 3, 1),
            maximum_size=4,
            passed=False,
            doc="Which axis of the input comes first, second and so on; 1 is the first axis behind the batch.",
        ),
    ),
    wire=_with_batch,
    check=_permute_check,
    summary=lambda params: ", ".join(map(str, numbers(params["order"]))),
)


def _transpose_check(shapes: Sequence[TensorShape], params: Params) -> str | None:
    axes = (whole(params["dim0"]), whole(params["dim1"]))
    return next(filter(None, (axis_objection("Transpose swaps", shapes[0], axis) for axis in axes)), None)


TRANSPOSE = rearrangement(
    id="transpose",
    label="Transpose",
    target="torch.transpose",
    call=Call.FUNCTION,
    base_name="transpose",
    doc="Swaps two axes.",
    formula="y[j, i] = x[i, j]",
    shape_rule="The two sizes change places.",
    when="Between layers that have features first (Conv 1D) and those that have them last (recurrent, attention).",
    pitfalls="A layer behind it accepts the wrong order without a word whenever both sizes fit: read the shapes.",
    source="torch.transpose",
    also="swap axes",
    icon="swap-horizontal",
    params=(
        axis_param("One of the two axes.", name="dim0", label="First axis"),
        axis_param("The other one.", name="dim1", label="Second axis", default=2),
    ),
    check=_transpose_check,
    summary=lambda params: f"{params['dim0']} ↔ {params['dim1']}",
)

SQUEEZE = rearrangement(
    id="squeeze",
    label="Squeeze",
    target="torch.squeeze",
    call=Call.FUNCTION,
    base_name="squeeze",
    doc="Removes an axis of size 1, which holds no information.",
    formula="y[i] = x[1, i] for axis 1",
    shape_rule="The axis disappears if its size is 1; otherwise nothing changes.",
    when="Behind a layer that leaves an axis with one entry, such as a window as high as the image.",
    pitfalls="An axis of another size stays without a word, as PyTorch has it: read the shape behind it.",
    source="torch.squeeze",
    also="remove axis dimension",
    icon="arrow-collapse-horizontal",
    params=(axis_param("The axis that is removed."),),
    check=lambda shapes, params: axis_objection("Squeeze works", shapes[0], whole(params["dim"])),
    summary=lambda params: f"axis {params['dim']}",
)

UNSQUEEZE = rearrangement(
    id="unsqueeze",
    label="Unsqueeze",
    target="torch.unsqueeze",
    call=Call.FUNCTION,
    base_name="unsqueeze",
    doc="Adds an axis of size 1.",
    formula="y[1, i] = x[i] for axis 1",
    shape_rule="A 1 is put in at the axis.",
    when="To give a signal the one channel that a convolution expects, or to bring a vector to an image's axes for a "
    "product.",
    pitfalls="The axis is counted in the result, so −1 puts it at the end.",
    source="torch.unsqueeze",
    also="add axis dimension expand",
    icon="arrow-expand-horizontal",
    params=(axis_param("Where the new axis stands in the result."),),
    check=lambda shapes, params: axis_objection("Unsqueeze works", shapes[0], whole(params["dim"]), extra=1),
    summary=lambda params: f"axis {params['dim']}",
)
