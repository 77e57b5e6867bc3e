"""Click a wire to select it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.graph.model import Edge
from gui.canvas.gestures.base import Gesture, Pointer

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView


class SelectWire(Gesture):
    """Selects the pressed wire; with Shift or Ctrl it adds it to the selection or takes it away."""

    scrolls_at_edges = False

    def __init__(self, view: CanvasView, start: Pointer, wire: Edge) -> None:
        super().__init__(view, start)
        if start.adds:
            self.scene.select_wires(self.scene.selected_wires ^ {wire})
        else:
            self.workspace.select(())
            self.scene.select_wires({wire})
