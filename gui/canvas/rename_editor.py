"""Rename a node, or the block of an instance, where its name stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF

from engine.graph.block_edits import RenameBlock
from engine.graph.blocks import block_of
from engine.graph.edits import Edit, Rename
from engine.graph.model import NodeId
from gui.canvas.card import TEXT_LEFT
from gui.canvas.geometry import HALF_WIDTH
from gui.fonts import px
from gui.name_field import NameField

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

_NARROWEST, _HEIGHT = 150, 28
_NAME_MIDDLE, _BLOCK_MIDDLE = -8.0, 10.0
"""Where the name of a node and, below it, that of its block stand on the card."""


class RenameEditor(NameField):
    """Floats over a node."""

    def __init__(self, view: CanvasView, node: NodeId, name: str, rename: Callable[[str], Edit], middle: float) -> None:
        super().__init__(view.workspace, name, rename, view)
        self._view = view
        self._middle = middle
        self.node = node
        """The node that it stands on."""
        self.setObjectName("renameEditor")
        self.objected.connect(self._show_objection)
        self.follow()
        self.show()
        self.setFocus()

    def follow(self) -> None:
        """Stand where the name is now."""
        x, y = self._view.canvas_scene.nodes[self.node].position
        name = QRectF(x + TEXT_LEFT - 9, y + self._middle - 14, HALF_WIDTH - TEXT_LEFT + 5, 28)
        place = self._view.viewportTransform().mapRect(name).translated(self._view.viewport().pos())
        self.setGeometry(line_at(self._view, place, max(round(place.width()), px(_NARROWEST))))

    def _show_objection(self, sentence: str) -> None:
        if sentence:
            self._view.pointer_note.show_beside(sentence, QRectF(self.geometry()))
        else:
            self._view.pointer_note.hide()


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
        """Open the field for the name of `node`, or else of the only selected node."""
        node = self._the_one(node)
        if node is not None:
            name = self._view.workspace.graph.nodes[node].name
            self._open(node, name, lambda name: Rename(node, name), _NAME_MIDDLE, "Name of the layer")

    def start_block(self, node: NodeId | None = None) -> None:
        """Open the field for the name of the block that `node`, or else the only selected node, is an instance of."""
        node = self._the_one(node)
        block = None if node is None else block_of(self._view.workspace.graph.nodes[node].layer)
        if node is not None and block is not None:
            self._open(node, block, lambda name: RenameBlock(block, name), _BLOCK_MIDDLE, "Name of the block")

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
            editor.give_up()
            if editor.hasFocus():
                # Before it is hidden: Qt would look for the next field, and the view for the next node.
                self._view.setFocus()
            editor.hide()
            editor.deleteLater()
            self._view.pointer_note.hide()

    def _the_one(self, node: NodeId | None) -> NodeId | None:
        selection = self._view.workspace.selection
        return selection[0] if node is None and len(selection) == 1 else node

    def _open(self, node: NodeId, name: str, rename: Callable[[str], Edit], middle: float, spoken: str) -> None:
        self.end()
        self._view.workspace.select([node])
        self._view.camera.reveal([node])
        self._editor = RenameEditor(self._view, node, name, rename, middle)
        self._editor.setAccessibleName(spoken)
        self._editor.closed.connect(self.end)


def line_at(view: CanvasView, place: QRectF, width: int) -> QRect:
    """Where a line of text is edited at the left end of `place`, in pixels of the view; never beyond its sides."""
    area, height = view.viewport().geometry(), px(_HEIGHT)
    x = max(min(round(place.x()), area.right() - width), area.left())
    return QRect(x, round(place.center().y() - height / 2), width, height)
