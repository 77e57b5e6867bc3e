"""Select nodes by clicking and move them by dragging; an unwired one can be dropped on a wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainter

from engine.graph.edits import Edit, MoveNodes
from engine.graph.model import Edge, NodeId, Point
from gui.canvas import building
from gui.canvas.card import ENTER
from gui.canvas.geometry import HALF_HEIGHT, snapped
from gui.canvas.gestures.base import Gesture, Pointer
from gui.canvas.guides import Guides
from gui.canvas.hits import wire_near
from gui.canvas.style import style

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

_ON_WIRE = HALF_HEIGHT
"""A node whose middle comes nearer than this to a wire is inserted into it."""


class Move(Gesture):
    """Drags the selection, the pressed node on the grid or in line with others; one step to undo."""

    def __init__(self, view: CanvasView, start: Pointer, node: NodeId) -> None:
        super().__init__(view, start)
        self._node = node
        self._was_selected = node in self.workspace.selection
        self._before: dict[NodeId, Point] = {}
        self._positions: dict[NodeId, Point] = {}
        self._guides: Guides | None = None
        self._lines: list[QLineF] = []
        self._wire: Edge | None = None
        if not self._was_selected:
            self._select([*self.workspace.selection, node] if start.adds else [node])

    def begin(self) -> None:
        """Remember where everything was."""
        graph = self.workspace.graph
        moving = self.workspace.selection if self._node in self.workspace.selection else (self._node,)
        self._before = {node: graph.nodes[node].position for node in moving}
        still = [item.position for node, item in self.scene.nodes.items() if node not in self._before]
        self._guides = Guides(still)

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
        self._find_wire(place, pointer)
        self.repaint(self._lines_rect())

    def drop(self, pointer: Pointer) -> None:
        """Move the nodes in the graph."""
        edit = self._edit()
        self.offer_insertion(None, pointer)
        if edit is not None:
            self.workspace.push(edit)
        self.scene.placement.end_preview()

    def click(self, pointer: Pointer) -> None:
        """Select the pressed node alone; with Shift or Ctrl take it out of the selection. Its arrow opens a block."""
        item = self.scene.nodes[self._node]
        if item.is_instance and not self.start.adds and ENTER.contains(self.start.scene - item.pos()):
            self.workspace.enter(self._node)
            return
        if self._was_selected:
            rest = [node for node in self.workspace.selection if node != self._node]
            self._select(rest if self.start.adds else [self._node])

    def abandon(self) -> None:
        """Show the nodes where the graph says."""
        self.offer_insertion(None, self.start)
        self.scene.placement.end_preview()

    def paint(self, painter: QPainter) -> None:
        """Paint the lines along which the node is aligned."""
        painter.setPen(style().guide)
        painter.drawLines(self._lines)

    def _edit(self) -> Edit | None:
        if self._positions == self._before or not self._positions:
            return None
        if self._wire is not None:
            return building.insert_existing(self.workspace.graph, self._node, self._wire, self._positions[self._node])
        return MoveNodes(self._positions)

    def _find_wire(self, place: Point, pointer: Pointer) -> None:
        graph = self.workspace.graph
        if len(self._before) == 1 and building.can_insert(graph, graph.nodes[self._node].layer, self._node):
            self._wire = wire_near(self.scene, QPointF(*place), _ON_WIRE)
            self.offer_insertion(self._wire, pointer)

    def _select(self, nodes: list[NodeId]) -> None:
        wires = self.scene.selected_wires if self.start.adds else frozenset()
        self.workspace.select(nodes)
        self.scene.select_wires(wires)

    def _lines_rect(self) -> QRectF:
        rect = QRectF()
        for line in self._lines:
            rect = rect.united(QRectF(line.p1(), line.p2()).normalized().adjusted(-1, -1, 1, 1))
        return rect
