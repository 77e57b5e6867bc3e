"""What is dragged over one canvas and dropped on it: layers of the palette, parts of networks, and text that holds one.

A drag that began on this very canvas and has come back goes on as the move that it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt
from PySide6.QtGui import QDragMoveEvent, QDropEvent

from engine.graph.blocks import block_of
from engine.graph.errors import GraphError
from engine.graph.wording import quoted
from engine.layers import fragment
from gui.canvas import clipboard
from gui.canvas.carrying import PART_MIME
from gui.canvas.gestures.base import Gesture, Pointer
from gui.canvas.gestures.drop_layer import LAYER_MIME, DropLayer, dragged_layer
from gui.canvas.gestures.drop_part import DropPart
from gui.canvas.part_ghost import PartGhost

if TYPE_CHECKING:
    from gui.canvas.pointer_input import PointerInput
    from gui.canvas.view import CanvasView

_ORIGIN = "what you drag"
"""Where a dropped text comes from, in the middle of a sentence."""
DRAGS = frozenset({QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.DragLeave, QEvent.Type.Drop})
"""What happens to a view over which something is dragged from elsewhere."""


class Drops:
    """Knows what is dragged over a canvas now, and whether it may be dropped there."""

    def __init__(self, view: CanvasView, pointer: PointerInput) -> None:
        self._view = view
        self._pointer = pointer
        self._gesture: Gesture | None = None
        self._refusal = ""

    def handle(self, event: QEvent) -> bool:
        """Deal with one of the `DRAGS`; False when it is left to Qt."""
        if event.type() == QEvent.Type.DragLeave:
            return self._leave()
        assert isinstance(event, (QDragMoveEvent, QDropEvent))
        place = self._pointer.at(event.position(), event.modifiers())
        if self._view.carrying.is_out:
            return self._go_on(event, place)
        if event.type() == QEvent.Type.DragEnter or not (self._refusal or self._pointer.is_under_way(self._gesture)):
            self._pointer.cancel()
            self._gesture, self._refusal = self._begin(event.mimeData(), place)
            if self._gesture is not None:
                self._pointer.take_over(self._gesture)
        if self._refusal:
            return self._refuse(event, place)
        if self._gesture is None:
            return False
        self._drag(event, place, self._gesture)
        return True

    def land(self, event: QDropEvent) -> None:
        """A part is dropped where this canvas is meant, such as on its tab: it goes into the middle of the view."""
        pasted = self.paste(event.mimeData().text(), QPointF(*self._view.camera.look().middle))
        moves = pasted and _moves(event)
        event.setDropAction(Qt.DropAction.MoveAction if moves else Qt.DropAction.CopyAction)
        event.setAccepted(pasted)

    def paste(self, text: str, place: QPointF) -> bool:
        """Add what `text` holds around `place` of the scene and select it; whether that is done."""
        # First, because a refusal is shown for the document that is the current one.
        self._view.setFocus()
        scene, at = self._view.canvas_scene, (place.x(), place.y())
        pasted = clipboard.paste_text(scene, text, at, "Drop", _ORIGIN)
        if pasted is not None:
            self._view.camera.reveal(node.id for node in pasted.nodes)
        return pasted is not None

    # Inside

    def _leave(self) -> bool:
        """What was dragged is elsewhere; False when it was nothing for a canvas."""
        was_here = bool(self._gesture or self._refusal or self._view.carrying.is_out)
        self._view.pointer_note.hide()
        self._gesture, self._refusal = None, ""
        self._pointer.cancel()
        return was_here

    def _begin(self, data: QMimeData, place: Pointer) -> tuple[Gesture | None, str]:
        """The gesture of dropping `data`, or why it cannot be dropped; neither when it is nothing for a canvas."""
        graph = self._view.workspace.graph
        layer = dragged_layer(data, graph)
        if layer is not None:
            return DropLayer(self._view, place, layer), ""
        if data.hasFormat(LAYER_MIME):
            return None, _no_such_layer(bytes(data.data(LAYER_MIME).data()).decode(errors="replace"))
        if not holds_part(data):
            return None, ""
        try:
            text = clipboard.as_part(data.text(), _ORIGIN)
            pasted = fragment.paste(graph, text, origin=_ORIGIN)
        except GraphError as error:
            return None, str(error)
        assert pasted is not None
        ghost = PartGhost(pasted.graph, pasted.nodes, pasted.annotations)
        gesture = DropPart(self._view, place, text, ghost)
        gesture.can_move = data.hasFormat(PART_MIME)
        return gesture, ""

    def _drag(self, event: QDropEvent, place: Pointer, gesture: Gesture) -> None:
        moves = _moves(event)
        if isinstance(gesture, DropPart):
            gesture.moves = moves
        gesture.move(place)
        if event.type() == QEvent.Type.Drop:
            self._gesture = None
            self._pointer.finish(place)
            self._view.setFocus()
            if isinstance(gesture, DropPart) and not gesture.is_done:
                event.ignore()
                return
        event.setDropAction(Qt.DropAction.MoveAction if moves else Qt.DropAction.CopyAction)
        event.accept()

    def _refuse(self, event: QDropEvent, place: Pointer) -> bool:
        """Say why nothing can be dropped here."""
        # Who does not accept the first event hears of no others, and so could not say anything.
        event.setAccepted(event.type() == QEvent.Type.DragEnter)
        self._view.pointer_note.show_at(self._refusal, place.place)
        if event.type() == QEvent.Type.Drop:
            self._view.pointer_note.linger()
            self._refusal = ""
        return True

    def _go_on(self, event: QDropEvent, place: Pointer) -> bool:
        """What was carried away from here has come back."""
        self._pointer.resume(place)
        if event.type() == QEvent.Type.Drop:
            self._pointer.finish(place)
            self._view.setFocus()
        # It is moved by its gesture, and nothing is to be taken out.
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        return True


def holds_part(data: QMimeData) -> bool:
    """Whether what is dragged is a part of a network, or a project, as text."""
    return data.hasText() and clipboard.is_network(data.text())


def _moves(event: QDropEvent) -> bool:
    """Whether what is dragged is to be taken out where it is from; texts of other programs are always copied."""
    return event.proposedAction() == Qt.DropAction.MoveAction and event.mimeData().hasFormat(PART_MIME)


def _no_such_layer(layer: str) -> str:
    name = block_of(layer)
    if name is None:
        return "There is no such layer here."
    return f"The block {quoted(name)} is of another project: drag one of its copies from the canvas there."
