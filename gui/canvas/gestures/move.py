"""Select nodes by clicking and move them by dragging; an unwired one can be dropped on a wire or next to a port.

With Alt, or shaken, they come out of their chain, which closes behind them.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainter

from engine.graph.edits import Compound, Connect, Edit
from engine.graph.model import Edge, Graph, NodeId, Point
from gui.canvas import building, curves
from gui.canvas.annotations.carried import CarriedNotes, FrameTarget, moved
from gui.canvas.annotations.membership import joined
from gui.canvas.card import ENTER
from gui.canvas.geometry import HALF_HEIGHT, snapped
from gui.canvas.gestures.base import Gesture, Pointer
from gui.canvas.gestures.port_meeting import meeting, route_of
from gui.canvas.gestures.shake import Shake
from gui.canvas.gestures.tearing import Tearing
from gui.canvas.guides import Guides
from gui.canvas.hits import wire_near
from gui.canvas.notes import Tone
from gui.canvas.style import NO_BRUSH, style

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

_ON_WIRE = HALF_HEIGHT
"""A node whose middle comes nearer than this to a wire is inserted into it."""


class Move(Gesture):
    """Drags the selection, the pressed node on the grid or in line with others; one step to undo."""

    can_leave = True

    def __init__(self, view: CanvasView, start: Pointer, node: NodeId) -> None:
        super().__init__(view, start)
        self._node = node
        self._was_selected = node in self.workspace.selection
        self._before: dict[NodeId, Point] = {}
        self._positions: dict[NodeId, Point] = {}
        self._guides: Guides | None = None
        self._lines: list[QLineF] = []
        self._wire: Edge | None = None
        self._met: list[Edge] = []
        self._tearing: Tearing | None = None
        self._shake = Shake()
        self._notes: CarriedNotes | None = None
        self._target: FrameTarget | None = None
        if not self._was_selected:
            self._select([*self.workspace.selection, node] if start.adds else [node])

    def begin(self) -> None:
        """Remember where everything was."""
        graph = self.workspace.graph
        moving = self.workspace.selection if self._node in self.workspace.selection else (self._node,)
        self._before = {node: graph.nodes[node].position for node in moving}
        still = [item.position for node, item in self.scene.nodes.items() if node not in self._before]
        self._guides = Guides(still)
        self._tearing = Tearing(self.scene, moving)
        if self.start.tears:
            self._tearing.tear()
        self._notes = CarriedNotes(self.scene, self.scene.annotations.selected_notes)
        self._target = FrameTarget(self.scene, moving)

    def drag(self, pointer: Pointer) -> None:
        """Show the nodes where they would be."""
        assert self._guides is not None
        x, y = self._before[self._node]
        way = pointer.scene - self.start.scene
        place, self._lines = self._guides.align(
            snapped(x + way.x(), y + way.y()), (x + way.x(), y + way.y()), self.view.camera.zoom
        )
        dx, dy = place[0] - x, place[1] - y
        self._positions = {node: (bx + dx, by + dy) for node, (bx, by) in self._before.items()}
        self.scene.placement.preview_move(self._positions, dx, dy)
        assert self._tearing is not None
        if pointer.tears or self._shake.move(pointer.place, time.monotonic()):
            self._tearing.tear()
        self._find_wire(self._tearing.graph, place, pointer)
        if self._notes is not None and self._target is not None:
            self._notes.show(dx, dy)
            self._target.find(self._positions)
        self.repaint(*self._painted_rects())

    def drop(self, pointer: Pointer) -> None:
        """Move the nodes in the graph."""
        edit = self._edit()
        self._end(pointer)
        if edit is not None:
            kept = self.scene.annotations.selected
            self.workspace.push(edit)
            self.scene.annotations.select(kept)
        self.scene.placement.end_preview()

    def click(self, pointer: Pointer) -> None:
        """Select the pressed node alone; with Shift or Ctrl take it out of the selection. Its arrow opens a block."""
        item = self.scene.nodes[self._node]
        if item.is_instance and not self.start.adds and ENTER.contains(self.start.scene - QPointF(*item.position)):
            self.workspace.enter(self._node)
            return
        if self._was_selected:
            rest = [node for node in self.workspace.selection if node != self._node]
            self._select(rest if self.start.adds else [self._node])

    def abandon(self) -> None:
        """Show the nodes where the graph says."""
        self._end(self.start)
        self.scene.placement.end_preview()

    def paint(self, painter: QPainter) -> None:
        """Paint the lines along which the node is aligned, and the wires that there would be."""
        painter.setPen(style().guide)
        painter.drawLines(self._lines)
        painter.setBrush(NO_BRUSH)
        for route in self._routes():
            painter.strokePath(curves.path(route), style().live_wire)

    def _edit(self) -> Edit | None:
        torn = None if self._tearing is None else self._tearing.edit
        if (self._positions == self._before and torn is None) or not self._positions:
            return None
        edit = self._placed()
        steps = tuple(step for step in (torn, edit, *map(Connect, self._met)) if step is not None)
        if len(steps) <= 1:
            return steps[0] if steps else None
        if self._met:
            return Compound(f"Wire {self.workspace.graph.nodes[self._node].name}", steps)
        return Compound(torn.label if torn is not None and self._wire is None else steps[-1].label, steps)

    def _placed(self) -> Edit | None:
        """The edit that puts the nodes where they are shown, or into the wire under them."""
        if self._wire is not None and self._tearing is not None:
            frames = self.scene.annotations.frames
            place = self._positions[self._node]
            inserted = building.insert_existing(self._tearing.graph, self._node, self._wire, place)
            return joined(inserted, self._node, frames.all, frames.places.rects)
        notes = self._notes.edits() if self._notes is not None else []
        joining = self._target.edit() if self._target is not None else None
        return moved(self._positions, [*notes, *([joining] if joining is not None else [])])

    def _end(self, pointer: Pointer) -> None:
        self.offer_insertion(None, pointer)
        if self._tearing is not None:
            self._tearing.mend()
        if self._notes is not None and self._target is not None:
            self._notes.end()
            self._target.end()

    def _find_wire(self, graph: Graph, place: Point, pointer: Pointer) -> None:
        """Find what a node without wires would be wired to: it goes into a wire, or to ports next to its own."""
        if len(self._before) > 1 or graph.incoming(self._node) or graph.outgoing(self._node):
            return
        self._wire = None
        if building.can_insert(graph, graph.nodes[self._node].layer, self._node):
            near = wire_near(self.scene, QPointF(*place), _ON_WIRE)
            self._wire = near if near is None or self._node not in (near.source, near.target) else None
        self._met = [] if self._wire is not None else meeting(self.scene, graph, self._node, self.view.camera.zoom)
        self.offer_insertion(self._wire, pointer)
        if self._met:
            name = graph.nodes[self._node].name
            self.view.pointer_note.show_at(f"Wire “{name}”", pointer.place, Tone.HINT)

    def _routes(self) -> list[curves.Route]:
        torn = self._tearing.routes() if self._tearing is not None else []
        return [*torn, *(route_of(self.scene, edge) for edge in self._met)]

    def _select(self, nodes: list[NodeId]) -> None:
        wires = self.scene.selected_wires if self.start.adds else frozenset()
        notes = self.scene.annotations.selected if self.start.adds else frozenset()
        self.workspace.select(nodes)
        self.scene.select_wires(wires)
        self.scene.annotations.select(notes)

    def _painted_rects(self) -> list[QRectF]:
        rects = [curves.path(route).controlPointRect() for route in self._routes()]
        # Lines may be long: those of a column and those of a row would cover much of the view together.
        column, row = QRectF(), QRectF()
        for line in self._lines:
            rect = QRectF(line.p1(), line.p2())
            if line.dx() == 0.0:
                column |= rect
            else:
                row |= rect
        return [*rects, *(rect for rect in (column, row) if not rect.isNull())]
