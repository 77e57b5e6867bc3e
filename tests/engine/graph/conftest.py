"""What tests of graphs share: any edit, of a kind that can be drawn by hypothesis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import pytest
from hypothesis import strategies as st

from engine.graph.annotation_edits import AddAnnotation, ChangeAnnotation, RemoveAnnotation
from engine.graph.annotations import COLOURS, Annotation, AnnotationId, Bookmark, Frame, Note, new_annotation_ids
from engine.graph.block_edits import DefineBlock, DescribeBlock, DropBlock, RenameBlock, Within
from engine.graph.blocks import PREFIX, BlockDefinition
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
    dissolve,
    insert_on_edge,
    remove,
)
from engine.graph.errors import GraphError
from engine.graph.model import Edge, Graph, Node, NodeId
from engine.graph.params import Int, ParamValue
from engine.layers.grouping import group, make_unique, ungroup
from engine.layers.nodes import new_node
from engine.layers.registry import specs
from engine.layers.validation import misplaced

Draw: TypeAlias = Callable[[st.SearchStrategy], object]

COORDINATES = st.floats(-1e7, 1e7, allow_nan=False) | st.integers(-1000, 1000)
POINTS = st.tuples(COORDINATES, COORDINATES)
ZOOMS = st.sampled_from([0.1, 1, 0.0, float("nan")])
NAMES = st.sampled_from(["conv", "conv2", "x", "input", "añadir", "forward", "", "2", "dense1", "q_", "x.0", "x.conv"])
WIDTH = Int(name="width", default=4, minimum=1, doc="How wide it is.")
LAYERS = [spec.id for spec in specs() if misplaced(spec.id, Graph()) is None]
INNER_LAYERS = [spec.id for spec in specs() if spec.id not in ("input", "output")]
BLOCK_NAMES = st.sampled_from(["Block", "Other", "Third", "lower"])
SETTINGS: list[tuple[str, str, ParamValue | None]] = [
    ("data", "dataset", "spirals"),
    ("data", "dataset", "mnist"),
    ("data", "noise", 0.1),
    ("recipe", "seed", 7),
    ("recipe", "learning_rate", 1e-05),
    ("recipe", "learning_rate", None),
    ("view", "centre", (3, 4)),
]


def values_of(node: Node) -> st.SearchStrategy[tuple[str, ParamValue]]:
    """Allowed values of the parameters of `node`, as far as a few simple ones go."""
    candidates: list[ParamValue] = [0, 1, 2, 5, 0.25, True, False, (1, 2), (3, 3), (1, 28, 28), "he_normal", "default"]
    choices: list[tuple[str, ParamValue]] = [("no_such_parameter", 1)]
    for spec in specs():
        if spec.id == node.layer:
            for param in spec.params:
                for value in candidates:
                    try:
                        choices.append((param.name, param.check(value)))
                    except ValueError:
                        continue
    return st.sampled_from(choices)


def grouped(graph: Graph, nodes: list[NodeId]) -> Edit:
    """What makes a block of `nodes`, where they can be one."""
    try:
        notes = [note.id for note in graph.annotations.notes[:1]]
        return group(graph, [node for node in nodes if node in graph.nodes], notes=notes).edit
    except GraphError:
        return DropBlock("Gone")


def some_annotation(graph: Graph, draw: Draw) -> Annotation:
    """Any frame, note or bookmark, most of them possible in `graph`."""
    name = draw(st.sampled_from([*new_annotation_ids(graph, 1), *graph.annotations, AnnotationId("other")]))
    text, colour = draw(st.sampled_from(["", "# A *note*\n\n1. é”\t", "bad \x00"])), draw(st.sampled_from(COLOURS))
    members = frozenset(draw(st.lists(st.sampled_from([*graph.nodes, NodeId("gone")]), max_size=5)))
    match draw(st.integers(0, 3)):
        case 0:
            return Note(name, text, draw(POINTS), draw(st.sampled_from([240.0, 96])), colour=colour)
        case 1:
            return Bookmark(name, draw(st.sampled_from(["The end", "a\nb", ""])), draw(POINTS), draw(ZOOMS))
        case _:
            return Frame(name, draw(st.sampled_from(["", "Encoder", "x\u2028"])), members, colour)


def some_annotation_edit(graph: Graph, draw: Draw) -> Edit:
    """Any edit of annotations, most of them possible in `graph`."""
    fresh = some_annotation(graph, draw)
    if not graph.annotations or draw(st.booleans()):
        return AddAnnotation(fresh)
    name = draw(st.sampled_from([*graph.annotations, AnnotationId("gone")]))
    changed = replace(fresh, id=name)
    return draw(st.sampled_from([RemoveAnnotation(name), ChangeAnnotation(changed), ChangeAnnotation(changed, "drag")]))


def some_edit(graph: Graph, draw: Draw) -> Edit:
    """Any edit, most of them possible in `graph`."""
    if draw(st.integers(0, 4)) == 0:
        return some_annotation_edit(graph, draw)
    nodes = list(graph.nodes) or [NodeId("none")]
    ids = st.sampled_from([*nodes, NodeId("gone")])
    edges = st.sampled_from(graph.edges or [Edge(nodes[0], 0, nodes[0], 0)])
    instances = [PREFIX + name for name in graph.blocks]
    layer = draw(st.sampled_from([*(INNER_LAYERS if graph.block else LAYERS), *instances * 10]))
    fresh = new_node(graph, layer, draw(POINTS))
    kind = draw(st.integers(0, 11 if graph.block else 15))
    match kind:
        case 12 if graph.blocks:
            block = draw(st.sampled_from(list(graph.blocks)))
            return Within(block, some_edit(graph.blocks[block].graph, draw))
        case 13:
            return draw(
                st.sampled_from(
                    [
                        DefineBlock(BlockDefinition(draw(BLOCK_NAMES), (WIDTH,))),
                        RenameBlock(draw(BLOCK_NAMES), draw(BLOCK_NAMES)),
                        DropBlock(draw(BLOCK_NAMES)),
                        DescribeBlock(draw(BLOCK_NAMES), draw(st.sampled_from([(), (WIDTH,)])), "What it does."),
                    ]
                )
            )
        case 14:
            return grouped(graph, draw(st.lists(ids, max_size=4)))
        case 15 if instances and (placed := [node for node in graph.nodes.values() if node.layer in instances]):
            chosen_instance = draw(st.sampled_from(placed))
            return draw(st.sampled_from([ungroup, make_unique]))(graph, chosen_instance.id)
        case 0:
            return AddNode(fresh)
        case 1:
            return RemoveNode(draw(ids))
        case 2 | 3:
            return Connect(Edge(draw(ids), 0, draw(ids), draw(st.integers(0, 2))))
        case 4:
            return Disconnect(draw(edges))
        case 5:
            chosen = graph.nodes.get(draw(ids))
            return SetParam(NodeId("gone"), "p", 1) if chosen is None else SetParam(chosen.id, *draw(values_of(chosen)))
        case 6:
            return Rename(draw(ids), draw(NAMES))
        case 7:
            return MoveNodes(draw(st.dictionaries(ids, POINTS, max_size=4)), draw(st.sampled_from(["", "drag"])))
        case 8:
            return SetSetting(*draw(st.sampled_from(SETTINGS)))
        case 9:
            return insert_on_edge(fresh, draw(edges))
        case 10 if graph.nodes:
            return dissolve(graph, draw(st.sampled_from(nodes)))
        case _:
            chosen_nodes = draw(st.lists(st.sampled_from(nodes), max_size=3)) if graph.nodes else []
            doomed = remove(graph, chosen_nodes, [draw(edges)] if graph.edges else [])
            return Compound("Remove and add", (doomed, AddNode(fresh)))


@pytest.fixture(scope="session", name="some_edit")
def some_edit_fixture() -> Callable[[Graph, Draw], Edit]:
    """Draws any edit of a graph."""
    return some_edit
