"""What lies under the pointer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt

from engine.graph.model import Edge, NodeId
from gui.canvas.geometry import HALF_HEIGHT, PORT_REACH, WIRE_REACH
from gui.canvas.node_item import NodeItem, PortRef
from gui.canvas.wire_item import WireItem

if TYPE_CHECKING:
    from gui.canvas.scene import CanvasScene

_INSIDE = 8.0
"""How far into the card a port reaches."""
_MAX_REACH = 22.0


@dataclass(frozen=True, slots=True)
class Hit:
    """What is under the pointer: at most one of these is set."""

    node: NodeId | None = None
    port: PortRef | None = None
    wire: Edge | None = None


NOTHING = Hit()


def hit(scene: CanvasScene, place: QPointF, zoom: float) -> Hit:
    """What is at `place`: a port before a node, a node before a wire."""
    reach = max(PORT_REACH, WIRE_REACH) / zoom
    around = QRectF(place.x() - reach, place.y() - reach, 2 * reach, 2 * reach)
    found = scene.items(around, Qt.ItemSelectionMode.IntersectsItemBoundingRect, Qt.SortOrder.DescendingOrder)
    nodes = [item for item in found if isinstance(item, NodeItem)]
    port = _port(nodes, place, min(PORT_REACH / zoom, _MAX_REACH))
    if port is not None:
        return Hit(port=port)
    for item in nodes:
        if item.contains_point(place):
            return Hit(node=item.node.id)
    wire = _nearest([item for item in found if isinstance(item, WireItem)], place, WIRE_REACH / zoom)
    return NOTHING if wire is None else Hit(wire=wire)


def wire_near(scene: CanvasScene, place: QPointF, reach: float) -> Edge | None:
    """The wire nearest to `place`, not farther than `reach`."""
    around = QRectF(place.x() - reach, place.y() - reach, 2 * reach, 2 * reach)
    found = scene.items(around, Qt.ItemSelectionMode.IntersectsItemBoundingRect, Qt.SortOrder.DescendingOrder)
    return _nearest([item for item in found if isinstance(item, WireItem)], place, reach)


def _port(nodes: list[NodeItem], place: QPointF, reach: float) -> PortRef | None:
    best, nearest = None, reach
    for item in nodes:
        inside = HALF_HEIGHT - abs(place.y() - item.position[1])
        if item.contains_point(place) and inside > _INSIDE:
            return None
        for port, centre in item.ports().items():
            away = math.dist((place.x(), place.y()), (centre.x(), centre.y()))
            if away <= nearest:
                best, nearest = port, away
    return best


def _nearest(wires: list[WireItem], place: QPointF, reach: float) -> Edge | None:
    best, nearest = None, reach
    for item in wires:
        away = item.distance(place.x(), place.y())
        if away <= nearest:
            best, nearest = item.edge, away
    return best
