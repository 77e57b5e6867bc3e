"""The shape of what runs through the wire under the pointer, where no shape can be read beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.graph.model import Edge
from gui.canvas.gestures.base import Pointer
from gui.canvas.node_painter import SMALL_TEXT_ZOOM
from gui.canvas.notes import FloatingNote, Tone

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView


class ShapeNote(FloatingNote):
    """Follows the pointer along a wire."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view

    def follow(self, wire: Edge | None, pointer: Pointer | None) -> None:
        """Say what runs through `wire`, under the pointer; say nothing when there is no wire or a shape beside it."""
        text = "" if wire is None or pointer is None else self._view.canvas_scene.wires[wire].shape_text
        if not text or wire is None or pointer is None or self._is_said_already(wire):
            self.hide()
        else:
            self.show_at(text, pointer.place, Tone.HINT)

    def _is_said_already(self, wire: Edge) -> bool:
        """Whether a shape stands on the wire, or below the node that it comes from, where it can be read."""
        if self._view.camera.zoom < SMALL_TEXT_ZOOM:
            return False
        scene, seen = self._view.canvas_scene, self._view.camera.visible()
        label = scene.wires[wire].label()
        if label is not None and seen.contains(label[1], label[2]):
            return True
        return wire.source_port == 0 and seen.contains(*scene.nodes[wire.source].position)
