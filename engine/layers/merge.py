"""Layers with several inputs; they end skip connections and branches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from engine.graph.params import Params
from engine.layers.axes import axis_index, axis_objection, axis_param
from engine.layers.spec import Call, LayerSpec, Port, TensorShape, format_shape, whole

merge = partial(LayerSpec, family="Merge")
"""A declaration of this family."""
_SAME_SHAPE = "All inputs have one shape, and so has the output; where one has a 1, it is repeated to fit the others."


def _broadcast(left: TensorShape, right: TensorShape) -> TensorShape | None:
    """The shape in which two meet value by value; None when they do not fit, or have different numbers of axes."""
    if len(left) != len(right) or not all(a == b or 1 in (a, b) for a, b in zip(left, right, strict=True)):
        return None
    return tuple(map(max, left, right))


def _need_one_shape(label: str) -> Callable[[Sequence[TensorShape], Params], str | None]:
    """The check of a layer that meets its inputs value by value."""

    def check(shapes: Sequence[TensorShape], params: Params) -> str | None:
        total = shapes[0]
        for shape in shapes[1:]:
            met = _broadcast(total, shape)
            if met is None:
                return (
                    f"{label} needs inputs of one shape, but {format_shape(total)} meets {format_shape(shape)}. "
                    "Bring them to the same shape, for instance by a 1×1 convolution on the skip connection."
                )
            total = met
        return None

    return check


def _value_by_value(label: str, **declaration: Any) -> LayerSpec:
    """A declaration of a layer that meets its inputs value by value."""
    return merge(label=label, shape_rule=_SAME_SHAPE, check=_need_one_shape(label), **declaration)


ADD = _value_by_value(
    "Add",
    id="add",
    target="operator.add",
    call=Call.FOLD,
    base_name="add",
    doc="Adds its inputs value by value; the end of a residual (skip) connection.",
    formula="y = x₁ + x₂ + …",
    when="To let the signal and the gradient skip layers, as in ResNet.",
    pitfalls="Shapes have to agree: where a stage shrinks the image or widens it, the skip needs a 1×1 convolution.",
    source="He et al., 2016",
    also="sum plus residual skip shortcut",
    icon="plus",
    inputs=(Port("term", variadic=True),),
)

SUBTRACT = _value_by_value(
    "Subtract",
    id="subtract",
    target="operator.sub",
    call=Call.FUNCTION,
    base_name="difference",
    doc="Takes the second input away from the first, value by value.",
    formula="y = x₁ − x₂",
    when="To compare two branches, or to remove what one has recognised, as DnCNN does with the noise of an image.",
    pitfalls="The order counts: the wire at the first port is what is taken from.",
    source="Zhang et al., 2017",
    also="minus difference residual",
    icon="minus",
    inputs=(Port("from"), Port("subtract")),
)

MULTIPLY = _value_by_value(
    "Multiply",
    id="multiply",
    target="operator.mul",
    call=Call.FOLD,
    base_name="product",
    doc="Multiplies its inputs value by value; with values from 0 to 1 at one of them it is a gate.",
    formula="y = x₁ · x₂ · …",
    when="For gates and attention: a squeeze-and-excitation block weighs each channel by a number of its own.",
    pitfalls="Each factor scales the other's gradient: a gate near 0 blocks both, and large factors make it explode. "
    "For matrices use Matrix product.",
    source="Hochreiter & Schmidhuber, 1997; Hu et al., 2018",
    also="times gate product hadamard scale",
    icon="close",
    inputs=(Port("factor", variadic=True),),
)

MEAN = _value_by_value(
    "Mean",
    id="mean",
    target="engine.modules.merge.mean",
    call=Call.LIST,
    base_name="mean",
    doc="Averages its inputs value by value.",
    formula="y = (x₁ + x₂ + … + xₙ) / n",
    when="To join branches that do the same job: the size of values does not grow with their number, unlike with Add.",
    pitfalls="Each branch gets only 1/n of the gradient; as a skip connection it halves the signal at every block.",
    source="Larsson et al., 2017",
    also="average ensemble",
    icon="approximately-equal",
    inputs=(Port("term", variadic=True),),
)

MAXIMUM = _value_by_value(
    "Maximum",
    id="maximum",
    target="torch.maximum",
    call=Call.FOLD,
    base_name="maximum",
    doc="Keeps the greatest of its inputs at each place.",
    formula="y = max(x₁, x₂, …)",
    when="To let the branch with the strongest answer win. Over dense layers it is maxout, a learned activation.",
    pitfalls="Only the winner gets a gradient, so a branch that always loses never learns; equals share it.",
    source="Goodfellow et al., 2013; torch.maximum",
    also="max maxout greatest",
    icon="chevron-double-up",
    inputs=(Port("value", variadic=True),),
)

MINIMUM = _value_by_value(
    "Minimum",
    id="minimum",
    target="torch.minimum",
    call=Call.FOLD,
    base_name="minimum",
    doc="Keeps the least of its inputs at each place.",
    formula="y = min(x₁, x₂, …)",
    when="Where all branches have to agree: of degrees of truth it is the “and” of fuzzy logic.",
    pitfalls="Only the least gets a gradient, so the other branches learn nothing from this sample.",
    source="Zadeh, 1965; torch.minimum",
    also="min least fuzzy and",
    icon="chevron-double-down",
    inputs=(Port("value", variadic=True),),
)


def _concat_check(shapes: Sequence[TensorShape], params: Params) -> str | None:
    axis = whole(params["dim"])
    for shape in shapes:
        objection = axis_objection("Concat joins", shape, axis)
        if objection:
            return objection
        rest, first_rest = list(shape), list(shapes[0])
        if len(rest) == len(first_rest):
            index = axis_index(shape, axis)
            rest[index] = first_rest[index] = 0
        if rest != first_rest:
            return (
                f"Concat along axis {axis} needs inputs that agree along all other axes, "
                f"but {format_shape(shapes[0])} meets {format_shape(shape)}."
            )
    return None


CONCAT = merge(
    id="concat",
    label="Concat",
    target="torch.cat",
    call=Call.LIST,
    base_name="concat",
    doc="Lays its inputs side by side, by default along the channels.",
    formula="y = [x₁, x₂, …]",
    shape_rule="The sizes along the axis add up; all others agree.",
    when="To keep what several branches found, as in GoogLeNet, DenseNet and U-Net.",
    pitfalls="Channels add up quickly, and with them the weights of the next layer.",
    source="Szegedy et al., 2015; Huang et al., 2017",
    also="cat concatenate join append",
    icon="set-merge",
    params=(axis_param("The axis along which inputs are joined: 1 for the channels of an image."),),
    inputs=(Port("part", variadic=True),),
    check=_concat_check,
)


def _stack_check(shapes: Sequence[TensorShape], params: Params) -> str | None:
    for shape in shapes[1:]:
        if shape != shapes[0]:
            return f"Stack needs inputs of the same shape, but {format_shape(shapes[0])} meets {format_shape(shape)}."
    return axis_objection("Stack works", shapes[0], whole(params["dim"]), extra=1)


STACK = merge(
    id="stack",
    label="Stack",
    target="torch.stack",
    call=Call.LIST,
    base_name="stack",
    doc="Lays its inputs on top of each other along a new axis.",
    formula="y[k] = xₖ for axis 1",
    shape_rule="A new axis as long as there are inputs; all others agree.",
    when="To make a sequence of vectors from several branches, for a recurrent or an attention layer to read.",
    pitfalls="Unlike Concat it adds an axis: layers behind it have to expect it.",
    source="torch.stack",
    also="sequence new axis",
    icon="layers-plus",
    params=(axis_param("Where the new axis stands in the result."),),
    inputs=(Port("part", variadic=True),),
    check=_stack_check,
)


def _matmul_check(shapes: Sequence[TensorShape], params: Params) -> str | None:
    left, right = shapes
    if len(left) != len(right) or _broadcast(left[:-2], right[:-2]) is None or left[-1] != right[-2]:
        return (
            "Matrix product needs as many columns in the first matrix as rows in the second, "
            f"but {format_shape(left)} meets {format_shape(right)}."
        )
    return None


MATMUL = merge(
    id="matmul",
    label="Matrix product",
    target="torch.matmul",
    call=Call.FUNCTION,
    base_name="matmul",
    doc="Multiplies the matrix of the first input by that of the second: rows meet columns.",
    formula="y[i, j] = Σ x₁[i, k] · x₂[k, j]",
    shape_rule="Matrices of n × k and k × m → n × m; a first of three axes counts them, as for the heads of attention.",
    when="To build attention by hand, or to let a network compute the weights by which another branch is mixed.",
    pitfalls="The order counts. Sums of k products grow with √k: attention divides by it, or softmax would saturate.",
    source="Vaswani et al., 2017; torch.matmul",
    also="matmul dot product bmm attention",
    icon="matrix",
    inputs=(Port("left matrix", ranks=(2, 3)), Port("right matrix", ranks=(2, 3))),
    check=_matmul_check,
)
