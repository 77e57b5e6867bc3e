"""Move the paper: middle button, or Space and the left button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from gui.canvas.gestures.base import Gesture, Pointer

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView


class Pan(Gesture):
    """Pans the view along with the pointer."""

    cursor = Qt.CursorShape.ClosedHandCursor
    scrolls_at_edges = False

    def __init__(self, view: CanvasView, start: Pointer) -> None:
        super().__init__(view, start)
        self._last = start.place

    def move(self, pointer: Pointer) -> None:
        """The paper sticks to the pointer from the first pixel on."""
        step = pointer.place - self._last
        self._last = pointer.place
        self.view.camera.pan(step.x(), step.y())
