"""Another data set fits both ends of the network, in one edit that can be taken back."""

from __future__ import annotations

import pytest

from engine.data.adapt import switch_data_set
from engine.data.declarations import DATA_SETS, DataChoice
from engine.graph.document import dump
from engine.graph.model import Graph, NodeId
from engine.graph.params import Int
from engine.project import parse_project
from engine.zoo.registry import TEMPLATES, ZOO
from engine.zoo.sketch import Sketch, draw_block, instance_of


def contents(graph: Graph) -> tuple[object, ...]:
    settings = {section: dict(values) for section, values in graph.settings.items()}
    return dict(graph.nodes), graph.edges, settings


def test_both_ends_are_fitted_and_the_middle_is_left_alone() -> None:
    sketch = Sketch()
    start = sketch.then("input")
    sketch.then("flatten")
    hidden = sketch.then("linear", out_features=30)
    last = sketch.then("linear", out_features=10)
    for layer in ("relu", "dropout", "output"):
        sketch.then(layer)
    graph = sketch.graph
    before = contents(graph)
    inverse = switch_data_set(graph, "spirals").apply(graph)
    assert graph.nodes[start].params["shape"] == (2,)
    assert graph.nodes[last].params["out_features"] == 2
    assert graph.nodes[hidden].params["out_features"] == 30
    assert DataChoice.from_settings(graph.settings["data"]).dataset == "spirals"
    inverse.apply(graph)
    assert contents(graph) == before


@pytest.mark.parametrize("network", list(TEMPLATES))
@pytest.mark.parametrize("dataset", list(DATA_SETS))
def test_every_template_takes_every_data_set(network: str, dataset: str) -> None:
    graph = ZOO[network].build()
    before = contents(graph)
    inverse = switch_data_set(graph, dataset).apply(graph)
    inputs = [node for node in graph.nodes.values() if node.layer == "input"]
    assert [node.params["shape"] for node in inputs] == [DATA_SETS[dataset].input_shape]
    inverse.apply(graph)
    assert contents(graph) == before


def test_a_network_that_does_not_end_in_a_dense_layer_keeps_its_end() -> None:
    sketch = Sketch()
    for layer in ("input", "flatten", "output"):
        sketch.then(layer)
    switch_data_set(sketch.graph, "spirals").apply(sketch.graph)
    assert sorted(node.layer for node in sketch.graph.nodes.values()) == ["flatten", "input", "output"]


def with_head(classes: Int) -> tuple[Graph, NodeId]:
    """A network that ends in an instance of a block, whose parameter `classes` is the size of its output."""

    def draw(pen: Sketch) -> None:
        pen.then("block_input")
        pen.then("flatten")
        pen.then("linear", out_features="=classes")
        pen.then("block_output")

    head = draw_block("Head", "", draw, [classes])
    sketch = Sketch()
    sketch.use(head)
    _, instance, _ = (sketch.then(layer) for layer in ("input", instance_of(head), "output"))
    return sketch.graph, instance


def test_a_head_inside_a_block_is_fitted_by_the_parameter_of_the_block() -> None:
    graph, instance = with_head(Int(name="classes", default=10, doc="How many classes there are."))
    inverse = switch_data_set(graph, "spirals").apply(graph)
    assert graph.nodes[instance].params["classes"] == 2
    inverse.apply(graph)
    assert graph.nodes[instance].params["classes"] == 10


def test_a_head_that_cannot_have_as_many_outputs_is_left_alone() -> None:
    graph, instance = with_head(Int(name="classes", default=2, maximum=5, doc="How many classes there are."))
    switch_data_set(graph, "mnist").apply(graph)
    assert graph.nodes[instance].params["classes"] == 2
    # A value out of range would make a file that cannot be opened any more.
    assert dump(parse_project(dump(graph), "It")) == dump(graph)


def test_an_empty_network_only_gets_the_choice() -> None:
    graph = Graph()
    edit = switch_data_set(graph, "spirals")
    assert edit.label == "Train on Two spirals"
    edit.apply(graph)
    assert dict(graph.settings["data"]) == {"dataset": "spirals"}


def test_an_unknown_data_set_is_refused() -> None:
    with pytest.raises(KeyError):
        switch_data_set(Graph(), "nothing")
