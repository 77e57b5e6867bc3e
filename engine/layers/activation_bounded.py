"""Activations that keep values within bounds: sigmoid, tanh and their cheap relatives, and the step."""

from __future__ import annotations

from collections.abc import Sequence

from engine.graph.params import Bool, Float, Params
from engine.layers.activation import activation
from engine.layers.spec import TensorShape

SIGMOID = activation(
    id="sigmoid",
    label="Sigmoid",
    target="torch.nn.Sigmoid",
    base_name="sigmoid",
    doc="Squeezes every value into the range from 0 to 1.",
    formula="y = 1 / (1 + e⁻ˣ)",
    when="For gates, and for probabilities of independent yes–no questions.",
    pitfalls="Its slope is at most ¼ and nearly 0 far from the middle: in a deep stack the gradient vanishes.",
    source="torch.nn.Sigmoid",
    also="logistic",
    icon="chart-bell-curve-cumulative",
)

TANH = activation(
    id="tanh",
    label="Tanh",
    target="torch.nn.Tanh",
    base_name="tanh",
    doc="Squeezes every value into the range from −1 to 1, centred on 0.",
    formula="y = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)",
    when="Instead of sigmoid in hidden layers: centred values learn faster. The original LeNet did.",
    pitfalls="Saturates far from the middle, where the gradient vanishes. Xavier initialisation keeps values near it.",
    source="LeCun et al., 1998",
    also="hyperbolic tangent",
    icon="chart-bell-curve-cumulative",
)

SOFTSIGN = activation(
    id="softsign",
    label="Softsign",
    target="torch.nn.Softsign",
    base_name="softsign",
    doc="Squeezes every value into the range from −1 to 1, but nears its bounds more slowly than tanh.",
    formula="y = x / (1 + |x|)",
    when="Instead of tanh where units saturate: far out its slope falls as 1 / x², not exponentially.",
    pitfalls="It still saturates, so very deep stacks still lose their gradient.",
    source="Turian, Bergstra & Bengio, 2009; Glorot & Bengio, 2010",
    icon="chart-bell-curve-cumulative",
)

HARDSIGMOID = activation(
    id="hardsigmoid",
    label="Hardsigmoid",
    target="torch.nn.Hardsigmoid",
    base_name="hardsigmoid",
    doc="A sigmoid made of three straight lines: 0 up to −3, 1 from 3 on, and a ramp in between.",
    formula="y = min(max(0, x + 3), 6) / 6",
    when="For the gates of networks that run on phones, as in MobileNetV3: no exponential has to be computed.",
    pitfalls="Beyond ±3 the gradient is exactly 0, so a unit that starts there never learns.",
    source="Howard et al., 2019; torch.nn.Hardsigmoid",
    also="hard sigmoid",
    icon="chart-line-variant",
)


def _hardtanh_check(shapes: Sequence[TensorShape], params: Params) -> str | None:
    low, high = params["min_val"], params["max_val"]
    assert isinstance(low, float)
    assert isinstance(high, float)
    if low < high:
        return None
    return f"Hardtanh runs from {low:g} to {high:g}: the upper bound has to lie above the lower one."


HARDTANH = activation(
    id="hardtanh",
    label="Hardtanh",
    target="torch.nn.Hardtanh",
    base_name="hardtanh",
    doc="Cuts values off at a lower and an upper bound: a tanh made of three straight lines.",
    formula="y = min(max(lower, x), upper)",
    when="Instead of tanh where speed counts, and to bound what a network gives out, such as a steering angle.",
    pitfalls="Beyond its bounds the gradient is exactly 0: standardise the input so that most values lie within.",
    source="Collobert, 2004; torch.nn.Hardtanh",
    also="clip clamp hard tanh",
    icon="chart-line-variant",
    params=(
        Float(
            name="min_val",
            label="Lower bound",
            default=-1.0,
            minimum=-1e6,
            maximum=1e6,
            doc="The least value that comes out.",
        ),
        Float(
            name="max_val",
            label="Upper bound",
            default=1.0,
            minimum=-1e6,
            maximum=1e6,
            doc="The greatest value that comes out.",
        ),
    ),
    check=_hardtanh_check,
    summary=lambda params: f"{params['min_val']:.3g} … {params['max_val']:.3g}",
)

BINARY_STEP = activation(
    id="binary_step",
    label="Binary step",
    target="engine.modules.activation.BinaryStep",
    base_name="step",
    doc="Fires or does not: 1 for positive values, 0 for all others. The first artificial neurons did so.",
    formula="y = 1 if x > 0 else 0; dy/dx = 0, or what straight-through says",
    when="To show why the perceptron's step gave way to smooth functions; with straight-through for binary networks.",
    pitfalls="Its slope is 0 everywhere, so nothing before it learns: that is what “straight-through” is for. "
    "The straight-through gradient is made up, so expect noisy training; use a small learning rate.",
    source="McCulloch & Pitts, 1943; straight-through: Hinton, 2012; Bengio et al., 2013; clipped: Hubara et al., 2016",
    also="heaviside threshold perceptron binarize sign",
    icon="stairs",
    params=(
        Bool(
            name="straight_through",
            label="Straight-through gradient",
            default=False,
            doc="Whether the gradient passes as if y were x, so that layers before it can learn.",
        ),
        Bool(
            name="clip_gradient",
            label="Only for |x| ≤ 1",
            default=True,
            only_with=("straight_through", (True,)),
            doc="Whether the gradient passes only where x lies between −1 and 1, so that values far from the step are "
            "not pushed further out.",
        ),
    ),
    summary=lambda params: "straight-through" if params["straight_through"] else "",
)
