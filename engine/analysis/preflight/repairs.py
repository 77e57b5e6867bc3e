"""Edits from which fixes are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.analysis.problem import Fix
from engine.graph.edits import AddNode, Compound, Connect, Disconnect, Edit, MoveNodes, dissolve
from engine.graph.model import Edge, Graph, Node, NodeId, Point, new_ids
from engine.graph.params import ParamValue
from engine.layers.nodes import new_node
from engine.layers.registry import spec
from engine.layout.metrics import LANE, PITCH

NewLayer = tuple[str, dict[str, ParamValue]]
"""The id of a layer and what of it is not the default."""


def insert(graph: Graph, edges: Sequence[Edge], *layers: NewLayer) -> Fix:
    """Put `layers`, one below the other, behind the output at which all of `edges` begin."""
    first = edges[0]
    (_, above), (x, _) = graph.nodes[first.source].position, graph.nodes[first.target].position
    nodes = new_nodes(graph, layers, (x, above + PITCH))
    below = min(graph.nodes[edge.target].position[1] for edge in edges)
    steps: list[Edit] = []
    if below - above < (len(nodes) + 1) * PITCH:
        lower = {node for edge in edges for node in graph.wiring.descendants(edge.target)}
        steps.append(_moved_down(graph, lower, len(nodes) * PITCH))
    steps += [*map(Disconnect, edges), *map(AddNode, nodes)]
    ends = [(first.source, first.source_port), *((node.id, 0) for node in nodes)]
    steps += [Connect(Edge(*end, node.id, 0)) for end, node in zip(ends, nodes, strict=False)]
    steps += [Connect(Edge(nodes[-1].id, 0, edge.target, edge.target_port)) for edge in edges]
    label = f"Insert {' and '.join(spec(layer).label for layer, _ in layers)}"
    return Fix(label, Compound(label, tuple(steps)))


def insert_beside(graph: Graph, edge: Edge, layer: NewLayer) -> Fix:
    """Put a layer on a skip connection, beside the branch that it goes around."""
    x, y = graph.nodes[edge.target].position
    (node,) = new_nodes(graph, [layer], (x + LANE, y - PITCH))
    steps = (
        Disconnect(edge),
        AddNode(node),
        Connect(Edge(edge.source, edge.source_port, node.id, 0)),
        Connect(Edge(node.id, 0, edge.target, edge.target_port)),
    )
    label = f"Insert {spec(layer[0]).label}"
    return Fix(label, Compound(label, steps))


def new_nodes(graph: Graph, layers: Sequence[NewLayer], position: Point) -> list[Node]:
    """Nodes of `layers` with free ids and names, the first one at `position` and each other one a row lower."""
    x, y = position
    nodes: list[Node] = []
    for index, ((layer, params), node_id) in enumerate(zip(layers, new_ids(graph, len(layers)), strict=True)):
        taken = [node.name for node in nodes]
        node = new_node(graph, layer, (x, y + index * PITCH), taken=taken, **params)  # type: ignore[arg-type]
        nodes.append(replace(node, id=node_id))
    return nodes


def removal(graph: Graph, node: NodeId) -> Fix:
    """Take a layer out and join what fed it to what it fed."""
    return Fix(f"Remove {graph.nodes[node].name}", dissolve(graph, node))


def _moved_down(graph: Graph, nodes: set[NodeId], rows: float) -> Edit:
    positions = {node: graph.nodes[node].position for node in graph.nodes if node in nodes}
    return MoveNodes({node: (x, y + rows) for node, (x, y) in positions.items()})
