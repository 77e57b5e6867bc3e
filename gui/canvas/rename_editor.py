"""Rename a node where its name stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from engine.graph.edits import Rename
from engine.graph.model import MAX_NAME, NodeId
from gui.canvas.card import TEXT_LEFT
from gui.canvas.geometry import HALF_WIDTH

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

_HEIGHT = 28


class RenameEditor(QLineEdit):
    """Enter renames, Esc leaves the old name; a name that cannot be is refused with the reason."""

    def __init__(self, view: CanvasView, node: NodeId) -> None:
        super().__init__(view)
        self._view = view
        self.node = node
        self.setObjectName("renameEditor")
        self.setAccessibleName("Name of the layer")
        self.setMaxLength(MAX_NAME)
        self.setText(view.canvas_scene.nodes[node].node.name)
        self.selectAll()
        self.textEdited.connect(self._clear_refusal)
        self.follow()
        self.show()
        self.setFocus()

    def follow(self) -> None:
        """Stand where the name is now."""
        x, y = self._view.canvas_scene.nodes[self.node].position
        name = QRectF(x + TEXT_LEFT - 9, y - 22, HALF_WIDTH - TEXT_LEFT + 5, 28)
        place = self._view.viewportTransform().mapRect(name).translated(self._view.viewport().pos())
        width = max(round(place.width()), 150)
        self.setGeometry(round(place.x()), round(place.center().y() - _HEIGHT / 2), width, _HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter renames, Esc gives up."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._commit()
        elif event.key() == Qt.Key.Key_Escape:
            self._view.renaming.end()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Looking elsewhere renames, too, where that is possible."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason and self._view.renaming.is_active:
            self._commit(or_leave=True)

    def _commit(self, *, or_leave: bool = False) -> None:
        name = self.text().strip()
        scene = self._view.canvas_scene
        reasons: list[str] = []
        if self.node in scene.nodes and name != scene.nodes[self.node].node.name:
            connection = scene.workspace.refused.connect(reasons.append)
            scene.workspace.push(Rename(self.node, name))
            scene.workspace.refused.disconnect(connection)
        if reasons and not or_leave:
            self.setProperty("state", "error")
            self._restyle()
            self._view.pointer_note.show_beside(reasons[0], QRectF(self.geometry()))
        else:
            self._view.renaming.end()

    def _clear_refusal(self) -> None:
        self.setProperty("state", "")
        self._restyle()
        self._view.pointer_note.hide()

    def _restyle(self) -> None:
        self.style().unpolish(self)
        self.style().polish(self)


class Renaming:
    """Opens and closes the field of one view."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._editor: RenameEditor | None = None

    @property
    def is_active(self) -> bool:
        """Whether the field is open."""
        return self._editor is not None

    def start(self, node: NodeId | None = None) -> None:
        """Open the field for `node`, or else for the only selected node."""
        selection = self._view.workspace.selection
        if node is None and len(selection) == 1:
            node = selection[0]
        if node is None:
            return
        self.end()
        self._view.workspace.select([node])
        self._view.camera.reveal([node])
        self._editor = RenameEditor(self._view, node)

    def follow(self) -> None:
        """Keep the field on its node, which may have moved or gone."""
        if self._editor is None:
            return
        if self._editor.node in self._view.canvas_scene.nodes:
            self._editor.follow()
        else:
            self.end()

    def end(self) -> None:
        """Close the field."""
        editor, self._editor = self._editor, None
        if editor is not None:
            if editor.hasFocus():
                # Before it is hidden: Qt would look for the next field, and the view for the next node.
                self._view.setFocus()
            editor.hide()
            editor.deleteLater()
            self._view.pointer_note.hide()
