"""Views of the canvas to come back to, and everything else in the graph in view that one can go to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from engine.graph.annotation_edits import AddAnnotation, ChangeAnnotation, remove_annotation
from engine.graph.annotations import (
    Annotation,
    AnnotationId,
    Bookmark,
    Frame,
    Note,
    first_line,
    new_annotation_ids,
)
from gui.canvas.annotations.membership import NAMING
from gui.canvas.camera import Look
from gui.canvas.stops import beside_in_order
from gui.inspector.numbers import plural

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView


class Bookmarks:
    """Sets the bookmarks of the graph in view and leads to them; also to its frames and notes."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._workspace = view.workspace

    @property
    def all(self) -> list[Bookmark]:
        """The bookmarks of the graph in view, in the order of their keys."""
        return self._workspace.graph.annotations.bookmarks

    @property
    def places(self) -> list[Annotation]:
        """All that one can go to: bookmarks, then frames, then notes, as they are read from top to bottom."""
        annotations = self._workspace.graph.annotations
        return [*annotations.bookmarks, *(annotations[name] for name in beside_in_order(self._view.canvas_scene))]

    def set(self) -> AnnotationId | None:
        """Keep what is in view under a name that no other bookmark has; None when it is refused."""
        (name,) = new_annotation_ids(self._workspace.graph, 1)
        taken = {bookmark.name for bookmark in self.all}
        number = next(number for number in range(1, len(taken) + 2) if f"View {number}" not in taken)
        look = self._view.camera.look()
        bookmark = Bookmark(name, f"View {number}", look.middle, look.zoom)
        return name if self._workspace.push(AddAnnotation(bookmark, NAMING)) else None

    def go_to(self, index: int) -> bool:
        """Go to the bookmark of this number, from 0 on; False when there is none."""
        if not 0 <= index < len(self.all):
            return False
        self.visit(self.all[index].id)
        return True

    def visit(self, annotation: AnnotationId) -> None:
        """Go to a bookmark, or to a frame or a note and select it."""
        shown, layer = self._workspace.graph.annotations.get(annotation), self._view.canvas_scene.annotations
        if isinstance(shown, Bookmark):
            self._view.flight.to(Look(shown.zoom, shown.centre))
        elif isinstance(shown, Frame):
            layer.select_frame(annotation)
            self._fly_to(layer.frames.places.rects[annotation])
        elif isinstance(shown, Note):
            self._view.canvas_scene.select_wires(())
            layer.select([annotation], ())
            self._fly_to(layer.notes[annotation].rect)

    def rename(self, annotation: AnnotationId, name: str, gesture: str = "") -> bool:
        """Give a bookmark another name, or a frame another title; False when it is refused.

        Given by the gesture `NAMING` right after a bookmark was set, its name belongs to the same step.
        """
        shown = self._workspace.graph.annotations.get(annotation)
        changed: Annotation | None = None
        if isinstance(shown, Bookmark):
            changed = replace(shown, name=name)
        elif isinstance(shown, Frame):
            changed = replace(shown, title=name)
        return changed is not None and (changed == shown or self._workspace.push(ChangeAnnotation(changed, gesture)))

    def remove(self, annotation: AnnotationId) -> None:
        """Take a bookmark, a frame or a note away."""
        if annotation in self._workspace.graph.annotations:
            self._workspace.push(remove_annotation(self._workspace.graph, annotation))

    def _fly_to(self, rect: QRectF) -> None:
        self._view.flight.to(self._view.camera.look_at(rect))


def title_of(annotation: Annotation) -> str:
    """What a bookmark, a frame or a note is called in a list."""
    match annotation:
        case Bookmark():
            return annotation.name
        case Frame():
            return annotation.title.strip() or f"Frame around {plural(len(annotation.members), 'layer')}"
        case Note():
            return first_line(annotation.text) or "Note"
