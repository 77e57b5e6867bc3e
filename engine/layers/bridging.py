"""A skip connection around a part of a network, as one edit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from engine.graph.edits import AddNode, Compound, Connect, Disconnect, Edit, MoveNodes
from engine.graph.errors import GraphError
from engine.graph.model import Edge, Graph, Node, NodeId, Point, new_ids
from engine.layers.blocks import declared
from engine.layers.nodes import new_node
from engine.layers.projecting import projection
from engine.layers.spec import TensorShape, format_shape
from engine.layout.metrics import LANE, PITCH

ShapeOf = Callable[[NodeId], TensorShape | None]
"""The shape of the first output of a node; None where it is not known."""


@dataclass(frozen=True, slots=True)
class Bridge:
    """A skip connection, not made yet."""

    edit: Edit
    """What to do."""
    add: NodeId
    """The Add at its end."""
    projection: NodeId | None = None
    """The layer on it that brings one shape to the other, if there has to be one."""


def bridge(graph: Graph, nodes: Sequence[NodeId], shape_of: ShapeOf) -> Bridge:
    """The edit that leads what comes out of one of two nodes around to the other one, and adds it there.

    What the lower one fed is fed by the sum. Where the two shapes differ, a projection brings the upper one's to that
    of the lower one; where they are not known, none is added.

    Raises:
        GraphError: there can be no such connection, with the reason.
    """
    upper, lower = _ends(graph, nodes)
    target, shape = shape_of(lower), shape_of(upper)
    layer = None
    if shape is not None and target is not None and shape != target:
        layer = projection(shape, target)
        if layer is None:
            names = graph.nodes[upper].name, graph.nodes[lower].name
            raise GraphError(_unprojectable(names, shape, target))
    ids = new_ids(graph, 2)
    x, y = graph.nodes[lower].position
    add = replace(new_node(graph, "add", (x, y + PITCH)), id=ids[0])
    added, skip = [add], (upper, 0)
    if layer is not None:
        place = _beside(graph, (x, y))
        projected = replace(new_node(graph, layer[0], place, taken=[add.name], **layer[1]), id=ids[1])  # type: ignore[arg-type]
        added.append(projected)
        skip = (projected.id, 0)
    edit = _edit(graph, upper, lower, added, skip)
    return Bridge(edit, add.id, added[1].id if len(added) > 1 else None)


def _edit(graph: Graph, upper: NodeId, lower: NodeId, added: list[Node], skip: tuple[NodeId, int]) -> Edit:
    add, projected = added[0], added[1:]
    onwards = [edge for edge in graph.outgoing(lower) if edge.source_port == 0]
    steps: tuple[Edit, ...] = (
        *_room(graph, onwards, add),
        *map(Disconnect, onwards),
        *map(AddNode, added),
        *(Connect(Edge(upper, 0, node.id, 0)) for node in projected),
        Connect(Edge(lower, 0, add.id, 0)),
        Connect(Edge(*skip, add.id, 1)),
        *(Connect(Edge(add.id, 0, edge.target, edge.target_port)) for edge in onwards),
    )
    return Compound(f"Bridge {graph.nodes[upper].name} to {graph.nodes[lower].name}", steps)


def _unprojectable(names: tuple[str, str], shape: TensorShape, target: TensorShape) -> str:
    hint = ""
    if len(shape) == len(target) == 3:
        hint = " Switch on “Keep size” in the convolutions between, or halve height and width."
    given, wanted = format_shape(shape), format_shape(target)
    return f"No projection makes {wanted} (“{names[1]}”) of {given} (“{names[0]}”).{hint}"


def _ends(graph: Graph, nodes: Sequence[NodeId]) -> tuple[NodeId, NodeId]:
    """The upper and the lower one of two nodes, in the order in which data flows."""
    chosen = list(dict.fromkeys(nodes))
    if len(chosen) != 2:
        raise GraphError("Select two layers: one where the skip connection begins and one that it goes around to.")
    first, second = chosen
    if graph.wiring.leads(second, first):
        first, second = second, first
    elif not graph.wiring.leads(first, second):
        names = [graph.nodes[node].name for node in chosen]
        raise GraphError(f"“{names[0]}” and “{names[1]}” do not lie one behind the other, so nothing can be skipped.")
    lower = graph.nodes[second]
    if not declared(graph, lower).outputs:
        # What goes into the end of a network is what comes out of the layer before it.
        second = graph.incoming(second)[0].source
        if second == first:
            raise GraphError(f"There is nothing to skip between “{graph.nodes[first].name}” and “{lower.name}”.")
    return first, second


def _room(graph: Graph, onwards: list[Edge], add: Node) -> list[Edit]:
    """Everything behind `add` moved down so far that `add` has a row of its own."""
    if not onwards:
        return []
    lack = add.position[1] + PITCH - min(graph.nodes[edge.target].position[1] for edge in onwards)
    if lack <= 0:
        return []
    followers = set().union(*(graph.wiring.descendants(edge.target) for edge in onwards))
    places = {node: graph.nodes[node].position for node in graph.nodes if node in followers}
    return [MoveNodes({node: (x, y + lack) for node, (x, y) in places.items()})]


def _beside(graph: Graph, place: Point) -> Point:
    """The nearest place in the row of `place`, to the right of it, that is free."""
    x, y = place[0] + LANE, place[1]
    row = [other.position[0] for other in graph.nodes.values() if abs(other.position[1] - y) < PITCH * 2 / 3]
    while any(abs(other - x) < LANE * 4 / 5 for other in row):
        x += LANE
    return x, y
