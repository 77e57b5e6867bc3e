"""Layers in which every input meets every output, and the table that turns ids into vectors."""

from __future__ import annotations

from collections.abc import Sequence

from engine.graph.params import Bool, Int, Params, ParamValue, format_value
from engine.layers.initialization import weight_init
from engine.layers.spec import LayerSpec, Port, TensorShape, format_shape, weights_objection, whole

_VECTOR_RANKS = (1, 2)


def _units(doc: str) -> Int:
    return Int(name="out_features", label="Units", default=64, minimum=1, maximum=1_000_000, doc=doc)


_BIAS = Bool(name="bias", default=True, doc="Whether each unit adds a learnable constant.")


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
    shape_rule="A vector of any size → a vector of as many values as units; a sequence: each step on its own.",
    when="At the end, to turn features into scores for classes; for data without neighbourhood.",
    pitfalls="Two dense layers without an activation between them are no more than one; "
    "the weights grow with inputs × units.",
    source="torch.nn.Linear",
    also="fully connected linear fc affine projection",
    icon="dots-grid",
    params=(_units("The number of units, and so of output values."), _BIAS, *weight_init()),
    inputs=(Port("vector", ranks=_VECTOR_RANKS),),
    wire=_features,
    check=_check,
    summary=lambda params: format_value(params["out_features"]),
)


def _both_features(shapes: Sequence[TensorShape], params: Params) -> dict[str, ParamValue]:
    return {"in1_features": shapes[0][-1], "in2_features": shapes[1][-1]}


def _bilinear_check(shapes: Sequence[TensorShape], params: Params) -> str | None:
    first, second = shapes
    if first[:-1] != second[:-1]:
        return (
            "Bilinear needs two vectors, or two sequences of as many steps, "
            f"but {format_shape(first)} meets {format_shape(second)}."
        )
    return weights_objection("Bilinear", first[-1] * second[-1] * whole(params["out_features"]))


BILINEAR = LayerSpec(
    id="bilinear",
    label="Bilinear",
    family="Linear",
    target="torch.nn.Bilinear",
    base_name="bilinear",
    doc="Weighs every product of a value of the first input with a value of the second.",
    formula="y[k] = x₁ᵀ · W[k] · x₂ + b[k]",
    shape_rule="Two vectors of any sizes → a vector of as many values as units; sequences: step by step.",
    when="To judge how two things go together: an image and a question, a user and an article.",
    pitfalls="It has first × second × units weights, soon millions: shrink both inputs by a dense layer first.",
    source="Tenenbaum & Freeman, 2000; torch.nn.Bilinear",
    also="two inputs interaction tensor",
    icon="vector-link",
    params=(_units("The number of units, and so of output values."), _BIAS, *weight_init()),
    inputs=(Port("first", ranks=_VECTOR_RANKS), Port("second", ranks=_VECTOR_RANKS)),
    wire=_both_features,
    check=_bilinear_check,
    summary=lambda params: format_value(params["out_features"]),
)


def _padding(shapes: Sequence[TensorShape], params: Params) -> dict[str, ParamValue]:
    return {"padding_idx": params["padding_id"]} if params["padding"] else {}


def _embedding_check(shapes: Sequence[TensorShape], params: Params) -> str | None:
    ids, padding = whole(params["num_embeddings"]), whole(params["padding_id"])
    if params["padding"] and padding >= ids:
        return f"The padding id is {padding}, but ids only run from 0 to {ids - 1}."
    return weights_objection("Embedding", ids * whole(params["embedding_dim"]))


EMBEDDING = LayerSpec(
    id="embedding",
    label="Embedding",
    family="Linear",
    target="torch.nn.Embedding",
    base_name="embedding",
    doc="Looks up a learnable vector for each id: words, letters or categories become points between which there are "
    "distances.",
    formula="y[t] = W[id[t]]",
    shape_rule="A sequence of ids → steps × features.",
    when="First in a network that reads text, or other things that come as numbers of a list.",
    pitfalls="An id that is negative, or not below the number of ids, stops the training. No gradient flows to what "
    "lies before it, so it has to come first; fractions are cut off.",
    source="Bengio et al., 2003; torch.nn.Embedding",
    also="lookup table word vectors tokens categorical",
    icon="book-alphabet",
    params=(
        Int(
            name="num_embeddings",
            label="Ids",
            default=1000,
            minimum=1,
            maximum=10_000_000,
            doc="How many different ids there are; they run from 0 to one less.",
        ),
        Int(
            name="embedding_dim",
            label="Features",
            default=64,
            minimum=1,
            maximum=65_536,
            doc="How many values stand for each id.",
        ),
        Bool(
            name="padding",
            label="Has a padding id",
            default=False,
            passed=False,
            doc="Whether one id only fills up short sequences: its vector starts at zero and is never learned.",
        ),
        Int(
            name="padding_id",
            label="Padding id",
            default=0,
            maximum=10_000_000,
            passed=False,
            only_with=("padding", (True,)),
            doc="The id that fills up short sequences.",
        ),
        *weight_init(),
    ),
    inputs=(Port("ids", ranks=(1,), integer=True),),
    wire=_padding,
    check=_embedding_check,
    summary=lambda params: f"{params['num_embeddings']} → {params['embedding_dim']}",
)
