"""Carrying the selection out of one canvas: to another document's, or as text into any other program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QApplication, QWidget

from gui.canvas import clipboard
from gui.canvas.part_ghost import PartGhost

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

PART_MIME = "application/x-netwright-part"
"""Marks a drag of layers out of a canvas, which may be moved; its text is what the clipboard would hold."""
TAKES_PARTS = "takesParts"
"""The property of the widgets on which layers of another document may be dropped."""
_OUTSIDE = 32
"""Who is farther away from the window than this, in pixels, has left it and is not only panning at its edge."""
_COPY, _MOVE = Qt.DropAction.CopyAction, Qt.DropAction.MoveAction


def taker_at(widget: QWidget | None) -> QWidget | None:
    """`widget` or what it stands in, if layers of another document may be dropped there."""
    while widget is not None and not widget.property(TAKES_PARTS):
        widget = None if widget.isWindow() else widget.parentWidget()
    return widget


class Carrying(QObject):
    """Turns a move within one canvas into a drag that ends elsewhere."""

    returned = Signal(object)
    """What was carried out of this `CanvasView` was dropped nowhere."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self.is_out = False
        """Whether something is being carried out of the canvas now."""

    def leaves_at(self, place: QPoint) -> bool:
        """Whether a move that has come to `place`, on the screen beside the canvas, has come to where things drop."""
        under = QApplication.widgetAt(place)
        if under is None:
            around = self._view.window().frameGeometry().adjusted(-_OUTSIDE, -_OUTSIDE, _OUTSIDE, _OUTSIDE)
            return not around.contains(place)
        return taker_at(under) not in (None, self._view)

    def carry(self) -> None:
        """Let the user drop the selection somewhere; returns when that is done or given up."""
        scene = self._view.canvas_scene
        text = clipboard.selected_part(scene)
        if not text:
            return
        drag = QDrag(self._view.viewport())
        data = QMimeData()
        data.setText(text)
        data.setData(PART_MIME, b"1")
        drag.setMimeData(data)
        picture = self._ghost().small_picture(self._view.devicePixelRatioF())
        drag.setPixmap(picture)
        # Above the pointer: the canvas shows the layers themselves around it, and words below it.
        drag.setHotSpot(QPoint(-12, round(picture.deviceIndependentSize().height()) + 4))
        self.is_out = True
        action = drag.exec(_COPY | _MOVE, _COPY)
        self.is_out = False
        if action == _MOVE:
            clipboard.take_out(scene, "Move out")
        elif action == Qt.DropAction.IgnoreAction:
            self.returned.emit(self._view)

    def _ghost(self) -> PartGhost:
        """What the selection looks like."""
        graph, layer = self._view.workspace.graph, self._view.canvas_scene.annotations
        nodes = [graph.nodes[node] for node in self._view.workspace.selection]
        chosen = (*layer.selected_frames, *layer.selected_notes)
        return PartGhost(graph, nodes, [graph.annotations[name] for name in chosen])
