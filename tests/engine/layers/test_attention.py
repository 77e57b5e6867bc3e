"""Attention follows the formulas of Vaswani et al., and its layers fit together to a transformer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor, fx

from engine.compiler.build import build
from engine.layers.registry import spec

if TYPE_CHECKING:
    from conftest import Harness

Shapes = list[tuple[int, ...]]


def network(harness: Harness, layer: str, shapes: Shapes, **params: float | str) -> fx.GraphModule:
    return build(harness.network(spec(layer), shapes, params))


def attend(query: Tensor, key: Tensor, value: Tensor, heads: int, seen: Tensor | None = None) -> Tensor:
    """softmax(Q·Kᵀ / √d) · V of `[N, steps, features]`, head by head; `seen[queries, keys]` says what is visible."""
    parts = []
    for q, k, v in zip(query.chunk(heads, -1), key.chunk(heads, -1), value.chunk(heads, -1), strict=True):
        scores = torch.einsum("nqd,nkd->nqk", q, k) / math.sqrt(q.shape[-1])
        if seen is not None:
            scores = scores.masked_fill(~seen, -math.inf)
        parts.append(torch.einsum("nqk,nkd->nqd", scores.softmax(-1), v))
    return torch.cat(parts, -1)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("training", [False, True])
def test_self_attention_is_the_formula(harness: Harness, causal: bool, training: bool) -> None:
    module = network(harness, "self_attention", [(5, 8)], num_heads=2, causal=causal).train(training)
    x, weights = torch.randn(3, 5, 8), module.state_dict()
    projected = x @ weights["attention.in_proj_weight"].T + weights["attention.in_proj_bias"]
    seen = torch.arange(5)[:, None] >= torch.arange(5) if causal else None
    mixed = attend(*projected.chunk(3, -1), heads=2, seen=seen)
    expected = mixed @ weights["attention.out_proj.weight"].T + weights["attention.out_proj.bias"]
    torch.testing.assert_close(module(x), expected)


def test_cross_attention_asks_with_the_first_input_and_reads_the_second(harness: Harness) -> None:
    module = network(harness, "cross_attention", [(5, 8), (7, 6)], num_heads=2, bias=False)
    query, memory = torch.randn(3, 5, 8), torch.randn(3, 7, 6)
    weights = {name.removeprefix("cross_attention."): value for name, value in module.state_dict().items()}
    mixed = attend(
        query @ weights["q_proj_weight"].T,
        memory @ weights["k_proj_weight"].T,
        memory @ weights["v_proj_weight"].T,
        heads=2,
    )
    torch.testing.assert_close(module(query, memory), mixed @ weights["out_proj.weight"].T)


def test_order_matters_only_with_positions(harness: Harness) -> None:
    attention = network(harness, "self_attention", [(5, 8)])
    x, order = torch.randn(2, 5, 8), torch.tensor([3, 1, 4, 0, 2])
    torch.testing.assert_close(attention(x[:, order]), attention(x)[:, order])
    for learned in (False, True):
        place = network(harness, "positional_encoding", [(5, 8)], learned=learned)
        assert not torch.allclose(attention(place(x[:, order])), attention(place(x))[:, order])


@pytest.mark.parametrize("norm_first", [False, True])
def test_the_encoder_layer_is_attention_and_a_perceptron(harness: Harness, norm_first: bool) -> None:
    module = network(harness, "transformer_encoder_layer", [(5, 8)], norm_first=norm_first, activation="gelu").eval()
    layer, x = module.get_submodule("encoder"), torch.randn(3, 5, 8)

    def dense(y: Tensor) -> Tensor:
        return layer.linear2(torch.nn.functional.gelu(layer.linear1(y)))

    def attention(y: Tensor) -> Tensor:
        return layer.self_attn(y, y, y)[0]

    if norm_first:
        between = x + attention(layer.norm1(x))
        expected = between + dense(layer.norm2(between))
    else:
        between = layer.norm1(x + attention(x))
        expected = layer.norm2(between + dense(between))
    torch.testing.assert_close(module(x), expected)


def test_token_and_mean_lead_into_and_out_of_the_sequence(harness: Harness) -> None:
    x = torch.randn(3, 5, 8)
    assert network(harness, "class_token", [(5, 8)])(x).shape == (3, 6, 8)
    torch.testing.assert_close(network(harness, "mean_over_steps", [(5, 8)])(x), x.sum(1) / 5)


@pytest.mark.parametrize(
    ("layer", "shapes", "params"),
    [
        ("self_attention", [(5, 6)], {"num_heads": 4}),
        ("cross_attention", [(5, 6), (5, 8)], {"num_heads": 4}),
        ("transformer_encoder_layer", [(5, 6)], {"nhead": 4}),
    ],
)
def test_heads_have_to_share_the_features(layer: str, shapes: Shapes, params: dict[str, int]) -> None:
    declared = spec(layer)
    defaults = {param.name: param.default for param in declared.params}
    assert declared.objection(shapes, defaults | params) == "6 features cannot be divided among 4 heads."
    assert declared.objection([(5, 8)] * len(shapes), defaults | params) is None


def test_more_weights_than_memory_are_refused() -> None:
    for layer, shapes in (
        ("self_attention", [(1, 80_000)]),
        ("cross_attention", [(1, 8), (1, 800_000_000)]),
        ("transformer_encoder_layer", [(1, 80_000)]),
    ):
        declared = spec(layer)
        defaults = {param.name: param.default for param in declared.params}
        assert "more than fit into memory" in (declared.objection(shapes, defaults) or ""), layer
