"""Whatever is edited, the difference is complete, no more than what was touched, and the same both ways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.graph.diff import DocumentDiff, GraphDiff, diff
from engine.graph.edits import AddNode, Connect, Disconnect, Edit, MoveNodes, RemoveNode, Rename, SetParam
from engine.graph.errors import GraphError
from engine.graph.model import Edge, Graph, NodeId
from engine.layers.differences import differences
from engine.layers.grouping import group
from engine.layers.nodes import new_node
from engine.zoo.registry import TEMPLATES, ZOO

Draws: TypeAlias = Callable[[Graph, Any], Edit]


def project() -> Graph:
    """A network with a block of two layers, placed twice."""
    graph = ZOO["residual_cnn"].build()
    chosen = [node.id for node in graph.nodes.values() if node.name.startswith("block2_")]
    group(graph, chosen, "Residual").edit.apply(graph)
    return graph


def facts(found: DocumentDiff, old: str, new: str) -> set[object]:
    """All that is told, with what is of the old project marked by `old` and what is of the new one by `new`."""

    def pair(*both: object) -> object:
        return frozenset(zip((old, new), map(repr, both), strict=True))

    def of_graph(graph: GraphDiff) -> set[object]:
        told: set[object] = {("matched", pair(*ids)) for ids in graph.matched.items()}
        told |= {(new, repr(thing)) for thing in (*graph.added, *graph.wires_added)}
        told |= {(old, repr(thing)) for thing in (*graph.removed, *graph.wires_removed)}
        for change in (*graph.changed, *graph.moved):
            params = frozenset((value.name, pair(value.old, value.new)) for value in change.params)
            told.add((pair(change.old, change.new), params, change.is_other_layer, change.is_changed))
        return told | {pair(change.old, change.new) for change in graph.annotations}

    told = of_graph(found.network) | {(new, name) for name in found.blocks_added}
    told |= {(old, name) for name in found.blocks_removed}
    told |= {(change.section, change.name, pair(change.old, change.new)) for change in found.settings}
    for block in found.blocks:
        about = (pair(*(block.doc or ("", ""))), frozenset(pair(change.old, change.new) for change in block.params))
        told.add((pair(block.old_name, block.name), about, frozenset(of_graph(block.inside))))
    return told


def assert_explains(old: Graph, new: Graph, found: GraphDiff, renamed: dict[str, str]) -> None:
    """What is found turns the old graph into the new one."""
    back = {new_id: old_id for old_id, new_id in found.matched.items()}
    assert len(back) == len(found.matched)
    assert {node.id for node in found.removed} == old.nodes.keys() - found.matched.keys()
    assert {node.id for node in found.added} == new.nodes.keys() - back.keys()
    told = {change.new.id: change for change in (*found.changed, *found.moved)}
    for new_id, old_id in back.items():
        node, other = old.nodes[old_id], new.nodes[new_id]
        layer = (
            f"block:{renamed.get(node.layer[6:], node.layer[6:])}" if node.layer.startswith("block:") else node.layer
        )
        same = replace(node, id=new_id, layer=layer) == other
        assert (new_id not in told) == same
        if not same:
            assert (told[new_id].old, told[new_id].new) == (node, other)
    kept = set(old.edges) - set(found.wires_removed)
    plain = kept - found.wires_renumbered.keys()
    carried = {edge._replace(source=found.matched[edge.source], target=found.matched[edge.target]) for edge in plain}
    carried |= {found.wires_renumbered[edge] for edge in kept - plain}
    assert len(carried) == len(kept)
    assert carried | set(found.wires_added) == set(new.edges)
    assert not carried & set(found.wires_added)


@given(start=st.sampled_from([Graph, project, *(entry.build for entry in TEMPLATES.values())]), data=st.data())
def test_the_difference_is_complete_symmetric_and_gone_after_undoing(
    some_edit: Draws, start: Callable[[], Graph], data: st.DataObject
) -> None:
    graph = start()
    old = graph.snapshot()
    inverses: list[Edit] = []
    for _ in range(data.draw(st.integers(1, 12))):
        try:
            inverses.append(some_edit(graph, data.draw).apply(graph))
        except GraphError:
            continue
    compare = data.draw(st.sampled_from([diff, differences]))
    found = compare(old, graph)
    renamed = {block.old_name: block.name for block in found.blocks}
    assert_explains(old, graph, found.network, renamed)
    for block in found.blocks:
        assert_explains(old.blocks[block.old_name].graph, graph.blocks[block.name].graph, block.inside, renamed)
    assert {*renamed, *found.blocks_removed} == {*old.blocks}
    assert {*renamed.values(), *found.blocks_added} == {*graph.blocks}
    assert facts(found, "-", "+") == facts(compare(graph, old), "+", "-")
    assert found.is_empty == (not found.summary())
    assert all(sentence.isprintable() and sentence.endswith(".") for sentence in found.summary())
    while inverses:
        inverses.pop().apply(graph)
    assert compare(old, graph).is_empty


def touching_edit(graph: Graph, number: int, draw: Callable[[Any], Any]) -> tuple[Edit, set[NodeId]]:
    """An edit of single layers or wires that can be made, and the layers that it touches; ids are never used again."""
    node = graph.nodes[draw(st.sampled_from(sorted(graph.nodes)))]
    match draw(st.integers(0, 6)):
        case 0 if graph.edges:
            edge = draw(st.sampled_from(graph.edges))
            return Disconnect(edge), {edge.source, edge.target}
        case 1:
            fresh = replace(new_node(graph, draw(st.sampled_from(["relu", "conv2d"]))), id=NodeId(f"x{number}"))
            return AddNode(fresh), {fresh.id}
        case 2:
            ends = {end for edge in (*graph.incoming(node.id), *graph.outgoing(node.id)) for end in edge_ends(edge)}
            return RemoveNode(node.id), {node.id, *ends}
        case 3:
            return Rename(node.id, f"{draw(st.sampled_from(['a', 'b']))}{number}"), {node.id}
        case 4:
            return MoveNodes({node.id: (float(number), 1.0)}), {node.id}
        case 5 if node.params:
            return SetParam(node.id, draw(st.sampled_from(sorted(node.params))), number + 1_000), {node.id}
        case _:
            other = draw(st.sampled_from(sorted(graph.nodes)))
            return Connect(Edge(node.id, 0, other, 9)), {node.id, other}


def edge_ends(edge: Edge) -> tuple[NodeId, NodeId]:
    return edge.source, edge.target


@settings(max_examples=5 * settings.default.max_examples // 3)
@given(name=st.sampled_from(["lenet5", "unet"]), data=st.data())
def test_exactly_what_was_touched_is_told(name: str, data: st.DataObject) -> None:
    old = ZOO[name].build()
    graph = old.snapshot()
    touched: set[NodeId] = set()
    for number in range(data.draw(st.integers(1, len(graph.nodes) // 4))):
        edit, nodes = touching_edit(graph, number, data.draw)
        try:
            edit.apply(graph)
        except GraphError:
            continue
        touched |= nodes
    network = diff(old, graph).network
    changes = (*network.changed, *network.moved)
    # What was removed and what was added may be told of as one layer that has changed.
    swaps = [(change.old.id, change.new.id) for change in changes if change.old.id != change.new.id]
    gone, come = old.nodes.keys() - graph.nodes.keys(), graph.nodes.keys() - old.nodes.keys()
    assert {one for one, _ in swaps} <= gone
    assert {other for _, other in swaps} <= come
    matched = {one: other for one, other in network.matched.items() if one != other}
    assert {node.id for node in network.removed} == gone - matched.keys()
    assert {node.id for node in network.added} == come - set(matched.values())
    different = {node for node in old.nodes.keys() & graph.nodes.keys() if old.nodes[node] != graph.nodes[node]}
    assert {change.new.id for change in changes} - {other for _, other in swaps} == different
    assert different | gone | come <= touched
    for edge in (*network.wires_added, *network.wires_removed):
        assert {edge.source, edge.target} & touched
