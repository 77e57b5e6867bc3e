"""Linear layers beyond what the harness compares: what they compute, what they learn, what they refuse."""

from __future__ import annotations

import pytest
import torch

from engine.analysis.calls import carry_out, make_module
from engine.analysis.shapes import ShapeInference
from engine.compiler.build import build
from engine.graph.model import Edge, Graph, NodeId
from engine.graph.params import ParamValue, check_all
from engine.layers.nodes import new_node
from engine.layers.registry import spec
from engine.layers.spec import TensorShape


def objection(layer: str, shapes: list[TensorShape], **params: ParamValue) -> str:
    """Why a layer cannot take inputs of `shapes`; empty when it can."""
    return spec(layer).objection(shapes, check_all(spec(layer).params, params)) or ""


def test_bilinear_weighs_every_product() -> None:
    declared = spec("bilinear")
    params = check_all(declared.params, {"out_features": 2})
    module = make_module(declared.invocation([(3,), (4,)], params))
    first, second = torch.randn(5, 3), torch.randn(5, 4)
    result = carry_out(declared, params, declared.invocation([(3,), (4,)], params), [first, second], module)
    weight, bias = module.get_parameter("weight"), module.get_parameter("bias")
    assert weight.shape == (2, 3, 4)
    torch.testing.assert_close(result, torch.einsum("ni,kij,nj->nk", first, weight, second) + bias)


def test_bilinear_needs_as_many_steps() -> None:
    assert objection("bilinear", [(6, 3), (6, 4)]) == ""
    assert objection("bilinear", [(6, 3), (5, 4)]).endswith("but 6 × 3 meets 5 × 4.")
    assert "meets" in objection("bilinear", [(3,), (6, 4)])
    assert "more than fit" in objection("bilinear", [(100_000,), (100_000,)], out_features=100)


def reader(**params: ParamValue) -> Graph:
    """Five ids, an embedding and an output."""
    graph = Graph()
    for layer, values in (("input", {"shape": (5,)}), ("embedding", params), ("output", {})):
        graph.add_node(new_node(graph, layer, **values))
    source, table, target = graph.nodes
    graph.add_edge(Edge(source, 0, table, 0))
    graph.add_edge(Edge(table, 0, target, 0))
    return graph


def test_an_embedding_looks_up_a_row_for_each_id() -> None:
    graph = reader(num_embeddings=9, embedding_dim=4)
    network = build(graph)
    report = ShapeInference().analyse(graph).nodes[NodeId("n2")]
    assert (report.outputs, report.parameters) == (((5, 4),), 36)
    rows = network.get_parameter("embedding.weight")
    ids = torch.tensor([[0.0, 8.0, 3.0, 3.0, 1.0]])
    torch.testing.assert_close(network(ids), rows[ids.long()])
    with pytest.raises(IndexError):
        network(torch.full((1, 5), 9.0))


@pytest.mark.parametrize("weight_init", ["default", "he_normal", "constant"])
def test_the_padding_id_is_zero_and_stays_so(weight_init: str) -> None:
    network = build(reader(num_embeddings=9, embedding_dim=4, padding=True, padding_id=2, weight_init=weight_init))
    rows = network.get_parameter("embedding.weight")
    assert not rows[2].any()
    assert rows[3].any()
    network(torch.tensor([[2.0, 3.0, 2.0, 4.0, 5.0]])).sum().backward()
    assert rows.grad is not None
    assert not rows.grad[2].any()
    assert rows.grad[3].all()


def test_what_an_embedding_refuses() -> None:
    assert "ids only run from 0 to 8" in objection("embedding", [(5,)], num_embeddings=9, padding=True, padding_id=9)
    assert objection("embedding", [(5,)], num_embeddings=9, padding=False, padding_id=9) == ""
    assert "takes a vector" in objection("embedding", [(5, 4)])
    assert "more than fit" in objection("embedding", [(5,)], num_embeddings=10_000_000, embedding_dim=65_536)
