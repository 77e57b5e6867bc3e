"""The edits behind the canvas's gestures: add, insert, append, wire. No Qt, no pixels: a graph in, an edit out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.graph.edits import AddNode, Compound, Connect, Disconnect, Edit, MoveNodes, insert_on_edge
from engine.graph.model import Edge, Graph, Node, NodeId, Point
from engine.graph.params import ParamValue
from engine.layers.blocks import declared, layer_spec
from engine.layers.nodes import check_params, new_node, variables
from engine.layers.wiring import free_input
from gui.canvas.geometry import GRID, HALF_HEIGHT, LANE, NODE_WIDTH, PITCH, free_place, overlaps, snapped


@dataclass(frozen=True, slots=True)
class Addition:
    """A change that adds one node, not made yet."""

    edit: Edit
    """What to push."""
    node: NodeId
    """The node that it adds."""


def can_insert(graph: Graph, layer: str, node: NodeId | None = None) -> bool:
    """Whether a node of `layer` fits into a wire; one that is in the graph already must be unwired."""
    spec = layer_spec(graph, layer)
    wired = node is not None and bool(graph.incoming(node) or graph.outgoing(node))
    return bool(spec.inputs and spec.outputs) and not wired


def draft(graph: Graph, layer: str, place: Point, params: Mapping[str, ParamValue]) -> Node:
    """A node of `layer` that is not in the graph yet, with `params` in place of the layer's defaults."""
    node = new_node(graph, layer, place)
    known = layer_spec(graph, layer).params
    return replace(node, params=check_params(known, {**node.params, **params}, variables(graph)))


def add(graph: Graph, layer: str, place: Point, params: Mapping[str, ParamValue]) -> Addition:
    """Add an unwired node at `place` or, where that is taken, next to it."""
    free = free_place(snapped(*place), [node.position for node in graph.nodes.values()])
    node = draft(graph, layer, free, params)
    return Addition(AddNode(node), node.id)


def insert(graph: Graph, layer: str, edge: Edge, place: Point, params: Mapping[str, ParamValue]) -> Addition:
    """Add a node in the middle of `edge`, near `place`, and make room for it."""
    node = draft(graph, layer, _place_in(graph, edge, place), params)
    return Addition(_with_room(graph, node, edge, insert_on_edge(node, edge)), node.id)


def insert_existing(graph: Graph, node_id: NodeId, edge: Edge, place: Point) -> Edit:
    """Put an unwired node of the graph into the middle of `edge`, near `place`, and make room for it."""
    node = replace(graph.nodes[node_id], position=_place_in(graph, edge, place))
    move = MoveNodes({node_id: node.position})
    inserted = insert_on_edge(node, edge, add=False)
    return _with_room(graph, node, edge, Compound(inserted.label, (move, inserted)))


def append(graph: Graph, layer: str, anchor: NodeId, params: Mapping[str, ParamValue]) -> Addition | None:
    """Add a node behind `anchor` and wire it; None when it cannot follow `anchor`.

    Behind a node that feeds one other, the new node goes in between; before an output it goes in front of it.
    """
    before, added = declared(graph, graph.nodes[anchor]), layer_spec(graph, layer)
    if not added.inputs:
        return None
    if not before.outputs:
        incoming = graph.incoming(anchor)
        if not incoming or not added.outputs:
            return None
        return insert(graph, layer, incoming[0], graph.nodes[anchor].position, params)
    outgoing = graph.outgoing(anchor)
    x, y = graph.nodes[anchor].position
    if len(outgoing) == 1 and added.outputs:
        return insert(graph, layer, outgoing[0], (x, y + PITCH), params)
    place = free_place((x, y + PITCH), [node.position for node in graph.nodes.values()])
    node = draft(graph, layer, place, params)
    edit = Compound(f"Add {node.name}", (AddNode(node), Connect(Edge(anchor, 0, node.id, 0))))
    return Addition(edit, node.id)


@dataclass(frozen=True, slots=True)
class Loose:
    """A wire that ends in the void: the port at its other end."""

    node: NodeId
    """The node of the port."""
    port: int
    """The number of the port."""
    is_output: bool
    """Whether the wire begins there."""


def attach(graph: Graph, layer: str, place: Point, params: Mapping[str, ParamValue], end: Loose) -> Addition:
    """Add a node whose first port is at `place`, where a wire ends, and wire it; next to it where that is taken."""
    x, y = place
    centre = snapped(x, y + HALF_HEIGHT if end.is_output else y - HALF_HEIGHT)
    node = draft(graph, layer, free_place(centre, [other.position for other in graph.nodes.values()]), params)
    wire = Edge(end.node, end.port, node.id, 0) if end.is_output else Edge(node.id, 0, end.node, end.port)
    return Addition(Compound(f"Add {node.name}", (AddNode(node), Connect(wire))), node.id)


def rewire(old: Edge | None, new: Edge | None) -> Edit | None:
    """The edit that puts the wire `new` in the place of `old`; None when nothing changes."""
    if old == new:
        return None
    if old is None:
        assert new is not None
        return Connect(new)
    return Disconnect(old) if new is None else Compound("Move wire", (Disconnect(old), Connect(new)))


def may_feed(graph: Graph, source: NodeId) -> set[NodeId]:
    """The nodes with a free input that a wire from `source` may end at."""
    upstream = {source}
    stack = [source]
    while stack:
        for edge in graph.incoming(stack.pop()):
            if edge.source not in upstream:
                upstream.add(edge.source)
                stack.append(edge.source)
    return {node for node in graph.nodes if node not in upstream and free_input(graph, node) is not None}


def may_be_fed_by(graph: Graph, target: NodeId) -> set[NodeId]:
    """The nodes from whose output a wire to `target` may begin."""
    downstream = graph.wiring.descendants(target)
    return {node.id for node in graph.nodes.values() if node.id not in downstream and declared(graph, node).outputs}


def _place_in(graph: Graph, edge: Edge, place: Point) -> Point:
    """Where a node goes that is dropped on `edge` at `place`: in line with its neighbours and below its source."""
    (sx, sy), (tx, _) = graph.nodes[edge.source].position, graph.nodes[edge.target].position
    x, y = snapped(*place)
    if abs(x - sx) < NODE_WIDTH / 2 and abs(sx - tx) <= GRID:
        x = sx
    if abs(x - sx) < NODE_WIDTH:
        y = max(y, sy + PITCH)
    ends = {edge.source, edge.target}
    others = [node.position for node in graph.nodes.values() if node.id not in ends]
    beside = sx + (LANE if x > sx else -LANE)
    for column in (x, beside):
        if not any(overlaps((column, y), other, 0.0) for other in others):
            return column, y
    return free_place((x, y), others)


def _with_room(graph: Graph, node: Node, edge: Edge, inserted: Edit) -> Edit:
    """`inserted`, and everything behind `node` moved down so far that `node` does not stand on it."""
    (x, y), (tx, ty) = node.position, graph.nodes[edge.target].position
    lack = y + PITCH - ty
    if lack <= 0 or abs(x - tx) >= NODE_WIDTH + GRID:
        return inserted
    moved: dict[NodeId, Point] = {}
    for follower in graph.wiring.descendants(edge.target):
        fx, fy = graph.nodes[follower].position
        moved[follower] = (fx, fy + lack)
    return Compound(inserted.label, (MoveNodes(moved), inserted))
