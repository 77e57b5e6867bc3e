"""How activations are drawn and what they are compared with; `conftest.py` says what the tables mean."""

from __future__ import annotations

import math

from hypothesis import strategies as st
from torch import nn

from engine.modules.activation import BinaryStep

FORMULAS = {
    "x * sigmoid(x)": lambda x: nn.functional.silu(x),
    "where(x > 0, x, 0.1 * x)": lambda x: nn.functional.leaky_relu(x, 0.1),
    "x / (1 + abs(x))": lambda x: nn.functional.softsign(x),
    "0.5 * x * (1 + erf(x / 2**0.5))": lambda x: nn.functional.gelu(x),
    "-x**3 + 2 * x - pi": lambda x: 2 * x - x.pow(3) - math.pi,
    "clamp(x, -1, 1)": lambda x: nn.functional.hardtanh(x),
    "log(x)": lambda x: x.log(),
}


def axis_of(shape, params):
    """Whether the parameter `dim` names an axis of a sample."""
    return params["dim"] not in (0, -len(shape) - 1)


def take_an_axis(draw, params, shapes):
    """An axis that there is, counted from either end."""
    axes = len(shapes[0])
    params["dim"] = draw(st.integers(1, axes) | st.integers(-axes, -1))


def choose_a_formula(draw, params, shapes):
    """One whose functions have the same names in torch."""
    params["formula"] = draw(st.sampled_from(sorted(FORMULAS)))


ADJUST = {"custom_activation": choose_a_formula, "softmax": take_an_axis, "log_softmax": take_an_axis}
STRICTER = {
    # PyTorch would let the samples of a batch share the whole.
    "softmax": lambda shapes, p: not axis_of(shapes[0], p),
    "log_softmax": lambda shapes, p: not axis_of(shapes[0], p),
}
HAND_WRITTEN = {
    "relu": lambda shapes, p: nn.ReLU(),
    "leaky_relu": lambda shapes, p: nn.LeakyReLU(p["negative_slope"]),
    "prelu": lambda shapes, p: nn.PReLU(shapes[0][0] if p["per_channel"] else 1, p["init"]),
    "relu6": lambda shapes, p: nn.ReLU6(),
    "elu": lambda shapes, p: nn.ELU(p["alpha"]),
    "selu": lambda shapes, p: nn.SELU(),
    "sigmoid": lambda shapes, p: nn.Sigmoid(),
    "tanh": lambda shapes, p: nn.Tanh(),
    "softsign": lambda shapes, p: nn.Softsign(),
    "hardsigmoid": lambda shapes, p: nn.Hardsigmoid(),
    "hardtanh": lambda shapes, p: nn.Hardtanh(p["min_val"], p["max_val"]),
    "binary_step": lambda shapes, p: BinaryStep(p["straight_through"], p["clip_gradient"]),
    "gelu": lambda shapes, p: nn.GELU(p["approximate"]),
    "silu": lambda shapes, p: nn.SiLU(),
    "mish": lambda shapes, p: nn.Mish(),
    "hardswish": lambda shapes, p: nn.Hardswish(),
    "softplus": lambda shapes, p: nn.Softplus(p["beta"], p["threshold"]),
    "softmax": lambda shapes, p: nn.Softmax(p["dim"]),
    "log_softmax": lambda shapes, p: nn.LogSoftmax(p["dim"]),
    "identity": lambda shapes, p: nn.Identity(),
}
REFERENCE = {"custom_activation": lambda inputs, p: FORMULAS[p["formula"]](inputs[0])}
