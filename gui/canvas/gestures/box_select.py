"""Draw a box around nodes to select them; a click into the void selects nothing."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from engine.graph.model import NodeId
from gui.canvas.geometry import card_at
from gui.canvas.gestures.base import Gesture, Pointer
from gui.canvas.style import style


class BoxSelect(Gesture):
    """Selects the nodes that the box touches; with Shift or Ctrl it adds them to the selection."""

    _box = QRectF()

    def drag(self, pointer: Pointer) -> None:
        """Show what would be selected."""
        self._box = QRectF(self.start.scene, pointer.scene).normalized()
        self.repaint(self._box)
        self.scene.preview_selection(self._chosen())

    def drop(self, pointer: Pointer) -> None:
        """Select."""
        chosen = self._chosen()
        if not self.start.adds:
            self.scene.select_wires(())
        kept, layer = self.scene.selected_wires, self.scene.annotations
        notes = [*(layer.selected if self.start.adds else ()), *layer.notes_in(self._box)]
        self.scene.preview_selection(None)
        layer.select(notes, chosen)
        self.scene.select_wires(kept)

    def click(self, pointer: Pointer) -> None:
        """Select nothing."""
        if not self.start.adds:
            self.scene.select_wires(())
            self.scene.annotations.select((), ())

    def abandon(self) -> None:
        """Show the old selection again."""
        self.scene.preview_selection(None)

    def paint(self, painter: QPainter) -> None:
        """Paint the box."""
        if self.is_drag:
            look = style()
            painter.setPen(look.box_outline)
            painter.setBrush(look.box)
            painter.drawRect(self._box)

    def _chosen(self) -> list[NodeId]:
        kept = self.workspace.selection if self.start.adds else ()
        touched = [node for node, item in self.scene.nodes.items() if card_at(item.position).intersects(self._box)]
        return [*kept, *touched]
