"""The registry finds each declaration once and makes nodes that can be added."""

from __future__ import annotations

import dataclasses

import pytest

from engine.graph.model import Edge, Graph, NodeId
from engine.graph.params import ParamError
from engine.layers import convolution, endpoints
from engine.layers.nodes import new_node
from engine.layers.registry import UnknownLayerError, collect, spec, specs
from engine.layers.spec import FAMILIES, MAX_INPUTS
from engine.layers.wiring import free_input, refusal


def test_the_layers_of_the_first_version_are_there() -> None:
    assert {declared.id for declared in specs()} >= {
        *("input", "output", "conv2d", "max_pool2d", "avg_pool2d", "adaptive_avg_pool2d", "flatten", "linear"),
        *("relu", "sigmoid", "tanh", "leaky_relu", "softmax", "batch_norm2d", "dropout", "add", "concat"),
    }


def test_layers_come_in_the_order_of_the_palette() -> None:
    order = [FAMILIES.index(declared.family) for declared in specs()]
    assert order == sorted(order)
    # Blocks belong to projects, not to the catalogue.
    assert {FAMILIES[index] for index in order} == {*FAMILIES} - {"Block"}


def test_two_layers_with_one_id_are_an_error() -> None:
    twin = dataclasses.replace(endpoints.INPUT, id="conv2d")
    with pytest.raises(ValueError, match="conv2d"):
        collect([convolution.CONV2D, twin])
    with pytest.raises(ValueError, match="not in"):
        collect([dataclasses.replace(endpoints.INPUT, family="Magic")])
    assert collect([convolution.CONV2D, endpoints.INPUT]) == {"input": endpoints.INPUT, "conv2d": convolution.CONV2D}


def test_unknown_layers_and_parameters_are_errors() -> None:
    with pytest.raises(UnknownLayerError):
        spec("os.system")
    with pytest.raises(UnknownLayerError):
        new_node(Graph(), "__class__")
    with pytest.raises(ParamError, match="“Filters”"):
        new_node(Graph(), "conv2d", out_channels=0)
    with pytest.raises(ParamError, match="“filters”"):
        new_node(Graph(), "conv2d", filters=3)
    with pytest.raises(KeyError):
        spec("conv2d").param("filters")
    assert spec("conv2d").param("out_channels").title == "Filters"


def test_new_nodes_get_free_ids_and_names() -> None:
    graph = Graph()
    for expected in (("n1", "conv"), ("n2", "conv2"), ("n3", "conv3")):
        node = new_node(graph, "conv2d", (1.0, 2.0), kernel_size=5)
        assert (node.id, node.name, node.params["kernel_size"], node.position) == (*expected, (5, 5), (1.0, 2.0))
        graph.add_node(node)
    assert new_node(graph, "conv2d", name="stem").name == "stem"
    assert new_node(graph, "conv2d", taken={"conv4"}).name == "conv5"


# Wiring


@pytest.fixture
def graph() -> Graph:
    """An input, a ReLU, an addition and an output, not wired."""
    made = Graph()
    for layer in ("input", "relu", "add", "output"):
        made.add_node(new_node(made, layer))
    return made


INPUT, RELU, ADD, OUTPUT = map(NodeId, ("n1", "n2", "n3", "n4"))


@pytest.mark.parametrize(
    ("edge", "reason"),
    [
        (Edge(INPUT, 0, RELU, 0), None),
        (Edge(INPUT, 0, ADD, 7), None),
        (Edge(INPUT, 0, ADD, MAX_INPUTS - 1), None),
        (Edge(INPUT, 0, ADD, MAX_INPUTS), "“add” has no such input."),
        (Edge(INPUT, 0, ADD, -1), "“add” has no such input."),
        (Edge(INPUT, 0, RELU, 1), "“relu” has no such input."),
        (Edge(RELU, 0, INPUT, 0), "“input” has no such input."),
        (Edge(INPUT, 1, RELU, 0), "“input” has no such output."),
        (Edge(INPUT, -1, RELU, 0), "“input” has no such output."),
        (Edge(OUTPUT, 0, RELU, 0), "“output” has no such output."),
        (Edge(RELU, 0, RELU, 0), "“relu” cannot feed itself."),
        (Edge(INPUT, 0, NodeId("gone"), 0), "A wire of “input” leads to a layer that is not in the network."),
    ],
)
def test_only_ports_that_are_declared_can_be_wired(graph: Graph, edge: Edge, reason: str | None) -> None:
    assert refusal(graph, edge) == reason


def test_the_rules_of_the_graph_hold_too(graph: Graph) -> None:
    graph.add_edge(Edge(RELU, 0, ADD, 0))
    assert refusal(graph, Edge(INPUT, 0, ADD, 0)) == "This input of “add” is already fed by “relu”."
    assert refusal(graph, Edge(ADD, 0, RELU, 0)) == "This would form a cycle: “relu” already feeds “add”."


def test_the_first_free_input_is_found(graph: Graph) -> None:
    assert [free_input(graph, node) for node in (INPUT, RELU, ADD, OUTPUT)] == [None, 0, 0, 0]
    for port, free in ((0, 1), (2, 1), (1, 3)):
        graph.add_edge(Edge(INPUT, 0, ADD, port))
        assert free_input(graph, ADD) == free
    graph.add_edge(Edge(INPUT, 0, RELU, 0))
    assert free_input(graph, RELU) is None
