"""Ports that meet: a node without wires is wired to those next to which it is dropped."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt

from engine.graph.model import Edge, Graph, NodeId
from engine.layers.wiring import refusal
from gui.canvas import curves
from gui.canvas.node_item import NodeItem, PortRef
from gui.canvas.scene import CanvasScene

REACH = 24.0
"""Ports nearer to each other than this, in pixels, meet."""


def meeting(scene: CanvasScene, graph: Graph, node: NodeId, zoom: float) -> list[Edge]:
    """The wires between ports of `node`, where it is shown now, and free fitting ones of others next to them.

    `graph` is the one in which they have to be possible, all of them together.
    """
    found: list[tuple[float, Edge]] = []
    for port, place in scene.nodes[node].ports().items():
        found += _nearest(scene, graph, port, place, REACH / zoom)
    if not found:
        return []
    copy = graph.snapshot(graph.blocks)
    edges: list[Edge] = []
    for _, edge in sorted(found):
        if refusal(copy, edge) is None:
            copy.add_edge(edge)
            edges.append(edge)
    return edges


def route_of(scene: CanvasScene, edge: Edge) -> curves.Route:
    """The way of a wire that is not there yet."""
    start = scene.nodes[edge.source].port_place(True, edge.source_port)
    end = scene.nodes[edge.target].port_place(False, edge.target_port)
    return curves.Route((start.x(), start.y()), (end.x(), end.y()))


def _nearest(scene: CanvasScene, graph: Graph, own: PortRef, place: QPointF, reach: float) -> list[tuple[float, Edge]]:
    """The wire to the nearest port that `own` may be wired to, with the distance; nothing when there is none."""
    around = QRectF(place.x() - reach, place.y() - reach, 2 * reach, 2 * reach)
    items = scene.items(around, Qt.ItemSelectionMode.IntersectsItemBoundingRect, Qt.SortOrder.DescendingOrder)
    found: list[tuple[float, Edge]] = []
    for item in items:
        if not isinstance(item, NodeItem) or item.node.id == own.node:
            continue
        for port, centre in item.ports().items():
            away = math.dist((place.x(), place.y()), (centre.x(), centre.y()))
            if port.is_output == own.is_output or away > reach:
                continue
            source, target = (own, port) if own.is_output else (port, own)
            edge = Edge(source.node, source.index, target.node, target.index)
            if refusal(graph, edge) is None:
                found.append((away, edge))
    return [min(found)] if found else []
