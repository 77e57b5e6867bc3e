"""Wires at ports that only have another number are the same wires; those that feed something else are not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.graph.block_edits import Within
from engine.graph.edits import AddNode, Connect, Disconnect, RemoveNode
from engine.graph.model import Edge, Graph, NodeId
from engine.layers.differences import differences
from engine.layers.nodes import new_node
from engine.zoo.sketch import Sketch, draw_block

SOURCES = ("one", "two", "three", "four")


def merged(order: Sequence[str], layer: str = "concat", ports: Sequence[int] | None = None) -> Graph:
    """Four layers, of which those of `order` feed one that merges them, at `ports` or from the first port on."""
    pen = Sketch()
    start = pen.add("input", name="start")
    ids = {name: pen.add("relu", start, name=name) for name in SOURCES}
    pen.add(layer, name="all")
    merge = pen.graph.named("all")
    assert merge is not None
    for port, name in zip(ports or range(len(order)), order, strict=True):
        Connect(Edge(ids[name], 0, merge.id, port)).apply(pen.graph)
    return pen.graph


def told(old: Graph, new: Graph) -> tuple[list[str], list[str]]:
    """Where the wires begin that are added, and where those begin that are removed."""
    network = differences(old, new).network
    back = differences(new, old).network
    assert (network.wires_added, network.wires_removed) == (back.wires_removed, back.wires_added)
    added = sorted(new.nodes[edge.source].name for edge in network.wires_added)
    return added, sorted(old.nodes[edge.source].name for edge in network.wires_removed)


@pytest.mark.parametrize("layer", ["concat", "add", "stack"])
@pytest.mark.parametrize(
    ("old", "new", "added", "removed"),
    [
        (["one", "two", "three"], ["two", "three"], [], ["one"]),
        (["one", "two", "three"], ["one", "three"], [], ["two"]),
        (["two", "three"], ["one", "two", "three", "four"], ["four", "one"], []),
        (["one", "two", "three"], ["four", "two", "three"], ["four"], ["one"]),
        (["one", "two", "one"], ["two", "one"], [], ["one"]),
        (["one", "one", "two"], ["one", "two"], [], ["one"]),
        (["one", "one", "two"], ["four", "one", "two"], ["four"], ["one"]),
    ],
)
def test_inputs_that_close_up_are_the_same(
    layer: str, old: list[str], new: list[str], added: list[str], removed: list[str]
) -> None:
    found = told(merged(old, layer), merged(new, layer))
    assert found == (sorted(added), sorted(removed))


@given(st.lists(st.sampled_from(SOURCES), max_size=6), st.lists(st.sampled_from(SOURCES), max_size=6))
def test_each_wire_is_at_most_one_other(before: list[str], after: list[str]) -> None:
    added, removed = told(merged(before), merged(after))
    assert Counter(before) - Counter(removed) == Counter(after) - Counter(added)


def test_inputs_in_another_order_are_a_difference() -> None:
    added, removed = told(merged(["one", "two", "three"]), merged(["one", "three", "two"]))
    assert added == removed == ["three", "two"]


def test_a_port_that_is_left_out_is_no_difference() -> None:
    old, new = merged(["one", "two"], ports=[0, 2]), merged(["one", "two"])
    found = differences(old, new)
    assert found.is_empty
    assert found.summary() == []
    assert {was.target_port: now.target_port for was, now in found.network.wires_renumbered.items()} == {2: 1}


def test_what_a_fixed_input_gets_counts() -> None:
    layer = "cross_attention"
    old, new = merged(["one", "two"], layer), merged(["two"], layer)
    added, removed = told(old, new)
    assert added == ["two"]
    assert removed == ["one", "two"]


def draw_two_ways(pen: Sketch) -> None:
    left, right = pen.add("block_input", name="left"), pen.add("block_input", name="right", lane=1)
    first, second = pen.add("relu", left, name="a"), pen.add("sigmoid", right, name="b")
    pen.add("block_output", first, name="x")
    pen.add("block_output", second, name="y")


TWO_WAYS = draw_block("TwoWays", "", draw_two_ways)


def around_block() -> tuple[Graph, NodeId]:
    pen = Sketch()
    pen.use(TWO_WAYS)
    start = pen.add("input", name="start")
    left, right = pen.add("relu", start, name="left"), pen.add("tanh", start, name="right")
    instance = pen.add("block:TwoWays", left, right, name="inner")
    pen.add("output", (instance, 1), name="end")
    return pen.graph, instance


def test_ports_of_a_block_are_those_of_its_inside() -> None:
    old, instance = around_block()
    new = old.snapshot()
    inside = new.blocks["TwoWays"].graph
    gone = [node.id for node in inside.nodes.values() if node.name in ("left", "a", "x")]
    for edge in [edge for edge in inside.edges if edge.target in gone]:
        Within("TwoWays", Disconnect(edge)).apply(new)
    for node in gone:
        Within("TwoWays", RemoveNode(node)).apply(new)
    # What was the second input and the second output are the first ones now.
    assert [edge.target_port for edge in new.incoming(instance)] == [0]
    assert [edge.source_port for edge in new.outgoing(instance)] == [0]
    added, removed = told(old, new)
    assert added == []
    assert removed == ["left"]
    network = differences(old, new).network
    assert len(network.wires_renumbered) == 2
    assert not network.changed


def test_another_wire_at_the_same_number_is_a_difference() -> None:
    old, instance = around_block()
    new = old.snapshot()
    end = new.named("end")
    assert end is not None
    Disconnect(Edge(instance, 1, end.id, 0)).apply(new)
    Connect(Edge(instance, 0, end.id, 0)).apply(new)
    assert told(old, new) == (["inner"], ["inner"])


def test_wires_of_new_layers_are_new() -> None:
    old = merged(["one", "two"])
    new = old.snapshot()
    fresh = new_node(new, "relu", name="fresh")
    merge = new.named("all")
    assert merge is not None
    AddNode(fresh).apply(new)
    for edge in new.incoming(merge.id):
        Disconnect(edge).apply(new)
    for port, source in enumerate((fresh.id, *(edge.source for edge in old.incoming(merge.id)))):
        Connect(Edge(source, 0, merge.id, port)).apply(new)
    assert told(old, new) == (["fresh"], [])
