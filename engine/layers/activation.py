"""Nonlinear functions applied to each value; without them a deep network is one linear map.

Here are ReLU and its kin; others stand in `activation_bounded`, `activation_smooth` and `activation_special`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from engine.graph.params import Bool, Float, Params, ParamValue, format_value
from engine.layers.spec import SAME_SHAPE, LayerSpec, TensorShape

activation = partial(LayerSpec, family="Activation", shape_rule=SAME_SHAPE)
"""A declaration of this family; activations keep the shape."""

RELU = activation(
    id="relu",
    label="ReLU",
    target="torch.nn.ReLU",
    base_name="relu",
    doc="Passes positive values and blocks negative ones (rectified linear unit).",
    formula="y = max(0, x)",
    when="The default between convolutions and dense layers: quick, and its gradient does not shrink.",
    pitfalls="A unit whose input is always negative gets no gradient any more: it is dead. He initialisation and "
    "a smaller learning rate prevent it, leaky ReLU cures it.",
    source="Nair & Hinton, 2010",
    also="rectifier ramp",
    icon="chart-line-variant",
)

LEAKY_RELU = activation(
    id="leaky_relu",
    label="Leaky ReLU",
    target="torch.nn.LeakyReLU",
    base_name="leaky_relu",
    doc="A ReLU that lets a little of the negative side through, so that no unit can die.",
    formula="y = x if x > 0 else slope · x",
    when="Instead of ReLU when units die.",
    pitfalls="With a slope near 1 it is hardly nonlinear at all.",
    source="Maas et al., 2013",
    also="lrelu",
    icon="chart-line-variant",
    params=(
        Float(name="negative_slope", default=0.01, minimum=0.0, maximum=1.0, doc="The factor on negative values."),
    ),
    summary=lambda params: f"slope {format_value(params['negative_slope'])}",
)


def _slopes(shapes: Sequence[TensorShape], params: Params) -> dict[str, ParamValue]:
    return {"num_parameters": shapes[0][0]} if params["per_channel"] else {}


def _slopes_check(shapes: Sequence[TensorShape], params: Params) -> str | None:
    if params["per_channel"] and not shapes[0]:
        return "PReLU is to learn a slope for each channel, but gets one number, which has no channels."
    return None


PRELU = activation(
    id="prelu",
    label="PReLU",
    target="torch.nn.PReLU",
    base_name="prelu",
    doc="A leaky ReLU that learns how much of the negative side to let through (parametric ReLU).",
    formula="y = x if x > 0 else a · x, with a learned",
    when="In deep convolutional networks instead of ReLU: it costs next to nothing and often gains a little.",
    pitfalls="Weight decay pulls the slope towards 0 and makes it a plain ReLU: its authors leave it out for a. "
    "In small nets the learned slopes help to overfit.",
    source="He et al., 2015 (Delving Deep into Rectifiers)",
    also="parametric relu",
    icon="chart-line-variant",
    params=(
        Bool(
            name="per_channel",
            label="One per channel",
            default=False,
            passed=False,
            doc="Whether each channel learns a slope of its own; otherwise all share one.",
        ),
        Float(
            name="init", label="Initial slope", default=0.25, minimum=0.0, maximum=1.0, doc="What each slope starts at."
        ),
    ),
    wire=_slopes,
    check=_slopes_check,
    summary=lambda params: "one per channel" if params["per_channel"] else "",
)

RELU6 = activation(
    id="relu6",
    label="ReLU6",
    target="torch.nn.ReLU6",
    base_name="relu",
    doc="A ReLU that never gives more than 6.",
    formula="y = min(max(0, x), 6)",
    when="In networks for phones, as MobileNet: bounded values keep their precision in 8-bit arithmetic.",
    pitfalls="Above 6 the gradient is 0, just as below 0: it can die on both sides.",
    source="Krizhevsky, 2010; Howard et al., 2017",
    also="clipped rectifier",
    icon="chart-line-variant",
)

ELU = activation(
    id="elu",
    label="ELU",
    target="torch.nn.ELU",
    base_name="elu",
    doc="A ReLU that bends smoothly to −α on the negative side (exponential linear unit).",
    formula="y = x if x > 0 else α · (eˣ − 1)",
    when="Instead of ReLU in nets without batch norm: negative outputs bring the mean of a layer closer to 0.",
    pitfalls="Far below 0 it is flat, so the gradient still vanishes there; the exponential costs time.",
    source="Clevert, Unterthiner & Hochreiter, 2016",
    also="exponential linear unit",
    icon="chart-line-variant",
    params=(
        Float(
            name="alpha",
            label="α",
            default=1.0,
            minimum=0.0,
            maximum=100.0,
            doc="How far below 0 the output can fall; only with 1 the slope has no jump at 0.",
        ),
    ),
    summary=lambda params: f"α {format_value(params['alpha'])}",
)

SELU = activation(
    id="selu",
    label="SELU",
    target="torch.nn.SELU",
    base_name="selu",
    doc="A scaled ELU whose constants are chosen so that values drift to mean 0 and variance 1 from layer to layer.",
    formula="y = 1.0507 · (x if x > 0 else 1.6733 · (eˣ − 1))",
    when="In deep stacks of dense layers instead of batch norm: such nets normalise themselves.",
    pitfalls="It keeps its promise only with weights drawn with variance 1 / inputs, standardised data, no skip "
    "connections, and alpha dropout instead of dropout.",
    source="Klambauer et al., 2017",
    also="self-normalizing scaled exponential linear unit",
    icon="chart-line-variant",
)
