"""The graph keeps its promises: what it refuses, what it announces, in which order it is read."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable
from itertools import combinations, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.graph import document
from engine.graph.errors import GraphError
from engine.graph.events import (
    EdgeAdded,
    EdgeRemoved,
    GraphEvent,
    NodeAdded,
    NodeRemoved,
    NodeRenamed,
    NodesMoved,
    ParamChanged,
    SettingChanged,
)
from engine.graph.model import MAX_COORDINATE, Edge, Graph, Node, NodeId, new_ids
from engine.graph.names import MAX_NAME, RESERVED

A, B, C, D = (NodeId(name) for name in "abcd")


def node(identity: str, /, **fields: object) -> Node:
    return dataclasses.replace(Node(NodeId(identity), "relu", identity), **fields)


def wire(source: str, target: str, port: int = 0) -> Edge:
    return Edge(NodeId(source), 0, NodeId(target), port)


def graph_of(names: Iterable[str], edges: Iterable[Edge] = ()) -> Graph:
    return Graph.assemble(map(node, names), edges, {})


@pytest.mark.parametrize(
    ("edge", "sentence"),
    [
        (wire("a", "a"), "“a” cannot feed itself."),
        (wire("c", "a"), "This would form a cycle: “a” already feeds “c”."),
        (wire("b", "a"), "This would form a cycle: “a” already feeds “b”."),
        (wire("d", "b"), "This input of “b” is already fed by “a”."),
        (wire("a", "b"), "This input of “b” is already fed by “a”."),
        (wire("gone", "d"), "A wire of “d” leads to a layer that is not in the network."),
        (wire("d", "gone"), "A wire of “d” leads to a layer that is not in the network."),
        (wire("gone", "lost"), "A wire leads to a layer that is not in the network."),
    ],
)
def test_impossible_edges_are_refused_with_a_reason(edge: Edge, sentence: str) -> None:
    graph = graph_of("abcd", [wire("a", "b"), wire("b", "c")])
    before = document.dump(graph)
    assert graph.refusal(edge) == sentence
    with pytest.raises(GraphError) as caught:
        graph.add_edge(edge)
    assert str(caught.value) == sentence
    assert document.dump(graph) == before


def test_one_output_feeds_many_inputs_and_one_node_twice() -> None:
    graph = graph_of("abc")
    for edge in (wire("a", "b"), wire("a", "c", 0), wire("a", "c", 3)):
        assert graph.refusal(edge) is None
        graph.add_edge(edge)
    assert graph.outgoing(A) == [wire("a", "b"), wire("a", "c", 0), wire("a", "c", 3)]
    assert graph.incoming(C) == [wire("a", "c", 0), wire("a", "c", 3)]


@pytest.mark.parametrize(
    ("nodes", "edges"),
    [
        ("aa", []),
        ("ab", [wire("a", "b"), wire("b", "a")]),
        ("abc", [wire("a", "b"), wire("b", "c"), wire("c", "b", 1)]),
        ("a", [wire("a", "a")]),
        ("ab", [wire("a", "b"), wire("a", "b")]),
        ("ab", [wire("a", "c")]),
    ],
    ids=["double node", "cycle of two", "cycle behind a start", "self-loop", "doubly fed", "dangling"],
)
def test_impossible_graphs_are_not_assembled(nodes: str, edges: list[Edge]) -> None:
    with pytest.raises(GraphError):
        graph_of(nodes, edges)


def test_double_ids_and_names_are_refused() -> None:
    graph = graph_of("a")
    with pytest.raises(GraphError, match="“a” and “other” have the same id"):
        graph.add_node(node("other", id=A))
    with pytest.raises(GraphError, match="already a layer called “a”"):
        graph.add_node(node("a", id=B))
    graph.add_node(node("b"))
    with pytest.raises(GraphError, match="already a layer called “a”"):
        graph.rename_node(B, "a")
    graph.rename_node(B, "b")
    assert [each.name for each in graph.nodes.values()] == ["a", "b"]


IMPOSSIBLE_NAMES = {
    "empty": "",
    "digit first": "2conv",
    "space": "my conv",
    "empty part": "block..conv",
    "number first": "0.conv",
    "zeros": "block.01",
    "private": "_conv",
    "line break": "a\nb",
    "code": "__import__('os')",
    "too long": "a" * (MAX_NAME + 1),
    "keyword": "lambda",
    "constant": "None",
    "module method": "forward",
    "module attribute": "training",
    "self": "self",
    "torch": "torch",
    # Python reads these as other identifiers, so a module could not be found by them.
    "ligature": "ﬁlter",
    "decomposed": "an\u0303o",
    "micro sign": "µ",
}


@pytest.mark.parametrize("name", IMPOSSIBLE_NAMES.values(), ids=IMPOSSIBLE_NAMES)
def test_names_that_cannot_name_a_submodule_are_refused(name: str) -> None:
    graph = graph_of("a")
    with pytest.raises(GraphError) as caught:
        graph.add_node(node("b", name=name))
    with pytest.raises(GraphError):
        graph.rename_node(A, name)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert sentence.isprintable()
    assert len(sentence) < 150
    assert list(graph.nodes) == [A]
    assert graph.named("a") is not None


@pytest.mark.parametrize("name", ["conv1", "x", "añadir", "μ", "match", "list", "a" * MAX_NAME])
def test_every_other_identifier_is_a_name(name: str) -> None:
    graph = graph_of("a")
    graph.rename_node(A, name)
    assert graph.named(name) == graph.nodes[A]
    assert graph.named("a") is None


@pytest.mark.parametrize("x", [math.nan, math.inf, -math.inf, 2 * MAX_COORDINATE])
def test_nodes_stay_on_the_canvas(x: float) -> None:
    graph = graph_of("a")
    with pytest.raises(GraphError, match="canvas"):
        graph.add_node(node("b", position=(x, 0.0)))
    with pytest.raises(GraphError, match="canvas"):
        graph.move_nodes({A: (0.0, x)})
    assert list(graph.nodes) == [A]
    assert graph.nodes[A].position == (0.0, 0.0)


CHANGES: dict[str, tuple[Callable[[Graph], None], Callable[[Graph], GraphEvent]]] = {
    "add node": (lambda graph: graph.add_node(node("c")), lambda graph: NodeAdded(graph.nodes[C])),
    "remove node": (lambda graph: graph.remove_node(D), lambda graph: NodeRemoved(node("d"))),
    "move": (
        lambda graph: graph.move_nodes({A: (1.0, 2.0), D: (3.0, 4.0)}),
        lambda graph: NodesMoved((node("a", position=(1.0, 2.0)), node("d", position=(3.0, 4.0)))),
    ),
    "rename": (
        lambda graph: graph.rename_node(A, "other"),
        lambda graph: NodeRenamed(node("a", name="other"), "a"),
    ),
    "set parameter": (
        lambda graph: graph.set_param(A, "p", 0.5),
        lambda graph: ParamChanged(node("a", params={"p": 0.5}), "p"),
    ),
    "add edge": (lambda graph: graph.add_edge(wire("a", "d")), lambda graph: EdgeAdded(wire("a", "d"))),
    "remove edge": (lambda graph: graph.remove_edge(wire("a", "b")), lambda graph: EdgeRemoved(wire("a", "b"))),
    "set": (
        lambda graph: graph.set_setting("data", "dataset", "mnist"),
        lambda graph: SettingChanged("data", "dataset"),
    ),
    "unset": (lambda graph: graph.set_setting("recipe", "seed", None), lambda graph: SettingChanged("recipe", "seed")),
}


@pytest.mark.parametrize(("change", "event"), CHANGES.values(), ids=CHANGES)
def test_each_change_is_announced_once_after_it_was_made(
    change: Callable[[Graph], None], event: Callable[[Graph], GraphEvent]
) -> None:
    graph = graph_of("abd", [wire("a", "b")])
    graph.set_setting("recipe", "seed", 3)
    heard: list[tuple[GraphEvent, bytes]] = []
    disconnect = graph.changed.connect(lambda event: heard.append((event, document.dump(graph))))
    change(graph)
    assert heard == [(event(graph), document.dump(graph))]
    disconnect()
    graph.move_nodes({A: (5.0, 5.0)})
    assert len(heard) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda graph: graph.add_node(node("a")),
        lambda graph: graph.add_edge(wire("b", "a")),
        lambda graph: graph.remove_node(A),
        lambda graph: graph.remove_edge(wire("b", "a")),
        lambda graph: graph.rename_node(A, "b"),
        lambda graph: graph.move_nodes({C: (0.0, 0.0)}),
        lambda graph: graph.set_param(C, "p", 1),
    ],
    ids=["add node", "add edge", "remove wired node", "remove edge", "rename", "move", "set parameter"],
)
def test_refused_changes_change_and_announce_nothing(change: Callable[[Graph], None]) -> None:
    graph = graph_of("ab", [wire("a", "b")])
    before = document.dump(graph)
    heard: list[GraphEvent] = []
    graph.changed.connect(heard.append)
    with pytest.raises(GraphError):
        change(graph)
    assert heard == []
    assert document.dump(graph) == before


def test_a_snapshot_is_independent_and_silent() -> None:
    graph = graph_of("ab", [wire("a", "b")])
    graph.set_setting("data", "dataset", "mnist")
    heard: list[GraphEvent] = []
    graph.changed.connect(heard.append)
    before = document.dump(graph)
    snapshot = graph.snapshot()
    for changed, kept in ((snapshot, graph), (graph, graph.snapshot())):
        heard.clear()
        changed.remove_edge(wire("a", "b"))
        changed.remove_node(A)
        changed.rename_node(B, "other")
        changed.set_param(B, "p", 1)
        changed.set_setting("data", "dataset", "spirals")
        assert document.dump(kept) == before
        assert bool(heard) is (changed is graph)


def test_the_views_of_a_graph_cannot_change_it() -> None:
    graph = graph_of("ab", [wire("a", "b")])
    graph.edges.clear()
    graph.incoming(B).clear()
    graph.outgoing(A).clear()
    with pytest.raises(TypeError):
        graph.nodes[C] = node("c")  # type: ignore[index]
    with pytest.raises(TypeError):
        graph.settings["data"] = {}  # type: ignore[index]
    assert graph.edges == [wire("a", "b")]


def test_empty_sections_of_the_settings_vanish() -> None:
    graph = Graph()
    graph.set_setting("data", "dataset", "mnist")
    graph.set_setting("data", "dataset", None)
    graph.set_setting("recipe", "seed", None)
    assert dict(graph.settings) == {}


def random_edges(names: str) -> st.SearchStrategy[list[Edge]]:
    """Any subset of the edges that lead onwards in `names`, each into a port of its own."""
    pairs = list(combinations(names, 2))
    return st.lists(st.sampled_from(pairs), unique=True).map(
        lambda chosen: [wire(source, target, index) for index, (source, target) in enumerate(chosen)]
    )


@settings(max_examples=4 * settings.default.max_examples // 3)
@given(edges=random_edges("abcdef"), order=st.permutations("abcdef"), data=st.data())
def test_the_topological_order_depends_on_ids_and_edges_alone(
    edges: list[Edge], order: list[str], data: st.DataObject
) -> None:
    reference = graph_of("abcdef", edges).wiring.topological_order()
    assert sorted(reference) == list("abcdef")
    assert all(reference.index(edge.source) < reference.index(edge.target) for edge in edges)
    shuffled = data.draw(st.permutations(edges))
    assert graph_of(order, shuffled).wiring.topological_order() == reference


def test_what_the_wires_leave_open_is_in_the_order_of_ids() -> None:
    names = [f"n{number}" for number in (11, 2, 10, 1, 3)]
    graph = graph_of(names, [wire("n1", "n11"), wire("n1", "n10"), wire("n11", "n2"), wire("n10", "n3")])
    assert graph.wiring.topological_order() == ["n1", "n10", "n3", "n11", "n2"]


@settings(max_examples=4 * settings.default.max_examples // 3)
@given(pairs=st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde")), max_size=12, unique=True))
def test_exactly_the_edges_that_close_a_cycle_are_refused(pairs: list[tuple[str, str]]) -> None:
    graph = graph_of("abcde")
    accepted: list[tuple[str, str]] = []
    for port, (source, target) in enumerate(pairs):
        edge = wire(source, target, port)
        # An order of all nodes in which every edge leads onwards exists exactly when there is no cycle.
        possible = any(
            all(order.index(start) < order.index(end) for start, end in [*accepted, (source, target)])
            for order in permutations("abcde")
        )
        assert (graph.refusal(edge) is None) is possible
        if possible:
            graph.add_edge(edge)
            accepted.append((source, target))


@given(edges=random_edges("abcdef"), start=st.sampled_from("abcdef"))
def test_descendants_are_all_that_a_node_feeds(edges: list[Edge], start: str) -> None:
    reached = {start}
    for _ in range(6):
        reached |= {edge.target for edge in edges if edge.source in reached}
    assert graph_of("abcdef", edges).wiring.descendants(NodeId(start)) == reached


@pytest.mark.parametrize(
    "ids",
    [[], ["n1", "n2"], ["n7", "n2"], ["n999999999999"], ["n999999999999", "n1000000000000"], ["n01", "x", "n9" * 4000]],
    ids=["none", "in order", "gap", "largest", "beyond the largest", "foreign"],
)
def test_new_ids_are_free_and_different(ids: list[str]) -> None:
    graph = Graph.assemble([node(f"a{index}", id=NodeId(each)) for index, each in enumerate(ids)], [], {})
    fresh = new_ids(graph, 3)
    assert len({*fresh, *ids}) == 3 + len(ids)
    for index, each in enumerate(fresh):
        graph.add_node(node(f"b{index}", id=each))


def test_unique_names_count_upwards_from_two() -> None:
    graph = graph_of(["conv", "conv2", "block1", "b" * MAX_NAME])
    assert graph.unique_name("dense") == "dense"
    assert graph.unique_name("conv") == "conv3"
    assert graph.unique_name("conv", taken={"conv3"}) == "conv4"
    assert graph.unique_name("block1") == "block2"
    assert graph.unique_name("train") == "train2"
    longest = graph.unique_name("b" * MAX_NAME)
    graph.add_node(node("n", name=longest))
    assert longest == "b" * (MAX_NAME - 1) + "2"


def test_reserved_names_are_what_every_module_has() -> None:
    import torch
    from torch import fx, nn

    module = fx.GraphModule(nn.Module(), fx.Graph())
    public = {name for name in (*dir(nn.Module()), *dir(module)) if not name.startswith("_")}
    assert public <= RESERVED
    assert torch.__name__ in RESERVED
    assert all(name.isidentifier() for name in RESERVED)
