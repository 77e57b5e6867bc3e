"""Drop a layer from the palette: into the void, or into a wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QPainter

from engine.graph.model import Edge, Graph
from gui.canvas import building
from gui.canvas.geometry import HALF_HEIGHT, card_at, snapped
from gui.canvas.gestures.base import Gesture, Pointer
from gui.canvas.hits import wire_near
from gui.canvas.node_painter import paint_ghost
from gui.canvas.supply import is_supplied, supply

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

LAYER_MIME = "application/x-netwright-layer"
"""What the palette drags: the id of a layer."""


def dragged_layer(data: QMimeData, graph: Graph) -> str | None:
    """The id of the layer or block that is dragged over `graph`; None when something else is."""
    if not data.hasFormat(LAYER_MIME):
        return None
    layer = bytes(data.data(LAYER_MIME).data()).decode("utf-8", errors="replace")
    return layer if is_supplied(graph, layer) else None


class DropLayer(Gesture):
    """Shows the new node under the pointer until it is dropped."""

    def __init__(self, view: CanvasView, start: Pointer, layer: str) -> None:
        super().__init__(view, start)
        self._layer = layer
        self._wire: Edge | None = None
        self._ghost = self.scene.draft(layer)
        found = supply(self.workspace.graph, layer)
        self._refusal = found.refusal
        self._can_insert = building.can_insert(found.graph, found.layer)
        self.is_drag = True

    def drag(self, pointer: Pointer) -> None:
        """Show where the node would be, and the wire that it would go into."""
        x, y = snapped(pointer.scene.x(), pointer.scene.y())
        self._ghost.put((x, y))
        if self._refusal is not None:
            self.view.pointer_note.show_at(self._refusal, pointer.place)
        elif self._can_insert:
            self._wire = wire_near(self.scene, pointer.scene, HALF_HEIGHT)
            self._ghost.is_selected = self._wire is not None
            self.offer_insertion(self._wire, pointer)
        self.repaint(card_at((x, y)))

    def drop(self, pointer: Pointer) -> None:
        """Add the node."""
        self.offer_insertion(None, pointer)
        if self._refusal is not None:
            self.view.pointer_note.show_at(self._refusal, pointer.place)
            self.view.pointer_note.linger()
            return
        place = (pointer.scene.x(), pointer.scene.y())
        if self._wire is None:
            self.scene.add_layer(self._layer, place)
        else:
            self.scene.insert_layer(self._layer, self._wire, place)

    def abandon(self) -> None:
        """The drag has left the canvas."""
        self.offer_insertion(None, self.start)

    def paint(self, painter: QPainter) -> None:
        """Paint the new node."""
        paint_ghost(painter, self._ghost, 0.7)
