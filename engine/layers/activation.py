"""Nonlinear functions applied to each value; without them a deep network is one linear map."""

from __future__ import annotations

from collections.abc import Sequence

from engine.graph.params import Float, Int, Params, format_value
from engine.layers.spec import LayerSpec, TensorShape, describe_shape

_SAME = "the same as the input's"

RELU = LayerSpec(
    id="relu",
    label="ReLU",
    family="Activation",
    target="torch.nn.ReLU",
    base_name="relu",
    doc="Passes positive values and blocks negative ones (rectified linear unit).",
    formula="y = max(0, x)",
    shape_rule=_SAME,
    when="The default between convolutions and dense layers: quick, and its gradient does not shrink.",
    pitfalls="A unit whose input is always negative gets no gradient any more: it is dead. He initialisation and "
    "a smaller learning rate prevent it, leaky ReLU cures it.",
    source="Nair & Hinton, 2010",
    icon="chart-line-variant",
)

LEAKY_RELU = LayerSpec(
    id="leaky_relu",
    label="Leaky ReLU",
    family="Activation",
    target="torch.nn.LeakyReLU",
    base_name="leaky_relu",
    doc="A ReLU that lets a little of the negative side through, so that no unit can die.",
    formula="y = x if x > 0 else slope · x",
    shape_rule=_SAME,
    when="Instead of ReLU when units die.",
    pitfalls="With a slope near 1 it is hardly nonlinear at all.",
    source="Maas et al., 2013",
    icon="chart-line-variant",
    params=(
        Float(name="negative_slope", default=0.01, minimum=0.0, maximum=1.0, doc="The factor on negative values."),
    ),
    summary=lambda params: f"slope {format_value(params['negative_slope'])}",
)

SIGMOID = LayerSpec(
    id="sigmoid",
    label="Sigmoid",
    family="Activation",
    target="torch.nn.Sigmoid",
    base_name="sigmoid",
    doc="Squeezes every value into the range from 0 to 1.",
    formula="y = 1 / (1 + e⁻ˣ)",
    shape_rule=_SAME,
    when="For gates, and for probabilities of independent yes–no questions.",
    pitfalls="Its slope is at most ¼ and nearly 0 far from the middle: in a deep stack the gradient vanishes.",
    source="torch.nn.Sigmoid",
    icon="chart-bell-curve-cumulative",
)

TANH = LayerSpec(
    id="tanh",
    label="Tanh",
    family="Activation",
    target="torch.nn.Tanh",
    base_name="tanh",
    doc="Squeezes every value into the range from −1 to 1, centred on 0.",
    formula="y = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)",
    shape_rule=_SAME,
    when="Instead of sigmoid in hidden layers: centred values learn faster. The original LeNet did.",
    pitfalls="Saturates far from the middle, where the gradient vanishes. Xavier initialisation keeps values near it.",
    source="LeCun et al., 1998",
    icon="chart-bell-curve-cumulative",
)


def _softmax_check(shapes: Sequence[TensorShape], params: Params) -> str | None:
    axis = params["dim"]
    if isinstance(axis, int) and axis > len(shapes[0]):
        return f"Softmax runs along axis {axis}, but {describe_shape(shapes[0])} has only {len(shapes[0])}."
    return None


SOFTMAX = LayerSpec(
    id="softmax",
    label="Softmax",
    family="Activation",
    target="torch.nn.Softmax",
    base_name="softmax",
    doc="Turns scores into probabilities that add up to 1.",
    formula="y[k] = e^x[k] / Σ e^x[i]",
    shape_rule=_SAME,
    when="To read a classifier's scores as probabilities, and for weights that share a whole.",
    pitfalls="Cross-entropy contains a softmax already: a second one before it slows learning down.",
    source="torch.nn.Softmax",
    icon="chart-donut",
    params=(
        Int(
            name="dim",
            label="Axis",
            default=1,
            minimum=1,
            maximum=4,
            doc="The axis along which the values add up to 1; 1 is the first behind the batch.",
        ),
    ),
    check=_softmax_check,
)
