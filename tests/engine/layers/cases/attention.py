"""How attention layers are drawn and what they are compared with; `conftest.py` says what the tables mean."""

from __future__ import annotations

from torch import nn

from engine.modules import attention


def heads_that_divide(draw, params, shapes) -> None:
    heads = params.get("num_heads") or params["nhead"]
    shapes[0] = (shapes[0][0], shapes[0][1] * heads)


def self_attention(shapes, p) -> nn.Module:
    kind = attention.CausalAttention if p["causal"] else nn.MultiheadAttention
    return kind(shapes[0][1], p["num_heads"], p["dropout"], p["bias"], batch_first=True)


def cross_attention(shapes, p) -> nn.Module:
    (_, features), (_, remembered) = shapes
    return nn.MultiheadAttention(
        features, p["num_heads"], p["dropout"], p["bias"], kdim=remembered, vdim=remembered, batch_first=True
    )


def encoder_layer(shapes, p) -> nn.Module:
    return nn.TransformerEncoderLayer(
        shapes[0][1],
        p["nhead"],
        p["dim_feedforward"],
        p["dropout"],
        p["activation"],
        p["layer_norm_eps"],
        batch_first=True,
        norm_first=p["norm_first"],
        bias=p["bias"],
    )


def position(shapes, p) -> nn.Module:
    return (attention.LearnedPositionalEncoding if p["learned"] else attention.PositionalEncoding)(*shapes[0])


ADJUST = {
    "self_attention": heads_that_divide,
    "cross_attention": heads_that_divide,
    "transformer_encoder_layer": heads_that_divide,
}
HAND_WRITTEN = {
    "self_attention": self_attention,
    "cross_attention": cross_attention,
    "transformer_encoder_layer": encoder_layer,
    "positional_encoding": position,
    "class_token": lambda shapes, p: attention.ClassToken(shapes[0][1]),
}
REFERENCE = {"mean_over_steps": lambda inputs, p: sum(inputs[0].unbind(1)) / inputs[0].shape[1]}
