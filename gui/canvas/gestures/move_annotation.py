"""Move frames by their titles, with everything in them, and notes; resize notes by their corners."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from engine.graph.annotation_edits import ChangeAnnotation
from engine.graph.annotations import AnnotationId, Note
from engine.graph.model import NodeId, Point
from gui.canvas.annotations.carried import CarriedNotes, FrameTarget, moved
from gui.canvas.annotations.note_sizes import show_size
from gui.canvas.geometry import snapped
from gui.canvas.gestures.base import Gesture, Pointer

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView


class MoveAnnotation(Gesture):
    """Drags what is selected by the title of a frame or by a note; one step to undo."""

    can_leave = True

    def __init__(self, view: CanvasView, start: Pointer, annotation: AnnotationId) -> None:
        super().__init__(view, start)
        self._annotation = annotation
        self._layer = view.canvas_scene.annotations
        self._is_frame = annotation in self._layer.frames.all
        self._was_selected = annotation in self._layer.selected
        self._nodes: tuple[NodeId, ...] = ()
        self._positions: dict[NodeId, Point] = {}
        self._notes: CarriedNotes | None = None
        self._target: FrameTarget | None = None
        if not self._was_selected:
            self._select(adds=start.adds)

    def begin(self) -> None:
        """Remember where everything was."""
        self._nodes = self.workspace.selection if self._annotation in self._layer.selected else ()
        self._notes = CarriedNotes(self.scene, self._layer.selected_notes)
        self._target = FrameTarget(self.scene, self._nodes)

    def drag(self, pointer: Pointer) -> None:
        """Show everything where it would be, a whole number of steps of the grid away."""
        assert self._notes is not None
        assert self._target is not None
        way = pointer.scene - self.start.scene
        dx, dy = snapped(way.x(), way.y())
        nodes = self.workspace.graph.nodes
        before = {node: nodes[node].position for node in self._nodes}
        self._positions = {node: (x + dx, y + dy) for node, (x, y) in before.items()} if (dx, dy) != (0.0, 0.0) else {}
        self._notes.show(dx, dy)
        if self._nodes:
            self.scene.placement.preview_move(self._nodes, dx, dy)
            self._target.find({node: (x + dx, y + dy) for node, (x, y) in before.items()})

    def drop(self, pointer: Pointer) -> None:
        """Move everything in the graph."""
        assert self._notes is not None
        assert self._target is not None
        joining = self._target.edit() if self._positions else None
        edit = moved(self._positions, [*self._notes.edits(), *([joining] if joining is not None else [])])
        self._end()
        if edit is not None:
            kept = self._layer.selected
            self.workspace.push(edit)
            self._layer.select(kept)
        if self._nodes:
            self.scene.placement.end_preview()

    def click(self, pointer: Pointer) -> None:
        """Select the frame or the note alone; with Shift or Ctrl take the note out of the selection."""
        if self._was_selected:
            if self.start.adds:
                self._layer.select(self._layer.selected - {self._annotation})
            else:
                self._select(adds=False)

    def abandon(self) -> None:
        """Show everything where the graph says."""
        self._end()
        if self._nodes:
            self.scene.placement.end_preview()

    def _select(self, *, adds: bool) -> None:
        others = self._layer.selected if adds else frozenset()
        if not adds:
            self.scene.select_wires(())
        if not self._is_frame:
            nodes = self.workspace.selection if adds else ()
            self._layer.select(others | {self._annotation}, nodes)
        elif adds:
            frames = self._layer.frames
            inside = self._layer.notes_in(frames.places.rects[self._annotation])
            nodes = (*self.workspace.selection, *frames.all[self._annotation].members)
            self._layer.select(others | {self._annotation, *inside}, nodes)
        else:
            self._layer.select_frame(self._annotation)

    def _end(self) -> None:
        if self._notes is not None:
            self._notes.end()
        if self._target is not None:
            self._target.end()


class ResizeNote(Gesture):
    """Drags the lower right corner of a note; it cannot be smaller than its text."""

    cursor = Qt.CursorShape.SizeFDiagCursor

    def __init__(self, view: CanvasView, start: Pointer, note: AnnotationId) -> None:
        super().__init__(view, start)
        self._layer = view.canvas_scene.annotations
        self._item = self._layer.notes[note]
        self._grip = self._item.rect.bottomRight() - start.scene
        self._size = (0.0, 0.0)
        if note not in self._layer.selected:
            self.scene.select_wires(())
            self._layer.select([note], ())

    def drag(self, pointer: Pointer) -> None:
        """Show the note in its new size."""
        corner: QPointF = pointer.scene + self._grip
        width, height = snapped(corner.x() - self._item.x(), corner.y() - self._item.y())
        self._size = show_size(self._item, width, height)

    def drop(self, pointer: Pointer) -> None:
        """Give the note its new size in the graph."""
        note = self._item.note
        self._layer.show_notes([note.id])
        changed: Note = replace(note, width=self._size[0], height=self._size[1])
        if changed != note:
            kept = self._layer.selected
            self.workspace.push(ChangeAnnotation(changed))
            self._layer.select(kept)

    def abandon(self) -> None:
        """Show the note as the graph says."""
        self._layer.show_notes([self._item.note.id])
