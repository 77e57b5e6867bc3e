"""Where Tab leads on the canvas: along the flow of data from layer to layer, then to frames, then to notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.graph.annotations import AnnotationId, Frame
from engine.graph.model import NodeId

if TYPE_CHECKING:
    from gui.canvas.scene import CanvasScene
    from gui.canvas.view import CanvasView


class Stops:
    """Goes from one thing on the canvas to the next, and selects it."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._scene = view.canvas_scene
        self._workspace = view.workspace

    def step(self, forward: bool) -> bool:
        """Select the next layer, frame or note; False behind the last one."""
        layers = self._workspace.graph.wiring.topological_order()
        beside = beside_in_order(self._scene)
        count = len(layers) + len(beside)
        chosen, selected = current_beside(self._scene), self._workspace.selection
        if chosen is not None:
            place = len(layers) + beside.index(chosen)
        elif selected:
            place = layers.index(selected[-1])
        else:
            place = -1 if forward else count
        place += 1 if forward else -1
        if not 0 <= place < count:
            return False
        if place < len(layers):
            self.select_node(layers[place])
        else:
            self.select_beside(beside[place - len(layers)])
        return True

    def select_node(self, node: NodeId) -> None:
        """Select a layer and nothing else, and bring it into view."""
        # Not by the workspace alone: a frame around it would stay selected.
        self._scene.annotations.select((), [node])
        self._view.camera.reveal([node])

    def select_beside(self, annotation: AnnotationId) -> None:
        """Select a frame with everything in it, or a note, and bring it into view."""
        layer = self._scene.annotations
        if annotation in layer.frames.all:
            layer.select_frame(annotation)
            self._view.camera.reveal_rect(layer.frames.places.rects[annotation])
        elif annotation in layer.notes:
            self._scene.select_wires(())
            layer.select([annotation], ())
            self._view.camera.reveal_rect(layer.notes[annotation].rect)


def beside_in_order(scene: CanvasScene) -> list[AnnotationId]:
    """Frames, then notes, each as they are read from top to bottom."""
    annotations, rects = scene.workspace.graph.annotations, scene.annotations.frames.places.rects

    def corner(frame: Frame) -> tuple[float, float]:
        return rects[frame.id].top(), rects[frame.id].left()

    frames = sorted((frame for frame in annotations.frames if frame.id in rects), key=corner)
    notes = sorted(annotations.notes, key=lambda note: (note.position[1], note.position[0]))
    return [*(frame.id for frame in frames), *(note.id for note in notes)]


def current_beside(scene: CanvasScene) -> AnnotationId | None:
    """The frame or note that keys act on; None when that is a layer, or nothing is selected."""
    layer = scene.annotations
    if layer.selected_frames:
        return layer.selected_frames[-1]
    return layer.selected_notes[-1] if layer.selected_notes and not scene.workspace.selection else None
