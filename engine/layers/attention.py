"""Layers in which each step of a sequence looks at others, and what transformers need around them."""

from __future__ import annotations

from collections.abc import Sequence

from engine.graph.params import Bool, Choice, Float, Int, Params, ParamValue
from engine.layers.initialization import weight_init
from engine.layers.spec import SAME_SHAPE, Call, LayerSpec, Port, TensorShape, weights_objection, whole

_SEQUENCE = Port("sequence", ranks=(2,))


def _heads(name: str) -> Int:
    return Int(
        name=name,
        label="Heads",
        default=4,
        minimum=1,
        maximum=1024,
        doc="How many attentions run side by side, each on its share of the features; they must divide the features.",
    )


def _dropout(default: float, doc: str) -> Float:
    return Float(name="dropout", default=default, minimum=0.0, maximum=1.0, doc=doc)


_ATTENTION = (
    _heads("num_heads"),
    _dropout(0.0, "The share of attention weights that is set to zero in training."),
    Bool(name="bias", default=True, doc="Whether the projections add learnable constants."),
)


def _heads_objection(features: int, heads: int) -> str | None:
    if features % heads == 0:
        return None
    return f"{features} features cannot be divided among {heads} heads."


def _heads_text(heads: ParamValue) -> str:
    return f"{heads} head{'' if heads == 1 else 's'}"


def _self_check(shapes: Sequence[TensorShape], params: Params) -> str | None:
    features = shapes[0][-1]
    return _heads_objection(features, whole(params["num_heads"])) or weights_objection(
        "Self-attention", 4 * features * features
    )


SELF_ATTENTION = LayerSpec(
    id="self_attention",
    label="Self-attention",
    family="Attention",
    target="torch.nn.MultiheadAttention",
    choose_target=lambda shapes, params: (
        "engine.modules.attention.CausalAttention" if params["causal"] else "torch.nn.MultiheadAttention"
    ),
    base_name="attention",
    doc="Each step of a sequence asks all steps, itself included, and takes a mean of their answers, weighted by how "
    "well question and answer match; several heads do so side by side.",
    formula="softmax(Q·Kᵀ / √d) · V for each head, with Q, K, V = projections of x; the heads are joined and projected",
    shape_rule=SAME_SHAPE,
    when="For sequences in which far steps matter to each other: text, patches of images, long signals.",
    pitfalls="It does not know the order of the steps: add a positional encoding before. Time and memory grow with "
    "the square of the steps.",
    source="Vaswani et al., 2017; torch.nn.MultiheadAttention",
    also="multi-head multihead transformer mha",
    icon="eye-outline",
    params=(
        *_ATTENTION,
        Bool(
            name="causal",
            default=False,
            passed=False,
            doc="Whether a step sees only itself and those before, as a network that predicts the next step must.",
        ),
        *weight_init(),
    ),
    inputs=(_SEQUENCE,),
    wire=lambda shapes, params: {"embed_dim": shapes[0][-1], "batch_first": True},
    arguments=(0, 0, 0),
    call_kwargs={"need_weights": False},
    pick=lambda params: (0,),
    check=_self_check,
    summary=lambda params: _heads_text(params["num_heads"]) + (" · causal" if params["causal"] else ""),
)


def _cross_sizes(shapes: Sequence[TensorShape], params: Params) -> dict[str, ParamValue]:
    features, remembered = shapes[0][-1], shapes[1][-1]
    # Where the sizes agree, PyTorch keeps the three projections in one matrix, as for self-attention.
    others = {} if remembered == features else {"kdim": remembered, "vdim": remembered}
    return {"embed_dim": features, **others, "batch_first": True}


def _cross_check(shapes: Sequence[TensorShape], params: Params) -> str | None:
    features, remembered = shapes[0][-1], shapes[1][-1]
    return _heads_objection(features, whole(params["num_heads"])) or weights_objection(
        "Cross-attention", 2 * features * (features + remembered)
    )


CROSS_ATTENTION = LayerSpec(
    id="cross_attention",
    label="Cross-attention",
    family="Attention",
    target="torch.nn.MultiheadAttention",
    base_name="cross_attention",
    doc="Each step of one sequence, the query, looks at all steps of another one, the memory, and takes a weighted "
    "mean of what stands there.",
    formula="softmax(Q·Kᵀ / √d) · V for each head, with Q from the query, K and V from the memory",
    shape_rule="The same as the query's; the memory may have other steps and other features.",
    when="To let a decoder read what an encoder found: translation, captions, segmentation by queries.",
    pitfalls="The two inputs are not alike: the output has the steps of the query. The memory's order is seen only if "
    "a positional encoding was added to it.",
    source="Bahdanau et al., 2015; Vaswani et al., 2017; torch.nn.MultiheadAttention",
    also="encoder-decoder multi-head multihead transformer mha",
    icon="eye-arrow-right-outline",
    params=(*_ATTENTION, *weight_init()),
    inputs=(Port("query", ranks=(2,)), Port("memory", ranks=(2,))),
    wire=_cross_sizes,
    arguments=(0, 1, 1),
    call_kwargs={"need_weights": False},
    pick=lambda params: (0,),
    check=_cross_check,
    summary=lambda params: _heads_text(params["num_heads"]),
)


def _encoder_check(shapes: Sequence[TensorShape], params: Params) -> str | None:
    features = shapes[0][-1]
    return _heads_objection(features, whole(params["nhead"])) or weights_objection(
        "Transformer encoder layer", 2 * features * (2 * features + whole(params["dim_feedforward"]))
    )


TRANSFORMER_ENCODER_LAYER = LayerSpec(
    id="transformer_encoder_layer",
    label="Transformer encoder layer",
    family="Attention",
    target="torch.nn.TransformerEncoderLayer",
    base_name="encoder",
    doc="An attention of each step to all steps, and then two dense layers for each step, both with a skip "
    "connection, a layer norm and dropout: what transformers are stacked from.",
    formula="z = norm(x + attention(x)); y = norm(z + W₂·φ(W₁·z)); with the norm first: z = x + attention(norm(x)) …",
    shape_rule=SAME_SHAPE,
    when="Stacked behind an embedding and a positional encoding, for classifying text, series and patches of images.",
    pitfalls="With the norms behind, deep stacks need a slowly rising learning rate (warm-up); norms first learn more "
    "calmly, but want one more norm at the end. It needs more data than convolutions do.",
    source="Vaswani et al., 2017; Xiong et al., 2020; torch.nn.TransformerEncoderLayer",
    also="bert vit self-attention",
    icon="layers-triple-outline",
    params=(
        _heads("nhead"),
        Int(
            name="dim_feedforward",
            label="Inner units",
            default=256,
            minimum=1,
            maximum=1_000_000,
            doc="The units of the first of the two dense layers; usually four times the features.",
        ),
        _dropout(0.1, "The share of values that is set to zero in training: attention weights and both branches."),
        Choice(
            name="activation",
            default="relu",
            options=("relu", "gelu"),
            titles=("ReLU", "GELU"),
            doc="What stands between the two dense layers; the first transformer took ReLU, BERT and GPT GELU.",
        ),
        Float(
            name="layer_norm_eps",
            label="ε",
            default=1e-5,
            minimum=1e-12,
            maximum=1.0,
            doc="Added under the root in the layer norms, against division by zero.",
        ),
        Bool(
            name="norm_first",
            default=False,
            doc="Whether the norms stand at the start of each branch and not behind the sum.",
        ),
        Bool(name="bias", default=True, doc="Whether dense layers, projections and norms add learnable constants."),
        *weight_init(),
    ),
    inputs=(_SEQUENCE,),
    wire=lambda shapes, params: {"d_model": shapes[0][-1], "batch_first": True},
    check=_encoder_check,
    summary=lambda params: f"{_heads_text(params['nhead'])} · {params['dim_feedforward']}",
)

POSITIONAL_ENCODING = LayerSpec(
    id="positional_encoding",
    label="Positional encoding",
    family="Attention",
    target="engine.modules.attention.PositionalEncoding",
    choose_target=lambda shapes, params: (
        f"engine.modules.attention.{'Learned' if params['learned'] else ''}PositionalEncoding"
    ),
    base_name="position",
    doc="Adds to each step of a sequence a vector that tells its place, since attention itself does not see the order.",
    formula="y[t, 2i] = x[t, 2i] + sin(t / 10000^(2i/d)); y[t, 2i + 1] = x[t, 2i + 1] + cos(t / 10000^(2i/d))",
    shape_rule=SAME_SHAPE,
    when="Once, before the first attention: behind an embedding, or behind the patches of an image.",
    pitfalls="The values of the embedding should be as large as the code, about 1, or one drowns the other. Learned "
    "vectors know no positions beyond those that they were trained on.",
    source="Vaswani et al., 2017; Devlin et al., 2019 (learned)",
    also="position embedding sinusoidal order transformer",
    icon="sine-wave",
    params=(
        Bool(
            name="learned",
            default=False,
            passed=False,
            doc="Whether the vectors are learned, from random ones of size 0.02, in place of fixed sines and cosines.",
        ),
    ),
    inputs=(_SEQUENCE,),
    wire=lambda shapes, params: {"steps": shapes[0][0], "features": shapes[0][1]},
    summary=lambda params: "learned" if params["learned"] else "sines",
)

CLASS_TOKEN = LayerSpec(
    id="class_token",
    label="Class token",
    family="Attention",
    target="engine.modules.attention.ClassToken",
    base_name="class_token",
    doc="Puts one learnable step in front of a sequence; attention gathers there what decides the class.",
    formula="y = [token, x₁, x₂, …]",
    shape_rule="One step more.",
    when="In vision transformers and BERT: before the positional encoding, so that the token has a place too; behind "
    "the last layer the first step alone goes to the classifier.",
    pitfalls="It does nothing unless that first step is picked at the end; Mean over steps is a simpler way.",
    source="Devlin et al., 2019; Dosovitskiy et al., 2021",
    also="cls vit bert prepend",
    icon="table-column-plus-before",
    inputs=(_SEQUENCE,),
    wire=lambda shapes, params: {"features": shapes[0][1]},
)

MEAN_OVER_STEPS = LayerSpec(
    id="mean_over_steps",
    label="Mean over steps",
    family="Attention",
    target="torch.mean",
    call=Call.FUNCTION,
    base_name="mean",
    doc="Averages a sequence over its steps, which leaves one vector.",
    formula="y[f] = Σ x[t, f] / steps",
    shape_rule="Steps × features → features.",
    when="Behind the last attention or recurrent layer, to classify the sequence as a whole.",
    pitfalls="Every step counts alike, padding too; the one step that matters is watered down in a long sequence.",
    source="torch.mean",
    also="average pooling sequence",
    icon="sigma",
    inputs=(_SEQUENCE,),
    wire=lambda shapes, params: {"dim": 1},
)
