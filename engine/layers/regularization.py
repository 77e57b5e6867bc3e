"""Layers against overfitting."""

from __future__ import annotations

from engine.graph.params import Float, format_value
from engine.layers.spec import LayerSpec

DROPOUT = LayerSpec(
    id="dropout",
    label="Dropout",
    family="Regularization",
    target="torch.nn.Dropout",
    base_name="dropout",
    doc="Sets random values to zero in training, so that no unit can rely on another one.",
    formula="y = x · mask / (1 − p), with mask = 0 with probability p",
    shape_rule="the same as the input's",
    when="Before the last dense layers when training accuracy runs away from validation accuracy.",
    pitfalls="Too much of it keeps the network from learning; the training loss looks worse than the validation loss.",
    source="Srivastava et al., 2014",
    icon="grid-off",
    params=(
        Float(
            name="p",
            label="Probability",
            default=0.5,
            minimum=0.0,
            maximum=1.0,
            doc="The share of values that is set to zero.",
        ),
    ),
    summary=lambda params: f"p {format_value(params['p'])}",
)
