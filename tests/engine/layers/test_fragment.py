"""Parts of a network as text: what comes back, and what hostile text does."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.graph.document import dump
from engine.graph.edits import AddNode, Connect
from engine.graph.errors import GraphError
from engine.graph.model import Edge, Graph, Node, NodeId
from engine.layers.fragment import copy, paste
from engine.layers.nodes import new_node
from engine.layers.registry import specs
from engine.layers.validation import misplaced


def network() -> Graph:
    """input → conv → relu → add ← conv, with relu → output."""
    graph = Graph()
    for row, (layer, params) in enumerate(
        (("input", {}), ("conv2d", {"out_channels": 8}), ("relu", {}), ("add", {}), ("output", {}))
    ):
        AddNode(new_node(graph, layer, (8.0 * row, 96.0 * row), **params)).apply(graph)
    for edge in (("n1", "n2", 0), ("n2", "n3", 0), ("n3", "n4", 0), ("n2", "n4", 1), ("n3", "n5", 0)):
        Connect(Edge(NodeId(edge[0]), 0, NodeId(edge[1]), edge[2])).apply(graph)
    return graph


def named_edges(graph: Graph) -> set[tuple[str, str, int]]:
    return {(graph.nodes[e.source].name, graph.nodes[e.target].name, e.target_port) for e in graph.edges}


def test_copies_have_new_ids_and_names_and_only_the_wires_among_them():
    graph = network()
    pasted = paste(graph, copy(graph, [NodeId("n2"), NodeId("n3"), NodeId("n4")]), offset=(200.0, 16.0))
    before = dump(graph)
    inverse = pasted.edit.apply(graph)
    assert [node.name for node in pasted.nodes] == ["conv2", "relu2", "add2"]
    assert {node.id for node in pasted.nodes} == {"n6", "n7", "n8"}
    assert named_edges(graph) - {("input", "conv", 0), ("conv", "relu", 0), ("relu", "output", 0)} == {
        ("relu", "add", 0),
        ("conv", "add", 1),
        ("conv2", "relu2", 0),
        ("relu2", "add2", 0),
        ("conv2", "add2", 1),
    }
    assert graph.named("conv2").params == graph.named("conv").params
    assert graph.named("conv2").position == (208.0, 112.0)
    inverse.apply(graph)
    assert dump(graph) == before


def test_into_another_graph():
    source, target = network(), Graph()
    pasted = paste(target, copy(source, source.nodes))
    pasted.edit.apply(target)
    assert named_edges(target) == named_edges(source)
    assert {n.name: n.params for n in target.nodes.values()} == {n.name: n.params for n in source.nodes.values()}


def test_around_a_point_by_steps_of_the_grid():
    graph = network()
    pasted = paste(graph, copy(graph, [NodeId("n1"), NodeId("n5")]), at=(1001.0, -333.0))
    (x1, y1), (x2, y2) = (node.position for node in pasted.nodes)
    assert (x2 - x1, y2 - y1) == (32.0, 384.0)
    assert abs((x1 + x2) / 2 - 1001.0) <= 4
    assert abs((y1 + y2) / 2 + 333.0) <= 4
    assert x1 % 8 == y1 % 8 == 0


@pytest.mark.parametrize("layer", [spec.id for spec in specs() if misplaced(spec.id, Graph()) is None])
def test_every_layer_survives(layer):
    source, target = Graph(), Graph()
    node = new_node(source, layer)
    source.add_node(node)
    pasted = paste(target, copy(source, [node.id]))
    assert (pasted.nodes[0].layer, pasted.nodes[0].params) == (layer, node.params)
    assert pasted.edit.label == f"Paste {node.name}"


@pytest.mark.parametrize("text", ["", " ", "hello", "{}", "[]", '{"netwright": 1, "nodes": []}', "\x00", "{" * 100_000])
def test_other_text_is_none_of_ours(text):
    assert paste(Graph(), text) is None


def mangled(**changes: object) -> str:
    """A good fragment in which some parts are replaced."""
    graph = network()
    return json.dumps({**json.loads(copy(graph, graph.nodes)), **changes})


def node(**changes: object) -> dict[str, object]:
    return {"id": "a", "layer": "relu", "name": "relu", "x": 0, "y": 0, "params": {}, **changes}


HOSTILE = {
    "truncated": mangled()[:-30],
    "newer": mangled(netwright_fragment=4),
    "older than the first": mangled(netwright_fragment=0),
    "no version": mangled(netwright_fragment="1"),
    "empty": mangled(nodes=[], edges=[]),
    "no list": mangled(nodes={"a": 1}),
    "wrong type": mangled(nodes=[node(id=7)], edges=[]),
    "unknown field": mangled(nodes=[node(code="import os")], edges=[]),
    "unknown layer": mangled(nodes=[node(layer="evil")], edges=[]),
    "unknown parameter": mangled(nodes=[node(params={"inplace": True})], edges=[]),
    "parameter out of range": mangled(nodes=[node(layer="conv2d", params={"out_channels": -4})], edges=[]),
    "parameter of a wrong type": mangled(nodes=[node(layer="conv2d", params={"out_channels": "many"})], edges=[]),
    "huge number": mangled(nodes=[node(layer="conv2d", params={"out_channels": 10**30})], edges=[]),
    "bad name": mangled(nodes=[node(name="two words")], edges=[]),
    "empty name": mangled(nodes=[node(name="")], edges=[]),
    "digits for a name": mangled(nodes=[node(name="123")], edges=[]),
    "endless name": mangled(nodes=[node(name="x" * 100_000)], edges=[]),
    "far away": mangled(nodes=[node(x=1e300)], edges=[]),
    "nowhere": mangled(nodes=[node(x=None)], edges=[]),
    "end of a block": mangled(nodes=[node(layer="block_input")], edges=[]),
    "expression": mangled(nodes=[node(layer="linear", params={"out_features": "=width"})], edges=[]),
    "expression that is code": mangled(
        nodes=[node(layer="linear", params={"out_features": "=__import__('os')"})], edges=[]
    ),
    "unknown block": mangled(nodes=[node(layer="block:Nothing")], edges=[]),
    "blocks are no list": mangled(blocks=7),
    "variables are no object": mangled(variables=[1]),
    "twice": mangled(nodes=[node(), node(name="other")], edges=[]),
    "frames are no list": mangled(frames=7),
    "frame without layers": mangled(frames=[{"id": "a1", "members": []}]),
    "frame around nothing": mangled(frames=[{"id": "a1", "members": ["n99"]}]),
    "endless note": mangled(notes=[{"id": "a1", "text": "x" * 100_000, "x": 0, "y": 0}]),
    "too many notes": mangled(notes=[{"id": f"a{i}", "text": "", "x": 0, "y": 0} for i in range(1_001)]),
    "note on another planet": mangled(notes=[{"id": "a1", "text": "", "x": 1e300, "y": 0}]),
    "dangling": mangled(edges=[{"from": ["n1", 0], "to": ["n99", 0]}]),
    "no such output": mangled(edges=[{"from": ["n1", 5], "to": ["n2", 0]}]),
    "no such input": mangled(edges=[{"from": ["n1", 0], "to": ["n2", 3]}]),
    "negative port": mangled(edges=[{"from": ["n1", 0], "to": ["n4", -1]}]),
    "huge port": mangled(edges=[{"from": ["n1", 0], "to": ["n4", 10**12]}]),
    "self-loop": mangled(edges=[{"from": ["n3", 0], "to": ["n3", 0]}]),
    "cycle": mangled(edges=[{"from": ["n2", 0], "to": ["n3", 0]}, {"from": ["n3", 0], "to": ["n2", 0]}]),
    "doubly fed": mangled(edges=[{"from": ["n1", 0], "to": ["n3", 0]}, {"from": ["n2", 0], "to": ["n3", 0]}]),
    "too many": mangled(nodes=[node(id=f"a{i}", name=f"r{i}") for i in range(10_001)], edges=[]),
    "deep": '{"netwright_fragment": ' + "[" * 100_000,
    "surrogate": '{"netwright_fragment": 1, "nodes": "\ud800"}',
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_gives_one_sentence_and_changes_nothing(text):
    graph = network()
    before = dump(graph)
    with pytest.raises(GraphError) as caught:
        paste(graph, text).edit.apply(graph)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert len(sentence) < 400
    assert dump(graph) == before


def test_a_full_graph_takes_no_more():
    graph = Graph()
    for index in range(9_999):
        graph.add_node(new_node(graph, "relu", name=f"r{index}") if index == 0 else _relu(index))
    text = mangled(nodes=[node(), node(id="b", name="other")], edges=[])
    with pytest.raises(GraphError, match="at most"):
        paste(graph, text)


def _relu(index: int):
    return Node(NodeId(f"n{index + 1}"), "relu", f"r{index}")


@settings(max_examples=4 * settings.default.max_examples)
@given(st.text(max_size=200), st.integers(0, 300))
def test_damage_anywhere_never_escapes(noise, place):
    graph = network()
    text = copy(graph, graph.nodes)
    before = dump(graph)
    try:
        pasted = paste(graph, text[:place] + noise + text[place + len(noise) :])
        if pasted is not None:
            pasted.edit.apply(graph).apply(graph)
    except GraphError:
        pass
    assert dump(graph) == before


@pytest.mark.parametrize("kind", ["truncated", "newer", "empty", "unknown layer", "parameter out of range"])
def test_a_refusal_says_where_the_text_comes_from(kind):
    graph = network()
    with pytest.raises(GraphError) as caught:
        paste(graph, HOSTILE[kind], origin="what you drag")
    assert "what you drag" in str(caught.value).lower()
    assert "clipboard" not in str(caught.value)


def test_what_would_be_pasted_can_be_looked_at_before():
    source, graph = network(), network()
    before = dump(graph)
    pasted = paste(graph, copy(source, source.nodes))
    assert dump(graph) == before
    assert {node.id for node in pasted.nodes} == set(pasted.graph.nodes) - set(graph.nodes)
    pasted.edit.apply(graph)
    assert dump(graph) == dump(pasted.graph)
