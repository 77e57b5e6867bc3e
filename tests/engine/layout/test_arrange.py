"""Small networks get the drawing that a person would make of them, and what is drawn well stays as it is."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from itertools import combinations, pairwise

import pytest

from engine.graph import document
from engine.graph.edits import Compound, MoveNodes
from engine.graph.errors import GraphError
from engine.graph.model import Edge, Graph, NodeId, Point
from engine.layers.unfolding import unfolded
from engine.layout.arrange import arrange, layout_edit, moves
from engine.layout.metrics import (
    BRANCH,
    HALF_WIDTH,
    LANE,
    NODE_HEIGHT,
    NODE_WIDTH,
    PITCH,
    WIRE_CLEAR,
    WIRE_NARROW,
    WIRE_STEP,
)
from engine.layout.quality import quality
from engine.zoo.registry import ZOO
from engine.zoo.sketch import Sketch

Places = dict[NodeId, Point]


def edges(text: str) -> list[Edge]:
    """The wires of a text such as `a>b a>c b>d c>d`; each takes the next free input of its target."""
    taken: dict[str, int] = {}
    found = []
    for wire in text.split():
        source, target = wire.split(">")
        found.append(Edge(NodeId(source), 0, NodeId(target), taken.setdefault(target, 0)))
        taken[target] += 1
    return found


def nodes(wires: Iterable[Edge], *more: str) -> Places:
    """All nodes in one heap."""
    names = dict.fromkeys(end for wire in wires for end in (wire.source, wire.target))
    return {NodeId(name): (0.0, 0.0) for name in (*names, *more)}


def drawn(text: str, *more: str, at: Places | None = None) -> dict[str, Point]:
    """Where the nodes lie, from `a`, in lanes and rows of chains."""
    wires = edges(text)
    places = arrange({**nodes(wires, *more), **(at or {})}, wires)
    x0, y0 = places[NodeId("a")]
    return {node: (x - x0, (y - y0) / PITCH) for node, (x, y) in places.items()}


def overlap(first: Point, second: Point) -> bool:
    """Whether two nodes stand on each other, or nearer than a step of the grid."""
    return abs(first[0] - second[0]) < NODE_WIDTH + 8 and abs(first[1] - second[1]) < NODE_HEIGHT + 8


def test_a_chain_is_a_straight_line() -> None:
    assert drawn("a>b b>c c>d d>e") == {node: (0.0, row) for row, node in enumerate("abcde")}


def test_two_branches_lie_evenly_on_both_sides() -> None:
    places = drawn("a>b a>c b>d c>d")
    half = -places["b"][0]
    assert places == {"a": (0, 0), "b": (-half, 1), "c": (half, 1), "d": (0, 2)}
    assert BRANCH <= 2 * half <= BRANCH + 8


def test_a_skip_connection_leaves_the_chain_alone() -> None:
    assert drawn("a>b b>c c>d d>e b>e e>f a>f") == {node: (0.0, row) for row, node in enumerate("abcdef")}


def test_a_projection_stands_beside_the_main_path() -> None:
    """The residual block of a ResNet where the shape changes: the main path stays in its lane."""
    places = drawn("a>b b>c c>d d>e e>f a>p f>g p>g g>h")
    assert [places[node] for node in "abcdefgh"] == [(0, row) for row in range(8)]
    assert places["p"] == (BRANCH, 1)
    # Fed into the first input, it stands on the other side.
    assert drawn("a>b b>c c>d d>e e>f a>p p>g f>g g>h")["p"] == (-BRANCH, 1)


def test_the_four_branches_of_an_inception_module() -> None:
    """Each is a straight line, all are evenly around the middle, and the concatenation gets them in its order."""
    places = drawn("a>b a>c c>d a>e e>f a>g g>h b>z d>z f>z h>z z>y")
    rows = sorted({row for _, row in places.values()})
    assert [rows.index(places[node][1]) for node in "abcegdfhzy"] == [0, 1, 1, 1, 1, 2, 2, 2, 3, 4]
    assert places["z"][0] == places["y"][0] == 0
    lanes = [places[node][0] for node in "bceg"]
    assert lanes == sorted(lanes)
    assert lanes == [-lane for lane in reversed(lanes)]
    assert all(right - left >= BRANCH for left, right in pairwise(lanes))
    assert [places[node][0] for node in "dfh"] == lanes[1:]


def test_the_middle_of_three_branches_stays_in_line() -> None:
    places = drawn("a>q a>k a>v q>z k>z v>z")
    assert [places[node] for node in "aqkv"] == [(0, 0), (-BRANCH, 1), (0, 1), (BRANCH, 1)]
    assert places["z"][0] == 0


def test_branches_within_branches() -> None:
    places = drawn("a>b a>c b>d b>e d>f e>f c>g f>z g>z")
    assert places["b"][0] == places["f"][0] == (places["d"][0] + places["e"][0]) / 2
    assert places["c"][0] == places["g"][0] == -places["b"][0]
    assert places["z"][0] == 0


def test_room_is_kept_for_arcs_between_branches() -> None:
    """Skip connections run down beside a branch; the next branch is far enough away for all of them."""

    def distance(skips: str) -> float:
        places = drawn(f"a>b b>c c>d d>e e>f {skips} f>z a>p p>q q>r r>s s>t t>z")
        return places["p"][0] - places["b"][0]

    wide = HALF_WIDTH + WIRE_CLEAR + WIRE_NARROW + HALF_WIDTH
    assert distance("") < wide + WIRE_STEP
    assert distance("b>d") >= wide
    assert distance("b>d b>e") >= wide + WIRE_STEP
    assert distance("b>d b>e b>f") >= wide + 2 * WIRE_STEP


def test_a_second_input_comes_down_to_where_it_is_needed() -> None:
    places = drawn("a>b b>c c>d d>e s>t e>f t>f f>g")
    assert [places[node] for node in "abcdefg"] == [(0, row) for row in range(7)]
    assert places["t"] == (BRANCH, 4)
    assert places["s"] == (BRANCH, 3)


def test_a_branch_that_ends_leaves_the_main_path_straight() -> None:
    """Like the second classifier half way up GoogLeNet."""
    places = drawn("a>b b>c c>d d>e e>f b>x x>y y>z")
    assert [places[node] for node in "abcdef"] == [(0, row) for row in range(6)]
    assert {places[node][0] for node in "xyz"} == {BRANCH}


def test_what_a_branch_alone_leads_on_to_lies_below_it() -> None:
    """A feature pyramid: each level ends in an output of its own, and the last one is not led back to the first."""
    places = drawn("a>b b>c c>d a>p b>q d>x x>y q>y y>u u>v p>v d>1 1>2 2>3 y>4 4>5 5>6 v>w w>k k>l l>m m>n")
    assert [places[node][0] for node in "abcd123"] == [0] * 7
    assert {places[node][0] for node in "wklmn"} == {places["v"][0]}
    assert places["v"][0] > places["y"][0] > 0


def test_parts_that_do_not_hang_together_lie_side_by_side() -> None:
    places = drawn("a>b b>c p>q q>r", "x", "y", at={NodeId("x"): (0.0, -8.0)})
    assert {places[node][0] for node in "abc"} == {0}
    assert {places[node][0] for node in "pqr"} == {places["p"][0]}
    assert NODE_WIDTH < abs(places["p"][0]) < 2 * LANE
    assert places["p"][1] == places["x"][1] == places["y"][1] == 0
    assert [places[node][0] - max(places["a"][0], places["p"][0]) for node in "xy"] == [LANE, 2 * LANE]


def test_nodes_without_wires_lie_in_rows() -> None:
    heap = {NodeId(f"n{index}"): (float(index % 3), float(index // 3)) for index in range(9)}
    places = arrange(heap, [])
    assert len({y for _, y in places.values()}) == 3
    assert sorted(places, key=lambda node: places[node][::-1]) == list(heap)
    assert not any(overlap(first, second) for first, second in combinations(places.values(), 2))


def test_nothing_is_arranged_where_there_is_nothing() -> None:
    assert arrange({}, []) == {}
    assert arrange({NodeId("a"): (3.0, 5.0)}, []) == {"a": (0.0, 8.0)}


def test_a_cycle_is_refused() -> None:
    wires = edges("a>b b>c c>b")
    with pytest.raises(GraphError, match="form a cycle"):
        arrange(nodes(wires), wires)


# What there was before


def test_the_order_of_branches_that_makes_no_difference_stays() -> None:
    wires = edges("a>b a>c b>x c>y")
    for left, right in ("bc", "cb"):
        at = {NodeId(left): (-500.0, 90.0), NodeId(right): (300.0, 80.0)}
        places = arrange({**nodes(wires), **at}, wires)
        assert places[NodeId(left)][0] < places[NodeId(right)][0]


def test_ports_decide_the_order_of_branches_that_meet_again() -> None:
    wires = edges("a>b a>c b>z c>z")
    places = arrange({**nodes(wires), NodeId("b"): (900.0, 90.0)}, wires)
    assert places[NodeId("b")][0] < places[NodeId("c")][0]


def test_a_new_layer_moves_only_what_is_below_it() -> None:
    flat = unfolded(ZOO["resnet18"].build())
    before = arrange({node.id: node.position for node in flat.nodes.values()}, flat.edges)
    last = flat.named("layer4.0.conv1")
    assert last is not None
    (cut,) = flat.incoming(last.id)
    wires = [wire for wire in flat.edges if wire != cut]
    wires += [Edge(cut.source, 0, NodeId("new"), 0), Edge(NodeId("new"), 0, last.id, 0)]
    after = arrange({**before, NodeId("new"): before[last.id]}, wires)
    moved = {node for node, place in before.items() if after[node] != place}
    below = flat.wiring.descendants(last.id)
    assert last.id in moved
    assert moved <= below
    assert {(after[node][0] - before[node][0], after[node][1] - before[node][1]) for node in moved} == {(0, PITCH)}
    assert after[NodeId("new")] == before[last.id]


def test_the_drawing_stays_where_it_was() -> None:
    wires = edges("a>b b>c c>d d>e")
    far = {NodeId(node): (5000.0 + index, -7000.0 + 96 * index) for index, node in enumerate("abcde")}
    assert arrange(far, wires) == {node: (5000.0, -7000.0 + 96 * index) for index, node in enumerate(far)}


def test_what_is_arranged_at_once_is_arranged_for_good() -> None:
    """Here the first drawing has a crossing that the second one shows how to avoid."""
    wires = edges("a>b b>c a>c b>d")
    after = arrange(nodes(wires), wires)
    assert quality(after, wires).crossings == 0
    assert arrange(after, wires) == after


# A part alone


def test_a_selection_is_arranged_and_the_rest_stays() -> None:
    wires = edges("a>b b>c c>d a>p p>d")
    before = {**nodes(wires), NodeId("a"): (40.0, -300.0), NodeId("d"): (17.0, 33.0), NodeId("p"): (400.0, 8.0)}
    after = arrange(before, wires, [NodeId("b"), NodeId("c")])
    assert after.keys() == {"b", "c"}
    (x, y), (x2, y2) = after[NodeId("b")], after[NodeId("c")]
    assert (x, y2 - y) == (x2, PITCH)
    others = [place for node, place in before.items() if node not in after]
    assert not any(overlap(place, other) for place in after.values() for other in others)


# Graphs and edits


def test_an_edit_moves_the_nodes_and_can_be_undone() -> None:
    graph = ZOO["residual_cnn"].build()
    graph.move_nodes({next(iter(graph.nodes)): (1234.0, -777.0)})
    before = document.dump(graph)
    edit = layout_edit(graph)
    assert isinstance(edit, Compound)
    (move,) = edit.edits
    assert isinstance(move, MoveNodes)
    assert edit.label == f"Arrange {len(graph.nodes)} layers"
    inverse = edit.apply(graph)
    assert layout_edit(graph) is None
    inverse.apply(graph)
    assert document.dump(graph) == before


def test_a_selection_is_named_by_its_size() -> None:
    pen = Sketch()
    first, second = pen.then("relu"), pen.add("relu", lane=3)
    pen.graph.move_nodes({first: (3.0, 3.0)})
    edit = layout_edit(pen.graph, [first])
    assert edit is not None
    assert edit.label == "Arrange 1 layer"
    edit.apply(pen.graph)
    assert pen.graph.nodes[first].position == (0.0, 0.0)
    assert pen.graph.nodes[second].position == (3 * LANE, 0.0)
    assert moves({first: (0.0, 0.0)}, {first: (0.0, 0.0)}) is None


def test_it_works_on_another_thread_while_the_graph_changes() -> None:
    graph = unfolded(ZOO["googlenet"].build())
    places = {node.id: node.position for node in graph.nodes.values()}
    wires = graph.edges
    expected = arrange(places, wires)
    found: list[Places] = []
    thread = threading.Thread(target=lambda: found.append(arrange(places, wires)))
    thread.start()
    for node in list(graph.nodes):
        graph.move_nodes({node: (0.0, 0.0)})
    thread.join()
    assert found == [expected]


def test_the_insides_of_blocks_are_arranged_as_well() -> None:
    graph: Graph = ZOO["googlenet"].build().blocks["Inception"].graph
    edit = layout_edit(graph)
    assert edit is not None
    edit.apply(graph)
    lanes = sorted({node.position[0] for node in graph.nodes.values()})
    middle = lanes[len(lanes) // 2]
    assert len(lanes) == 5
    assert [lane - middle for lane in lanes] == [middle - lane for lane in reversed(lanes)]
