"""Draw a wire from port to port, in either direction; drag a wire off an input to move or remove it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from engine.graph.model import Edge, Point
from engine.layers.wiring import refusal
from gui.canvas import building, curves
from gui.canvas.geometry import PORT_RADIUS
from gui.canvas.gestures.base import Gesture, Pointer
from gui.canvas.hits import hit
from gui.canvas.node_item import PortRef
from gui.canvas.style import NO_BRUSH, NO_PEN, style

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

_SNAP = 24.0
"""How near to a port, in pixels, the end of a wire jumps to it."""


class Wire(Gesture):
    """Wires two ports; where that is not possible, the pointer says why. In the void, a layer is searched for."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, view: CanvasView, start: Pointer, port: PortRef) -> None:
        super().__init__(view, start)
        self._pressed = port
        self._detached = self._wire_at(port)
        self._anchor = port
        if self._detached is not None:
            self._anchor = PortRef(self._detached.source, True, self._detached.source_port)
        self._open: dict[PortRef, QPointF] = {}
        self._end = start.scene
        self._snapped: PortRef | None = None
        self._reason: str | None = None

    def begin(self) -> None:
        """Light up where the wire may end."""
        self._open = self._open_ports()
        self.scene.offer_ports([*self._open, self._anchor])
        if self._detached is not None:
            self.scene.mark_wire(self._detached, detached=True)

    def drag(self, pointer: Pointer) -> None:
        """Let the wire follow the pointer, or jump to a port."""
        self._snapped = self._find_port(pointer)
        self._reason = None if self._snapped is not None else self._why_not(pointer)
        self._end = pointer.scene if self._snapped is None else self._open[self._snapped]
        if self._reason is not None:
            self.view.pointer_note.show_at(self._reason, pointer.place)
        else:
            self.view.pointer_note.hide()
        self.repaint(self._path_rect())

    def drop(self, pointer: Pointer) -> None:
        """Wire, move the wire, or take it away."""
        self._stop()
        if self._reason is not None:
            self.view.pointer_note.linger()
            return
        self.view.pointer_note.hide()
        new = None if self._snapped is None else self._edge_to(self._snapped)
        edit = building.rewire(self._detached, new) if new is not None or self._detached is not None else None
        if edit is not None:
            self.workspace.push(edit)
        elif self._detached is None and self._is_void(pointer):
            self.view.build.attach(self._anchor, _point(pointer.scene))

    def click(self, pointer: Pointer) -> None:
        """A click on a port selects its node."""
        node = self._pressed.node
        self.workspace.select([*self.workspace.selection, node] if self.start.adds else [node])

    def abandon(self) -> None:
        """Leave the wire where it was."""
        self._stop()
        self.view.pointer_note.hide()

    def paint(self, painter: QPainter) -> None:
        """Paint the wire that is being drawn."""
        if not self.is_drag:
            return
        look = style()
        painter.setBrush(NO_BRUSH)
        painter.strokePath(curves.path(self._route()), look.live_wire if self._reason is None else look.refused_wire)
        painter.setPen(NO_PEN)
        painter.setBrush(look.active_port if self._reason is None else look.error)
        painter.drawEllipse(self._end, PORT_RADIUS, PORT_RADIUS)

    # Where it may end

    def _wire_at(self, port: PortRef) -> Edge | None:
        """The wire that ends at an input port."""
        if port.is_output:
            return None
        incoming = self.workspace.graph.incoming(port.node)
        return next((edge for edge in incoming if edge.target_port == port.index), None)

    def _open_ports(self) -> dict[PortRef, QPointF]:
        graph = self.workspace.graph
        if self._anchor.is_output:
            nodes = building.may_feed(graph, self._anchor.node)
        else:
            nodes = building.may_be_fed_by(graph, self._anchor.node)
        found: dict[PortRef, QPointF] = {}
        for node in nodes:
            item = self.scene.nodes[node]
            for port, place in item.ports().items():
                free = port.is_output or port.index not in item.fed_inputs
                if port.is_output != self._anchor.is_output and free:
                    found[port] = place
        if self._detached is not None:
            found[self._pressed] = self.scene.nodes[self._pressed.node].port_place(False, self._pressed.index)
        return found

    def _find_port(self, pointer: Pointer) -> PortRef | None:
        """The port within reach or, over the body of a node, its nearest fitting port."""
        at = pointer.scene.toTuple()
        near = min(self._open, key=lambda port: math.dist(self._open[port].toTuple(), at), default=None)
        if near is not None and math.dist(self._open[near].toTuple(), at) <= _SNAP / self.view.camera.zoom:
            return near
        under = hit(self.scene, pointer.scene, self.view.camera.zoom).node
        on_node = [port for port in self._open if port.node == under]
        return min(on_node, key=lambda port: math.dist(self._open[port].toTuple(), at), default=None)

    def _is_void(self, pointer: Pointer) -> bool:
        under = hit(self.scene, pointer.scene, self.view.camera.zoom)
        inside = self.view.viewport().rect().contains(pointer.place.toPoint())
        return inside and under.port is None and under.node is None

    def _why_not(self, pointer: Pointer) -> str | None:
        """Why the wire cannot end under the pointer; None over the void."""
        under = hit(self.scene, pointer.scene, self.view.camera.zoom)
        if under.port is not None:
            return None if under.port == self._pressed else self._why_not_at(under.port)
        if under.node is None:
            return None
        wanted = PortRef(under.node, not self._anchor.is_output, 0)
        return self._why_not_at(wanted)

    def _why_not_at(self, port: PortRef) -> str:
        if port.node != self._anchor.node and port.is_output == self._anchor.is_output:
            kind, other = ("output", "input") if port.is_output else ("input", "output")
            return f"This is an {kind}: a wire from an {kind} has to end at an {other}."
        if port.node == self._anchor.node:
            port = PortRef(port.node, not self._anchor.is_output, port.index)
        reason = refusal(self.workspace.graph, self._edge_to(port))
        return reason if reason is not None else "This input takes no further wire."

    def _edge_to(self, port: PortRef) -> Edge:
        source, target = (self._anchor, port) if self._anchor.is_output else (port, self._anchor)
        return Edge(source.node, source.index, target.node, target.index)

    def _stop(self) -> None:
        self.scene.offer_ports(None)
        self.scene.mark_wire(None)

    # The curve

    def _route(self) -> curves.Route:
        anchor = self.scene.nodes[self._anchor.node].port_place(self._anchor.is_output, self._anchor.index)
        fixed, loose = _point(anchor), _point(self._end)
        return curves.Route(fixed, loose) if self._anchor.is_output else curves.Route(loose, fixed)

    def _path_rect(self) -> QRectF:
        return curves.path(self._route()).controlPointRect()


def _point(place: QPointF) -> Point:
    return place.x(), place.y()
