"""Layers that rearrange values without changing them."""

from __future__ import annotations

from engine.layers.spec import LayerSpec

FLATTEN = LayerSpec(
    id="flatten",
    label="Flatten",
    family="Shape",
    target="torch.nn.Flatten",
    base_name="flatten",
    doc="Lays all values of a sample out in one row.",
    formula="y[c·H·W + i·W + j] = x[c, i, j]",
    shape_rule="channels × height × width → one vector of as many values",
    when="Between the convolutions, which work on images, and the dense layers, which work on vectors.",
    pitfalls="A dense layer behind a large flattened image has millions of weights; pool first.",
    source="torch.nn.Flatten",
    icon="format-align-justify",
)
