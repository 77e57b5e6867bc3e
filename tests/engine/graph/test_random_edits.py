"""Whatever is edited, undoing all of it gives the same file byte for byte, and redoing gives the same result."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.graph import document
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
from engine.graph.events import EdgeAdded, EdgeRemoved, GraphEvent, NodeAdded, NodeRemoved
from engine.graph.model import Edge, Graph, Node, NodeId
from engine.graph.params import Int, ParamValue
from engine.layers.grouping import group, make_unique, ungroup
from engine.layers.nodes import new_node
from engine.layers.registry import specs
from engine.layers.validation import misplaced, validated
from engine.layers.wiring import refusal
from engine.project import parse_project
from engine.zoo.registry import TEMPLATES, ZooEntry

Draw: TypeAlias = Callable[[st.SearchStrategy], object]

COORDINATES = st.floats(-1e7, 1e7, allow_nan=False) | st.integers(-1000, 1000)
POINTS = st.tuples(COORDINATES, COORDINATES)
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
        return group(graph, [node for node in nodes if node in graph.nodes]).edit
    except GraphError:
        return DropBlock("Gone")


def some_edit(graph: Graph, draw: Draw) -> Edit:
    """Any edit, most of them possible in `graph`."""
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


class Mirror:
    """A listener that knows the graph from its events alone."""

    def __init__(self, graph: Graph) -> None:
        self.nodes = dict(graph.nodes)
        self.edges = set(graph.edges)
        graph.changed.connect(self.hear)

    def hear(self, event: GraphEvent) -> None:
        match event:
            case EdgeAdded(edge):
                assert {edge.source, edge.target} <= self.nodes.keys()
                self.edges.add(edge)
            case EdgeRemoved(edge):
                self.edges.remove(edge)
            case NodeAdded(node):
                assert node.id not in self.nodes
                self.nodes[node.id] = node
            case NodeRemoved(node):
                assert not any(node.id in (edge.source, edge.target) for edge in self.edges)
                assert self.nodes.pop(node.id) == node
            case _:
                if node := getattr(event, "node", None):
                    self.nodes[node.id] = node


@settings(deadline=None, max_examples=60)
@given(start=st.sampled_from([Graph, *(entry.build for entry in TEMPLATES.values())]), data=st.data())
def test_undoing_everything_restores_the_file_and_redoing_restores_the_result(
    start: Callable[[], Graph], data: st.DataObject
) -> None:
    graph = start()
    mirror = Mirror(graph)
    states = [document.dump(graph)]
    inverses: list[Edit] = []
    for _ in range(data.draw(st.integers(1, 25))):
        edit = some_edit(graph, data.draw)
        try:
            inverses.append(edit.apply(graph))
        except GraphError:
            assert document.dump(graph) == states[-1]
        else:
            states.append(document.dump(graph))
        assert document.dump(document.parse(states[-1])) == states[-1]
    assert mirror.nodes == graph.nodes
    assert mirror.edges == set(graph.edges)

    redone: list[Edit] = []
    for state in reversed(states[:-1]):
        redone.append(inverses.pop().apply(graph))
        assert document.dump(graph) == state
    for state in states[1:]:
        redone.pop().apply(graph)
        assert document.dump(graph) == state
    assert mirror.nodes == graph.nodes
    assert mirror.edges == set(graph.edges)


@settings(deadline=None, max_examples=30)
@given(entry=st.sampled_from(list(TEMPLATES.values())), data=st.data())
def test_what_was_edited_with_the_rules_of_wiring_can_be_opened_again(entry: ZooEntry, data: st.DataObject) -> None:
    graph = entry.build()
    for _ in range(data.draw(st.integers(1, 25))):
        edit = some_edit(graph, data.draw)
        if isinstance(edit, Connect) and refusal(graph, edit.edge) is not None:
            continue
        if isinstance(edit, SetSetting) and edit.value is None:
            continue
        try:
            inverse = edit.apply(graph)
        except GraphError:
            continue
        try:
            validated(graph)
        except GraphError:
            # Insertions and dissolutions know nothing of the ports that layers have; their callers ask first.
            assert isinstance(edit, Compound) or (
                isinstance(edit, Within) and isinstance(edit.edit, (Compound, Connect))
            )
            inverse.apply(graph)
    data_of_file = document.dump(graph)
    assert document.dump(parse_project(data_of_file, "The file")) == data_of_file
