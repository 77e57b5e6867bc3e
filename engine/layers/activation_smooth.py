"""Smooth relatives of ReLU: its shape without its kink."""

from __future__ import annotations

from engine.graph.params import Choice, Float, Params, format_value
from engine.layers.activation import activation

GELU = activation(
    id="gelu",
    label="GELU",
    target="torch.nn.GELU",
    base_name="gelu",
    doc="Weighs each value by the probability that a standard normal number is smaller (Gaussian error linear unit).",
    formula="y = x · Φ(x) = x · ½ · (1 + erf(x / √2))",
    when="In transformers: BERT, GPT and the vision transformers use it.",
    pitfalls="It costs more than ReLU. Weights trained with one of its two forms give slightly different results with "
    "the other.",
    source="Hendrycks & Gimpel, 2016",
    also="gaussian error linear unit",
    icon="vector-curve",
    params=(
        Choice(
            name="approximate",
            label="Form",
            default="none",
            options=("none", "tanh"),
            titles=("Exact (erf)", "Approximate (tanh)"),
            doc="The exact function, or ½x · (1 + tanh(√(2/π) · (x + 0.044715x³))), which GPT-2 uses.",
        ),
    ),
    summary=lambda params: "tanh" if params["approximate"] == "tanh" else "",
)

SILU = activation(
    id="silu",
    label="SiLU",
    target="torch.nn.SiLU",
    base_name="silu",
    doc="Weighs each value by its own sigmoid: smooth like GELU, and a little below 0 before it fades out.",
    formula="y = x · σ(x) = x / (1 + e⁻ˣ)",
    when="In deep convolutional networks instead of ReLU: EfficientNet and many detectors use it.",
    pitfalls="It costs more than ReLU, and falls before it rises (least at x ≈ −1.28), so it is not monotonic.",
    source="Elfwing et al., 2018; swish: Ramachandran et al., 2017",
    also="swish sigmoid linear unit",
    icon="vector-curve",
)

MISH = activation(
    id="mish",
    label="Mish",
    target="torch.nn.Mish",
    base_name="mish",
    doc="Weighs each value by the tanh of its softplus: much like SiLU, a little steeper around 0.",
    formula="y = x · tanh(log(1 + eˣ))",
    when="Where SiLU is used and a little more accuracy is worth the time: YOLOv4 does.",
    pitfalls="The most expensive of its kind; what it gains over SiLU is small and not certain.",
    source="Misra, 2020",
    icon="vector-curve",
)

HARDSWISH = activation(
    id="hardswish",
    label="Hardswish",
    target="torch.nn.Hardswish",
    base_name="hardswish",
    doc="SiLU with its sigmoid replaced by three straight lines, so that no exponential is needed.",
    formula="y = x · min(max(0, x + 3), 6) / 6",
    when="In networks for phones: MobileNetV3 uses it in its deeper half, where it costs least.",
    pitfalls="Below −3 output and gradient are exactly 0, so units can die there as with ReLU.",
    source="Howard et al., 2019",
    also="hard swish h-swish silu",
    icon="vector-curve",
)


def _softplus_summary(params: Params) -> str:
    return "" if params["beta"] == 1.0 else f"β {format_value(params['beta'])}"


SOFTPLUS = activation(
    id="softplus",
    label="Softplus",
    target="torch.nn.Softplus",
    base_name="softplus",
    doc="A ReLU with a rounded corner; its slope is the sigmoid.",
    formula="y = log(1 + e^(β·x)) / β",
    when="For outputs that have to be positive, such as a variance or a rate.",
    pitfalls="It is never 0: at x = 0 it gives 0.69 with β = 1. As a hidden activation it rarely beats ReLU.",
    source="Dugas et al., 2001; Glorot et al., 2011",
    also="smooth relu",
    icon="vector-curve",
    params=(
        Float(
            name="beta",
            label="β",
            default=1.0,
            minimum=0.01,
            maximum=100.0,
            doc="How sharp the corner is; the larger, the closer to ReLU.",
        ),
        Float(
            name="threshold",
            default=20.0,
            minimum=0.0,
            maximum=1000.0,
            doc="Where β·x is above this, the output is x itself, so that nothing overflows.",
        ),
    ),
    summary=_softplus_summary,
)
