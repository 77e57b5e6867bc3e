"""Go about on the minimap: drag what is in view, or press where it is to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from gui.canvas.gestures.base import Gesture, Pointer

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView


class Steer(Gesture):
    """Keeps the place of the view under the pointer."""

    cursor = Qt.CursorShape.ClosedHandCursor
    scrolls_at_edges = False

    def __init__(self, view: CanvasView, start: Pointer) -> None:
        super().__init__(view, start)
        self._before = view.camera.look()
        self._grip = QPointF(0.0, 0.0)
        place = view.minimap.scene_point(start.place)
        if view.minimap.seen.contains(start.place):
            self._grip = QPointF(*self._before.middle) - place
        else:
            view.minimap.go(place)

    def move(self, pointer: Pointer) -> None:
        """The view sticks to the pointer from the first pixel on."""
        self.view.minimap.go(self.view.minimap.scene_point(pointer.place) + self._grip)

    def cancel(self) -> None:
        """Look again where one looked before."""
        self.view.camera.look_again(self._before)
