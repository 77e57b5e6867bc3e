"""A graph from outside is made canonical, or refused with the name of the layer that is wrong."""

from __future__ import annotations

import pytest

from engine.graph import document
from engine.graph.edits import remove
from engine.graph.errors import GraphError
from engine.graph.model import Edge, Graph, Node, NodeId
from engine.graph.params import ParamValue
from engine.layers.nodes import new_node
from engine.layers.spec import MAX_INPUTS
from engine.layers.validation import validated

A, B = NodeId("n1"), NodeId("n2")


def test_missing_parameters_get_their_defaults_and_others_their_type() -> None:
    graph = Graph.assemble([Node(A, "conv2d", "a", {"kernel_size": 5}), Node(B, "dropout", "b", {"p": 1})], [], {})
    result = validated(graph)
    assert result.nodes[A].params == new_node(Graph(), "conv2d", kernel_size=(5, 5)).params
    assert repr(result.nodes[B].params) == "{'p': 1.0}"
    assert graph.nodes[A].params == {"kernel_size": 5}


def test_settings_wires_and_places_are_kept() -> None:
    nodes = [Node(A, "input", "a", {}, (1.0, 2.0)), Node(B, "output", "b", {}, (3.0, 4.0))]
    graph = Graph.assemble(nodes, [Edge(A, 0, B, 0)], {"recipe": {"seed": 3}, "view": {"zoom": 2.0}})
    result = validated(graph)
    assert result.edges == graph.edges
    assert result.settings == graph.settings
    assert [node.position for node in result.nodes.values()] == [(1.0, 2.0), (3.0, 4.0)]


@pytest.mark.parametrize(
    ("layer", "params", "sentence"),
    [
        ("os.system", {}, "“a” is of the layer type “os.system”, which this Netwright does not know."),
        ("__class__", {}, "“a” is of the layer type “__class__”, which this Netwright does not know."),
        ("", {}, "“a” is of the layer type “”, which this Netwright does not know."),
        ("x\ny" * 99, {}, f"“a” is of the layer type “{('x�y' * 99)[:39]}…”, which this Netwright does not know."),
        ("relu", {"inplace": True}, "In the layer “a”: There is no setting “inplace”; what can be set is nothing."),
        ("dropout", {"p": 2}, "In the layer “a”: “Probability” must be between 0 and 1, not 2."),
        ("linear", {"out_features": 2**70}, f"In the layer “a”: “Units” must be between 1 and 1,000,000, not {2**70}."),
        (
            "linear",
            {"weight_init": "os.system"},
            "In the layer “a”: “Initial weights” must be one of default, xavier_uniform, xavier_normal, he_uniform, "
            "he_normal, orthogonal, zeros, constant, normal, not “os.system”.",
        ),
    ],
)
def test_unknown_layers_and_parameters_are_refused(layer: str, params: dict[str, ParamValue], sentence: str) -> None:
    with pytest.raises(GraphError) as caught:
        validated(Graph.assemble([Node(A, layer, "a", params)], [], {}))
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("source", "target", "edge", "sentence"),
    [
        ("input", "relu", Edge(A, 1, B, 0), "A wire begins at an output that “a” does not have."),
        ("input", "relu", Edge(A, -1, B, 0), "A wire begins at an output that “a” does not have."),
        ("output", "relu", Edge(A, 0, B, 0), "A wire begins at an output that “a” does not have."),
        ("input", "relu", Edge(A, 0, B, 1), "A wire ends at an input that “b” does not have."),
        ("relu", "input", Edge(A, 0, B, 0), "A wire ends at an input that “b” does not have."),
        ("input", "add", Edge(A, 0, B, -1), "A wire ends at an input that “b” does not have."),
        ("input", "add", Edge(A, 0, B, MAX_INPUTS), "A wire ends at an input that “b” does not have."),
    ],
)
def test_wires_need_ports(source: str, target: str, edge: Edge, sentence: str) -> None:
    graph = Graph.assemble([Node(A, source, "a"), Node(B, target, "b")], [edge], {})
    with pytest.raises(GraphError) as caught:
        validated(graph)
    assert str(caught.value) == sentence


def test_a_merge_that_lost_its_first_inputs_can_be_opened_again() -> None:
    graph = Graph()
    merge = new_node(graph, "add")
    graph.add_node(merge)
    for port in range(6):
        node = new_node(graph, "relu")
        graph.add_node(node)
        graph.add_edge(Edge(node.id, 0, merge.id, port))
    remove(graph, [edge.source for edge in graph.incoming(merge.id)][:5]).apply(graph)
    assert document.dump(validated(document.parse(document.dump(graph)))) == document.dump(graph)


def test_a_layer_may_be_added_to_itself_many_times() -> None:
    graph = Graph.assemble([Node(A, "input", "a"), Node(B, "add", "b")], [Edge(A, 0, B, port) for port in range(9)], {})
    assert len(validated(graph).edges) == 9
