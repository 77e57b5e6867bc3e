"""Layers in which every input meets every output."""

from __future__ import annotations

from collections.abc import Sequence

from engine.graph.params import Bool, Int, Params, ParamValue, format_value
from engine.layers.initialization import weight_init
from engine.layers.spec import LayerSpec, Port, TensorShape, weights_objection, whole


def _features(shapes: Sequence[TensorShape], params: Params) -> dict[str, ParamValue]:
    return {"in_features": shapes[0][-1]}


def _check(shapes: Sequence[TensorShape], params: Params) -> str | None:
    return weights_objection("Dense", shapes[0][-1] * whole(params["out_features"]))


LINEAR = LayerSpec(
    id="linear",
    label="Dense",
    family="Linear",
    target="torch.nn.Linear",
    base_name="dense",
    doc="Connects every input with every output by a learnable weight (fully connected, linear).",
    formula="y = W·x + b",
    shape_rule="a vector of any size → a vector of as many values as units",
    when="At the end, to turn features into scores for classes; for data without neighbourhood.",
    pitfalls="Two dense layers without an activation between them are no more than one; "
    "the weights grow with inputs × units.",
    source="torch.nn.Linear",
    icon="dots-grid",
    params=(
        Int(
            name="out_features",
            label="Units",
            default=64,
            minimum=1,
            maximum=1_000_000,
            doc="The number of units, and so of output values.",
        ),
        Bool(name="bias", default=True, doc="Whether each unit adds a learnable constant."),
        weight_init(),
    ),
    inputs=(Port("vector", ranks=(1, 2)),),
    wire=_features,
    check=_check,
    summary=lambda params: format_value(params["out_features"]),
)
