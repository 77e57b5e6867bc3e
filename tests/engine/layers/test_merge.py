"""Merges beyond what the harness compares: gates, gradients, attention by hand, and sentences."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from engine.analysis.calls import carry_out
from engine.compiler.build import build
from engine.graph.model import Edge, Graph
from engine.graph.params import ParamValue, check_all
from engine.layers.nodes import new_node
from engine.layers.registry import spec
from engine.layers.spec import TensorShape

ELEMENTWISE = ("add", "subtract", "multiply", "mean", "maximum", "minimum")


def objection(layer: str, *shapes: TensorShape, **params: ParamValue) -> str:
    """Why a layer cannot take inputs of `shapes`; empty when it can."""
    return spec(layer).objection(shapes, check_all(spec(layer).params, params)) or ""


def merged(layer: str, *inputs: Tensor, **params: ParamValue) -> Tensor:
    """What a layer makes of `inputs`."""
    declared = spec(layer)
    values = check_all(declared.params, params)
    shapes = [tuple(x.shape[1:]) for x in inputs]
    result = carry_out(declared, values, declared.invocation(shapes, values), inputs)
    assert isinstance(result, Tensor)
    return result


@pytest.mark.parametrize("layer", ELEMENTWISE)
def test_one_rule_for_all_that_meet_value_by_value(layer: str) -> None:
    assert objection(layer, (4, 5, 5), (4, 5, 5)) == ""
    assert objection(layer, (4, 1, 1), (1, 5, 5)) == ""
    label = spec(layer).label
    assert objection(layer, (4, 5, 5), (3, 5, 5)).startswith(
        f"{label} needs inputs of one shape, but 4 × 5 × 5 meets 3 × 5 × 5. "
    )
    assert "meets" in objection(layer, (5, 5), (4, 5, 5))


def test_a_third_input_meets_what_the_first_two_make() -> None:
    assert objection("mean", (1, 5), (4, 1), (4, 5)) == ""
    assert "4 × 5 meets 3 × 5" in objection("mean", (1, 5), (4, 1), (3, 5))


def test_a_gate_for_each_channel() -> None:
    x, gate = torch.randn(2, 4, 3, 3), torch.rand(2, 4, 1, 1)
    torch.testing.assert_close(merged("multiply", x, gate), torch.einsum("nchw,nc->nchw", x, gate[:, :, 0, 0]))


def test_the_first_wire_is_what_is_taken_from() -> None:
    graph = Graph()
    for layer, params in (("input", {"shape": (2,)}), ("input", {"shape": (2,)}), ("subtract", {}), ("output", {})):
        graph.add_node(new_node(graph, layer, **params))
    first, second, difference, target = graph.nodes
    graph.add_edge(Edge(second, 0, difference, 0))
    graph.add_edge(Edge(first, 0, difference, 1))
    graph.add_edge(Edge(difference, 0, target, 0))
    assert build(graph)(torch.tensor([[1.0, 2.0]]), torch.tensor([[10.0, 20.0]])).tolist() == [[9.0, 18.0]]


@pytest.mark.parametrize(("layer", "shares"), [("mean", (1 / 3,) * 3), ("maximum", (0, 0, 1)), ("minimum", (1, 0, 0))])
def test_who_gets_the_gradient(layer: str, shares: tuple[float, ...]) -> None:
    inputs = [torch.full((1, 1), value, requires_grad=True) for value in (1.0, 2.0, 3.0)]
    merged(layer, *inputs).sum().backward()
    assert [x.grad.item() for x in inputs if x.grad is not None] == pytest.approx(shares)


@pytest.mark.parametrize("layer", ["add", "multiply", "mean", "maximum", "minimum", "concat"])
def test_a_single_input_comes_through(layer: str) -> None:
    x = torch.randn(2, 3, 4)
    torch.testing.assert_close(merged(layer, x), x, rtol=0, atol=0)


@pytest.mark.parametrize(("axis", "shape"), [(1, (9, 5)), (-2, (9, 5))])
def test_concat_counts_axes_from_either_end(axis: int, shape: TensorShape) -> None:
    assert objection("concat", (4, 5), (5, 5), dim=axis) == ""
    assert merged("concat", torch.ones(2, 4, 5), torch.ones(2, 5, 5), dim=axis).shape[1:] == shape


def test_what_concat_and_stack_refuse() -> None:
    assert "agree along all other axes, but 4 × 5 meets 4 × 6." in objection("concat", (4, 5), (4, 6), dim=1)
    assert objection("concat", (4, 5), (4, 6), dim=-1) == ""
    assert "that is the batch" in objection("concat", (4, 5), (4, 5), dim=0)
    assert "has only 1." in objection("concat", (4, 5), (4,), dim=2)
    assert "of the same shape" in objection("stack", (4, 5), (1, 5))
    assert "that is the batch" in objection("stack", (4, 5), (4, 5), dim=-4)
    assert "has only 1: a new one can be axis 1 to 2." in objection("stack", (4,), (4,), dim=3)
    assert objection("stack", (4, 5), (4, 5), dim=3) == ""


def test_attention_by_hand() -> None:
    query, key, value = (torch.randn(2, 4, 6, 8) for _ in range(3))
    scores = merged("matmul", query, key.transpose(2, 3)) / math.sqrt(8)
    torch.testing.assert_close(
        merged("matmul", scores.softmax(-1), value),
        torch.nn.functional.scaled_dot_product_attention(query, key, value),
    )


def test_what_the_matrix_product_refuses() -> None:
    assert objection("matmul", (3, 4), (4, 5)) == ""
    assert objection("matmul", (1, 3, 4), (2, 4, 5)) == ""
    assert "but 3 × 4 meets 3 × 4." in objection("matmul", (3, 4), (3, 4))
    assert "meets" in objection("matmul", (3, 3, 4), (2, 4, 5))
    assert "meets" in objection("matmul", (3, 4), (2, 4, 5))
    assert "takes a sequence" in objection("matmul", (4,), (4,))
