"""The difference of two projects: complete, no more than what was touched, and the same both ways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any, TypeAlias

import pytest

from engine.graph import document
from engine.graph.annotation_edits import AddAnnotation, ChangeAnnotation, RemoveAnnotation
from engine.graph.annotations import AnnotationId, Bookmark, Frame, Note
from engine.graph.block_edits import DefineBlock, DescribeBlock, RenameBlock, SetLayer, Within
from engine.graph.blocks import BlockDefinition
from engine.graph.diff import AnnotationChange, DocumentDiff, ValueChange, diff
from engine.graph.edits import (
    AddNode,
    Edit,
    MoveNodes,
    RemoveNode,
    Rename,
    SetParam,
    SetSetting,
    insert_on_edge,
    remove,
)
from engine.graph.model import Edge, Graph, Node, NodeId
from engine.graph.params import Int
from engine.layers.grouping import group
from engine.layers.nodes import new_node
from engine.zoo.registry import TEMPLATES, ZOO

Draws: TypeAlias = Callable[[Graph, Any], Edit]
WIDTH = Int(name="width", default=4, minimum=1, doc="How wide it is.")


def named(graph: Graph, name: str) -> Node:
    found = graph.named(name)
    assert found is not None
    return found


def wire(source: Node, target: Node, port: int = 0) -> Edge:
    return Edge(source.id, 0, target.id, port)


def names(nodes: tuple[Node, ...]) -> set[str]:
    return {node.name for node in nodes}


@pytest.fixture
def lenet() -> Graph:
    return ZOO["lenet5"].build()


def edited(graph: Graph, *edits: Edit) -> DocumentDiff:
    """What `edits` make of `graph`, as a difference; they are made to a copy."""
    copy = graph.snapshot()
    for edit in edits:
        edit.apply(copy)
    return diff(graph, copy)


# Single edits


def test_equal_projects_have_no_difference(lenet: Graph) -> None:
    for entry in TEMPLATES.values():
        graph = entry.build()
        found = diff(graph, document.parse(document.dump(graph)))
        assert found.is_empty
        assert found.summary() == []
        assert found.network.matched == {node: node for node in graph.nodes}


def test_added_removed_and_changed_layers_are_told_apart(lenet: Graph) -> None:
    conv, feeds = named(lenet, "conv1"), lenet.outgoing(named(lenet, "conv1").id)
    fresh = new_node(lenet, "dropout")
    gone = named(lenet, "dense3")
    found = edited(
        lenet,
        SetParam(conv.id, "kernel_size", (3, 3)),
        insert_on_edge(fresh, feeds[0]),
        remove(lenet, [gone.id]),
    )
    network = found.network
    assert names(network.added) == {fresh.name}
    assert names(network.removed) == {"dense3"}
    [change] = network.changed
    assert (change.old.name, change.params) == (
        "conv1",
        (ValueChange("kernel_size", conv.params["kernel_size"], (3, 3)),),
    )
    assert not change.is_moved
    assert network.moved == ()
    assert feeds[0] in network.wires_removed
    assert {edge.target for edge in network.wires_added} == {fresh.id, feeds[0].target}
    assert found.summary() == [
        "1 layer added (dropout).",
        "1 layer removed (dense3).",
        "Kernel size of conv1 5×5 → 3×3.",
        "1 wire removed.",
    ]


def test_a_layer_that_only_moved_is_not_changed(lenet: Graph) -> None:
    found = edited(lenet, MoveNodes({named(lenet, "conv1").id: (7.0, 7.0), named(lenet, "pool1").id: (8.0, 8.0)}))
    assert found.network.changed == ()
    assert [change.new.name for change in found.network.moved] == ["conv1", "pool1"]
    assert not found.is_empty
    assert found.summary() == ["2 layers moved."]


def test_renamed_and_replaced_layers_stay_the_same_ones(lenet: Graph) -> None:
    conv, act = named(lenet, "conv1"), lenet.nodes[lenet.outgoing(named(lenet, "conv1").id)[0].target]
    found = edited(lenet, Rename(conv.id, "stem"), SetLayer(act.id, "softsign", {}), Rename(act.id, "rectified"))
    first, second = sorted(found.network.changed, key=lambda change: change.new.name, reverse=True)
    assert (first.old.name, first.new.name, first.is_renamed, first.is_other_layer) == ("conv1", "stem", True, False)
    assert (second.new.name, second.is_renamed, second.is_other_layer) == ("rectified", True, True)
    assert not found.network.added
    assert not found.network.removed
    assert not found.network.wires_added
    assert "conv1 is called stem now." in found.summary()
    assert f"rectified is softsign instead of {act.layer}." in found.summary()


def test_settings_are_compared_with_their_types(lenet: Graph) -> None:
    before = dict(lenet.settings.get("recipe", {}))
    found = edited(lenet, SetSetting("recipe", "learning_rate", 0.5), SetSetting("view", "grid", True))
    assert found.settings == (
        ValueChange("learning_rate", before.get("learning_rate"), 0.5, "recipe"),
        ValueChange("grid", None, True, "view"),
    )
    assert found.summary()[-1] == "Grid (view) not set → true."
    one, other = Graph(), Graph()
    SetSetting("view", "grid", True).apply(one)
    SetSetting("view", "grid", 1).apply(other)
    assert diff(one, other).settings == (ValueChange("grid", True, 1, "view"),)


def test_an_id_that_is_used_again_is_another_layer(lenet: Graph) -> None:
    last = max(lenet.nodes, key=lambda node: (len(node), node))
    copy = lenet.snapshot()
    RemoveNode(last).apply(copy)
    fresh = new_node(copy, "dropout", (500.0, 500.0))
    assert fresh.id == last
    AddNode(fresh).apply(copy)
    network = diff(lenet, copy).network
    assert names(network.added) == {fresh.name}
    assert names(network.removed) == {lenet.nodes[last].name}
    assert network.changed == ()


# Blocks


def project() -> Graph:
    """A network with a block of two layers, placed twice."""
    graph = ZOO["residual_cnn"].build()
    chosen = [node.id for node in graph.nodes.values() if node.name.startswith("block2_")]
    group(graph, chosen, "Residual").edit.apply(graph)
    return graph


def test_a_change_inside_a_block_is_told_there_and_not_of_its_instances() -> None:
    graph = project()
    inner = graph.blocks["Residual"].graph
    conv = next(node for node in inner.nodes.values() if node.layer == "conv2d")
    found = edited(graph, Within("Residual", SetParam(conv.id, "out_channels", 7)))
    assert found.network.is_empty
    [block] = [block for block in found.blocks if not block.is_empty]
    assert block.name == "Residual"
    assert found.inside("Residual") is block.inside
    assert found.inside("") is found.network
    assert found.inside("Nothing") is None
    assert [change.new.id for change in block.inside.changed] == [conv.id]
    value = conv.params["out_channels"]
    assert found.summary() == [f"In the block Residual: out channels of {conv.name} {value} → 7."]


def test_blocks_come_go_and_are_described() -> None:
    graph = project()
    found = edited(graph, DefineBlock(BlockDefinition("Other")), DescribeBlock("Residual", (WIDTH,), "What it does."))
    assert (found.blocks_added, found.blocks_removed) == (("Other",), ())
    [block] = found.blocks
    assert block.doc == ("", "What it does.")
    assert [(change.old, change.new) for change in block.params] == [(None, WIDTH)]
    assert found.summary() == [
        "1 block added (Other).",
        "Width of residual not set → 4.",
        "The block Residual has another description.",
        "The block Residual has a new parameter, width.",
    ]


@pytest.mark.parametrize("more", [False, True], ids=["only renamed", "changed as well"])
def test_a_renamed_block_is_found_again_and_its_instances_are_not_changed(more: bool) -> None:
    graph = project()
    inner = graph.blocks["Residual"].graph
    conv = next(node for node in inner.nodes.values() if node.layer == "conv2d")
    further = [Within("Better", Rename(conv.id, "other_name"))] if more else []
    found = edited(graph, RenameBlock("Residual", "Better"), *further)
    [block] = found.blocks
    assert (block.old_name, block.name) == ("Residual", "Better")
    assert found.network.is_empty
    assert (found.blocks_added, found.blocks_removed) == ((), ())
    assert found.summary()[0] == "The block Residual is called Better now."
    assert len(block.inside.changed) == more


# Annotations


def test_annotations_are_compared_as_people_see_them(lenet: Graph) -> None:
    conv, pool = named(lenet, "conv1").id, named(lenet, "pool1").id
    frame = Frame(AnnotationId("a1"), "Start", frozenset({conv}))
    note, view = Note(AnnotationId("a2"), "Why?", (0.0, 0.0)), Bookmark(AnnotationId("a3"), "End", (0.0, 0.0), 1.0)
    for annotation in (frame, note):
        AddAnnotation(annotation).apply(lenet)
    larger = replace(frame, members=frozenset({conv, pool}))
    found = edited(lenet, ChangeAnnotation(larger), RemoveAnnotation(note.id), AddAnnotation(view))
    changes = (
        AnnotationChange(frame, larger, entered=(pool,)),
        AnnotationChange(note, None),
        AnnotationChange(None, view),
    )
    assert found.network.annotations == changes
    assert found.summary() == [
        "The frame “Start” encloses 1 more layer.",
        "The note “Why?” removed.",
        "The bookmark “End” added.",
    ]


# Files without a common history


def redrawn(graph: Graph, names_of: Callable[[str], str] = str) -> Graph:
    """The same network with ids in another order, as somebody else would have drawn it."""
    fresh = [NodeId(f"n{index}") for index in range(1, len(graph.nodes) + 1)]
    ids = dict(zip(graph.nodes, reversed(fresh), strict=True))
    nodes = [replace(node, id=ids[node.id], name=names_of(node.name)) for node in graph.nodes.values()]
    edges = [edge._replace(source=ids[edge.source], target=ids[edge.target]) for edge in graph.edges]
    notes = [replace(note, id=AnnotationId(f"{note.id}0")) for note in graph.annotations.values()]
    notes = [
        replace(note, members=frozenset(ids[member] for member in note.members)) if isinstance(note, Frame) else note
        for note in notes
    ]
    return Graph.assemble(nodes, edges, graph.settings, [], notes)


@pytest.mark.parametrize("name", ["lenet5", "unet", "residual_cnn"])
def test_networks_that_were_drawn_twice_are_paired_by_their_names(name: str) -> None:
    graph = ZOO[name].build()
    flat = Graph.assemble(
        [node for node in graph.nodes.values() if not node.layer.startswith("block:")], [], graph.settings
    )
    for node in list(flat.nodes.values())[:2]:
        flat.annotations.add(Frame(AnnotationId(f"a{node.id}"), node.name, frozenset({node.id})))
    assert diff(flat, redrawn(flat)).is_empty
    for edge in graph.edges:
        if {edge.source, edge.target} <= flat.nodes.keys():
            flat.add_edge(edge)
    assert diff(flat, redrawn(flat)).is_empty


def test_layers_with_other_names_are_paired_by_their_neighbours(lenet: Graph) -> None:
    other = redrawn(lenet, lambda name: f"my_{name}" if name not in ("input", "output") else name)
    network = diff(lenet, other).network
    assert not network.added
    assert not network.removed
    assert not network.wires_added
    assert {(change.old.name, change.new.name) for change in network.changed} == {
        (node.name, f"my_{node.name}") for node in lenet.nodes.values() if node.layer not in ("input", "output")
    }


def test_two_thousand_layers_are_compared_even_when_all_are_renamed() -> None:
    """Minutes when finding neighbours is quadratic."""
    nodes = [Node(NodeId(f"n{index}"), "relu" if index % 2 else "conv2d", f"a{index}") for index in range(2_000)]
    edges = [Edge(one.id, 0, other.id, 0) for one, other in pairwise(nodes)]
    graph = Graph.assemble(nodes, edges, {})
    shuffled = redrawn(graph, lambda name: f"b{name}" if name != "a0" else name)
    network = diff(graph, shuffled).network
    assert len(network.changed) == 1_999
    assert not network.added
    assert not network.wires_added
