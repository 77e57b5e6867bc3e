"""Each edit does what it says, its inverse takes it back, and a refused edit changes nothing."""

from __future__ import annotations

import math
from itertools import combinations

import pytest

from engine.graph import document
from engine.graph.edits import (
    AddNode,
    Compound,
    Connect,
    Disconnect,
    Edit,
    MoveNodes,
    RemoveNode,
    Rename,
    SetParam,
    SetSetting,
    crossing,
    dissolve,
    insert_on_edge,
    is_wired_outside,
    remove,
)
from engine.graph.errors import GraphError
from engine.graph.events import GraphEvent
from engine.graph.model import Edge, Graph, Node, NodeId

A, B, C, D, NEW, GONE = (NodeId(name) for name in ("a", "b", "c", "d", "new", "gone"))


def wire(source: NodeId, target: NodeId, port: int = 0) -> Edge:
    return Edge(source, 0, target, port)


@pytest.fixture
def graph() -> Graph:
    """The chain a → b → c and a skip a → c; d is alone."""
    nodes = [Node(each, "relu", each, {"p": 1, "q": 2}, (0.0, 96.0 * row)) for row, each in enumerate((A, B, C, D))]
    edges = [wire(A, B), wire(B, C), wire(A, C, 1)]
    return Graph.assemble(nodes, edges, {"recipe": {"seed": 3}})


def edges_after(graph: Graph, edit: Edit) -> set[Edge]:
    edit.apply(graph)
    return set(graph.edges)


EDITS: dict[str, Edit] = {
    "add": AddNode(Node(NEW, "relu", "new", {}, (1.0, 2.0))),
    "remove wired": RemoveNode(B),
    "remove alone": RemoveNode(D),
    "connect": Connect(wire(C, D)),
    "disconnect": Disconnect(wire(A, C, 1)),
    "set parameter": SetParam(A, "p", 5),
    "set parameter to what it was": SetParam(A, "p", 1),
    "rename": Rename(A, "first"),
    "move one": MoveNodes({A: (5.0, 6.0)}),
    "move some": MoveNodes({A: (5.0, 6.0), D: (7.0, 8.0)}),
    "move none": MoveNodes({}),
    "new setting": SetSetting("data", "dataset", "mnist"),
    "other setting": SetSetting("recipe", "seed", 4),
    "no setting": SetSetting("recipe", "seed", None),
    "compound": Compound("Both", (RemoveNode(B), Connect(wire(A, C, 0)), Rename(C, "b"))),
    "empty compound": Compound("Nothing", ()),
}

REFUSED: dict[str, Edit] = {
    "add double id": AddNode(Node(A, "relu", "new")),
    "add double name": AddNode(Node(NEW, "relu", "a")),
    "add bad name": AddNode(Node(NEW, "relu", "a b")),
    "add off the canvas": AddNode(Node(NEW, "relu", "new", {}, (math.nan, 0.0))),
    "remove what is gone": RemoveNode(GONE),
    "connect cycle": Connect(wire(C, A)),
    "connect itself": Connect(wire(D, D)),
    "connect fed": Connect(wire(D, B)),
    "connect what is gone": Connect(wire(GONE, D)),
    "disconnect what is not wired": Disconnect(wire(A, D)),
    "disconnect another port": Disconnect(wire(A, C, 2)),
    "set unknown parameter": SetParam(A, "r", 1),
    "set parameter of what is gone": SetParam(GONE, "p", 1),
    "rename to what is taken": Rename(A, "b"),
    "rename to nonsense": Rename(A, ""),
    "rename what is gone": Rename(GONE, "other"),
    "move what is gone": MoveNodes({A: (5.0, 6.0), GONE: (0.0, 0.0)}),
    "move off the canvas": MoveNodes({A: (5.0, 6.0), B: (math.inf, 0.0)}),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_the_inverse_takes_an_edit_back_and_its_inverse_makes_it_again(graph: Graph, edit: Edit) -> None:
    before = document.dump(graph)
    inverse = edit.apply(graph)
    after = document.dump(graph)
    again = inverse.apply(graph)
    assert document.dump(graph) == before
    again.apply(graph)
    assert document.dump(graph) == after


@pytest.mark.parametrize("edit", [edit for name, edit in EDITS.items() if "what it was" not in name])
def test_every_edit_says_what_it_does(edit: Edit) -> None:
    assert edit.label[:1].isupper()
    assert edit.label.isprintable()


@pytest.mark.parametrize("edit", REFUSED.values(), ids=REFUSED)
def test_a_refused_edit_changes_nothing(graph: Graph, edit: Edit) -> None:
    before = document.dump(graph)
    heard: list[GraphEvent] = []
    graph.changed.connect(heard.append)
    with pytest.raises(GraphError, match=r"^[^\n]+\.$"):
        edit.apply(graph)
    assert document.dump(graph) == before
    assert heard == []


@pytest.mark.parametrize("refused", REFUSED.values(), ids=REFUSED)
def test_a_compound_that_is_refused_midway_is_rolled_back(graph: Graph, refused: Edit) -> None:
    before = document.dump(graph)
    # Steps that build on each other, so that they can only be taken back in the opposite order.
    steps = (SetParam(A, "q", 8), SetParam(A, "q", 9), Disconnect(wire(A, B)), Connect(wire(A, B, 7)), RemoveNode(B))
    inner = Compound("Inner", (MoveNodes({B: (1.0, 1.0)}), *steps, AddNode(Node(B, "relu", "b")), refused))
    outer = Compound("Outer", (RemoveNode(D), SetSetting("data", "dataset", "mnist"), inner))
    with pytest.raises(GraphError):
        outer.apply(graph)
    assert document.dump(graph) == before


def test_edits_do_what_they_say(graph: Graph) -> None:
    SetParam(A, "p", 5).apply(graph)
    Rename(A, "first").apply(graph)
    MoveNodes({A: (5.0, 6.0)}).apply(graph)
    assert graph.nodes[A] == Node(A, "relu", "first", {"p": 5, "q": 2}, (5.0, 6.0))
    RemoveNode(B).apply(graph)
    assert graph.edges == [wire(A, C, 1)]
    Connect(wire(A, D)).apply(graph)
    Disconnect(wire(A, C, 1)).apply(graph)
    assert graph.edges == [wire(A, D)]
    SetSetting("recipe", "seed", 4).apply(graph)
    assert graph.settings == {"recipe": {"seed": 4}}


MERGES: dict[str, tuple[Edit, Edit]] = {
    "parameter": (SetParam(A, "p", 5), SetParam(A, "p", 6)),
    "setting": (SetSetting("recipe", "seed", 4), SetSetting("recipe", "seed", 5)),
    "setting taken away": (SetSetting("recipe", "seed", 4), SetSetting("recipe", "seed", None)),
    "one drag": (MoveNodes({A: (1.0, 1.0)}, "drag 1"), MoveNodes({A: (2.0, 2.0)}, "drag 1")),
}

SEPARATE: dict[str, tuple[Edit, Edit]] = {
    "other parameter": (SetParam(A, "p", 5), SetParam(A, "q", 6)),
    "other node": (SetParam(A, "p", 5), SetParam(B, "p", 6)),
    "other setting": (SetSetting("recipe", "seed", 4), SetSetting("recipe", "epochs", 4)),
    "other section": (SetSetting("recipe", "seed", 4), SetSetting("data", "seed", 4)),
    "two drags": (MoveNodes({A: (1.0, 1.0)}, "drag 1"), MoveNodes({A: (2.0, 2.0)}, "drag 2")),
    "moves without a gesture": (MoveNodes({A: (1.0, 1.0)}), MoveNodes({A: (2.0, 2.0)})),
    "other nodes dragged": (MoveNodes({A: (1.0, 1.0)}, "drag 1"), MoveNodes({B: (2.0, 2.0)}, "drag 1")),
    "more nodes dragged": (MoveNodes({A: (1.0, 1.0)}, "d"), MoveNodes({A: (1.0, 1.0), B: (2.0, 2.0)}, "d")),
    "renames": (Rename(A, "first"), Rename(A, "second")),
    "parameter and setting": (SetParam(A, "p", 5), SetSetting("recipe", "p", 5)),
    "connect and disconnect": (Connect(wire(C, D)), Disconnect(wire(C, D))),
}


@pytest.mark.parametrize(("first", "later"), MERGES.values(), ids=MERGES)
def test_a_merged_edit_does_both_and_one_inverse_undoes_both(graph: Graph, first: Edit, later: Edit) -> None:
    before, twin = document.dump(graph), graph.snapshot()
    merged = first.merge(later)
    assert merged is not None
    inverse = first.apply(graph)
    later.apply(graph)
    merged.apply(twin)
    assert document.dump(twin) == document.dump(graph)
    inverse.apply(graph)
    assert document.dump(graph) == before


@pytest.mark.parametrize(("first", "later"), SEPARATE.values(), ids=SEPARATE)
def test_separate_edits_stay_separate(first: Edit, later: Edit) -> None:
    assert first.merge(later) is None
    assert later.merge(first) is None


def test_removing_some_takes_their_wires_and_the_chosen_ones(graph: Graph) -> None:
    edit = remove(graph, [B, D, B], [wire(A, B), wire(A, C, 1), wire(A, C, 1)])
    assert edit.label == "Delete 2 layers"
    assert edges_after(graph, edit) == set()
    assert set(graph.nodes) == {A, C}


def test_removing_names_what_it_removes(graph: Graph) -> None:
    assert remove(graph, [B]).label == "Delete b"
    assert remove(graph, [], [wire(A, B)]).label == "Disconnect layers"
    assert edges_after(graph, remove(graph, [], [wire(A, B)])) == {wire(B, C), wire(A, C, 1)}


def test_inserting_on_a_wire_keeps_the_ports_at_its_ends(graph: Graph) -> None:
    before = document.dump(graph)
    edit = insert_on_edge(Node(NEW, "relu", "new"), wire(A, C, 1))
    inverse = edit.apply(graph)
    assert set(graph.edges) == {wire(A, B), wire(B, C), wire(A, NEW), wire(NEW, C, 1)}
    assert edit.label == "Insert new"
    inverse.apply(graph)
    assert document.dump(graph) == before


def test_inserting_a_node_that_is_there_moves_no_other_wire(graph: Graph) -> None:
    edit = insert_on_edge(graph.nodes[D], wire(A, B), add=False)
    assert edges_after(graph, edit) == {wire(A, D), wire(D, B), wire(B, C), wire(A, C, 1)}


def test_inserting_a_node_that_is_wired_already_is_refused_as_a_whole(graph: Graph) -> None:
    before = document.dump(graph)
    with pytest.raises(GraphError):
        insert_on_edge(graph.nodes[C], wire(A, B), add=False).apply(graph)
    assert document.dump(graph) == before


def test_dissolving_joins_what_fed_a_node_to_all_it_fed(graph: Graph) -> None:
    Connect(wire(B, D)).apply(graph)
    assert edges_after(graph, dissolve(graph, B)) == {wire(A, C), wire(A, D), wire(A, C, 1)}
    assert B not in graph.nodes


def test_dissolving_a_merge_keeps_its_first_branch(graph: Graph) -> None:
    Connect(wire(C, D)).apply(graph)
    assert edges_after(graph, dissolve(graph, C)) == {wire(A, B), wire(B, D)}


@pytest.mark.parametrize("end", [A, C, D], ids=["start", "end", "alone"])
def test_dissolving_the_end_of_a_chain_just_removes_it(graph: Graph, end: NodeId) -> None:
    before = document.dump(graph)
    expected = {edge for edge in graph.edges if end not in (edge.source, edge.target)}
    inverse = dissolve(graph, end).apply(graph)
    assert set(graph.edges) == expected
    inverse.apply(graph)
    assert document.dump(graph) == before


def test_inserting_and_dissolving_cancel_out(graph: Graph) -> None:
    before = document.dump(graph)
    insert_on_edge(Node(NEW, "relu", "new"), wire(B, C)).apply(graph)
    dissolve(graph, NEW).apply(graph)
    assert document.dump(graph) == before


def test_wires_between_some_layers_and_all_others_cross(graph: Graph) -> None:
    for nodes in (chosen for number in range(5) for chosen in combinations((A, B, C, D), number)):
        expected = [edge for edge in graph.edges if (edge.source in nodes) != (edge.target in nodes)]
        assert sorted(crossing(graph, nodes)) == sorted(expected)
        assert is_wired_outside(graph, nodes) == bool(expected)
