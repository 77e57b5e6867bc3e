"""Drop a part of a network that was carried here from another canvas, or as text from another program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from engine.layers.fragment import way_to
from engine.layout.room import free_shift
from gui.canvas.gestures.base import Gesture, Pointer
from gui.canvas.notes import Tone
from gui.canvas.part_ghost import PartGhost

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

_FEW = 60
"""For more layers than this, room is sought only once they are dropped."""


class DropPart(Gesture):
    """Shows the layers around the pointer until they are dropped; one step to undo."""

    def __init__(self, view: CanvasView, start: Pointer, text: str, ghost: PartGhost) -> None:
        super().__init__(view, start)
        self._text = text
        self._ghost = ghost
        self._shift = QPointF()
        self.can_move = False
        """Whether who carries the layers would take them out where they are from."""
        self.moves = False
        """Whether they are to be taken out there."""
        self.is_done = False
        """Whether the layers are on this canvas now."""
        self.is_drag = True

    def drag(self, pointer: Pointer) -> None:
        """Show where everything would be."""
        at = pointer.scene.toTuple()
        dx, dy = way_to(at, self._ghost.places)
        if 0 < len(self._ghost.nodes) <= _FEW:
            there = [(x + dx, y + dy) for x, y in self._ghost.nodes]
            aside = free_shift(there, [node.position for node in self.workspace.graph.nodes.values()])
            dx, dy = dx + aside[0], dy + aside[1]
        self._shift = QPointF(dx, dy)
        self.view.pointer_note.show_at(self._words(), pointer.place, Tone.HINT)
        self.repaint(self._ghost.rect.translated(self._shift))

    def drop(self, pointer: Pointer) -> None:
        """Add everything to the graph."""
        self.view.pointer_note.hide()
        self.is_done = self.view.pointer.drops.paste(self._text, pointer.scene)

    def abandon(self) -> None:
        """The drag has left the canvas."""
        self.view.pointer_note.hide()

    def paint(self, painter: QPainter) -> None:
        """Paint the layers that there would be."""
        self._ghost.paint(painter, self._shift)

    def _words(self) -> str:
        words = self._ghost.words
        if self.moves:
            return f"Move {words} here"
        return f"Copy {words} here; with Shift, move" if self.can_move else f"Paste {words} here"
