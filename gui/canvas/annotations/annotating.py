"""What people do to frames and notes in one view: add, write, rename, colour, take layers in and out, remove."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QMenu

from engine.graph.annotation_edits import AddAnnotation, ChangeAnnotation, remove_annotation
from engine.graph.annotations import AnnotationId, Frame, Note, new_annotation_ids
from engine.graph.edits import Compound, Edit, LeaveFrames
from gui.canvas.annotations.layer import Beside
from gui.canvas.annotations.membership import entering, frame_around, with_outer
from gui.canvas.annotations.menus import annotation_menu, colour_menu
from gui.canvas.annotations.note_editor import NoteEditor
from gui.canvas.annotations.title_editor import TitleEditor
from gui.canvas.camera import Look
from gui.canvas.geometry import snapped
from gui.canvas.stops import current_beside
from gui.canvas.zooms import NEAR_ZOOM

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

_NOTE_WIDTH = 240.0


class Annotating:
    """Opens and closes the fields in which titles and notes are written, and makes all other changes of them."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._workspace = view.workspace
        self._layer = view.canvas_scene.annotations
        self._editor: TitleEditor | NoteEditor | None = None

    # Writing

    @property
    def is_active(self) -> bool:
        """Whether a field is open."""
        return self._editor is not None

    def rename_frame(self, frame: AnnotationId, gesture: str = "") -> None:
        """Let the user type the title of a frame; typed by the `gesture` that has added it, it is the same step."""
        self.end()
        shown = self._frame(frame)
        if shown is not None:
            self._editor = TitleEditor(self._view, shown, gesture)
            self._editor.closed.connect(self.end)

    def edit_note(self, note: AnnotationId) -> None:
        """Let the user write a note anew."""
        shown = self._note(note)
        if shown is not None:
            self._write(shown)

    def write_note(self, place: QPointF) -> None:
        """Let the user write a new note with its upper left corner at `place`; without a text, none is added."""
        (name,) = new_annotation_ids(self._workspace.graph, 1)
        self._write(Note(name, "", snapped(place.x(), place.y()), _NOTE_WIDTH))

    def edit_selected(self) -> bool:
        """Write the only selected note, or the title of the selected frame, anew; False when there is neither."""
        frames, notes = self._layer.selected_frames, self._layer.selected_notes
        if frames:
            self.rename_frame(frames[-1])
            return True
        if len(notes) == 1 and not self._workspace.selection:
            self.edit_note(notes[0])
            return True
        return False

    def follow(self) -> None:
        """Keep the field on its frame or note, which may have moved or gone."""
        if isinstance(self._editor, TitleEditor) and self._frame(self._editor.annotation) is None:
            self.end()
        elif self._editor is not None:
            self._editor.follow()

    def end(self) -> None:
        """Close the field; what was written in a note is kept."""
        editor, self._editor = self._editor, None
        if editor is None:
            return
        editor.give_up()
        if isinstance(editor, NoteEditor):
            self._keep(editor)
        self._discard(editor)

    def abandon(self) -> None:
        """Close the field, because what it was for is not in view any more."""
        editor, self._editor = self._editor, None
        if editor is not None:
            editor.give_up()
            self._discard(editor)

    # Changing

    def frame_selection(self) -> None:
        """Put a frame around the selected layers, and let the user type its title."""
        selection = self._workspace.selection
        if not selection:
            return
        edit = frame_around(self._workspace.graph, selection)
        if self._workspace.push(edit):
            self._view.canvas_scene.refresh()
            self._layer.select_frame(edit.annotation.id)
            self.rename_frame(edit.annotation.id, edit.gesture)

    def select_frame(self, frame: AnnotationId) -> None:
        """Select a frame with everything in it."""
        self._layer.select_frame(frame)

    def can_take(self, frame: AnnotationId) -> tuple[bool, bool]:
        """Whether the selection can be taken into a frame, and whether it can be taken out."""
        shown, selected = self._frame(frame), set(self._workspace.selection)
        if shown is None:
            return False, False
        return bool(selected - shown.members), bool(selected & shown.members) and not shown.members <= selected

    def take_in(self, frame: AnnotationId) -> None:
        """Put the selected layers into a frame, and into those around it."""
        shown = self._frame(frame)
        frames = self._workspace.graph.annotations.frames
        edit = None if shown is None else entering(with_outer(shown, frames), self._workspace.selection)
        if edit is not None:
            self._workspace.push(edit)

    def take_out(self, frame: AnnotationId) -> None:
        """Take the selected layers out of a frame, and out of those inside it."""
        shown, selected = self._frame(frame), frozenset(self._workspace.selection)
        if shown is None:
            return
        inside = [other for other in self._workspace.graph.annotations.frames if other.members <= shown.members]
        parts = tuple(replace(part, members=part.members & selected) for part in inside if part.members & selected)
        if parts:
            self._workspace.push(LeaveFrames(parts))

    def paint_in(self, annotations: Iterable[AnnotationId], colour: str) -> None:
        """Give frames and notes another colour."""
        shown = [found for found in map(self._shown, annotations) if found is not None and found.colour != colour]
        self._push("Change colour", [ChangeAnnotation(replace(annotation, colour=colour)) for annotation in shown])

    def fit_note(self, note: AnnotationId) -> None:
        """Let a note be as high as its text."""
        shown = self._note(note)
        if shown is not None:
            self._workspace.push(ChangeAnnotation(replace(shown, height=0.0)))

    def remove(self, annotations: Collection[AnnotationId]) -> None:
        """Take frames and notes away; layers in frames stay."""
        graph = self._workspace.graph
        known = [name for name in annotations if name in graph.annotations]
        self._push(f"Delete {len(known)} frames and notes", [remove_annotation(graph, name) for name in known])

    # Menus

    def open_menu(self, beside: Beside, place: QPoint) -> None:
        """Open the menu of a frame or a note at `place` of the screen."""
        shown = self._shown(beside.annotation)
        if shown is not None:
            annotation_menu(self, shown, self._view).popup(place)

    def open_menu_of_selected(self) -> bool:
        """Open the menu of the selected frame or note beside it; False when there is none."""
        name = current_beside(self._view.canvas_scene)
        shown = None if name is None else self._shown(name)
        if name is None or shown is None:
            return False
        layer, viewport = self._layer, self._view.viewport()
        rect = layer.notes[name].rect if name in layer.notes else layer.frames.title_rect(name, self._view.camera.zoom)
        place = self._view.camera.view_point(rect.bottomLeft()).toPoint()
        inside = QPoint(
            min(max(place.x(), 0), viewport.width() - 1),
            min(max(place.y(), 0), viewport.height() - 1),
        )
        annotation_menu(self, shown, self._view).popup(viewport.mapToGlobal(inside))
        return True

    def selection_colours(self) -> QMenu | None:
        """The menu of colours for the selected frames and notes; None when there are none."""
        chosen = self._layer.selected_frames or self._layer.selected_notes
        shown = [found for found in map(self._shown, chosen) if found is not None]
        return colour_menu(self, shown, self._view) if shown else None

    # Inside

    def _write(self, note: Note) -> None:
        self.end()
        if self._view.camera.zoom < NEAR_ZOOM:
            x, y = note.position
            self._view.camera.look_again(Look(1.0, (x + note.width / 2, y + note.width / 4)))
        self._layer.select([note.id], ())
        self._editor = NoteEditor(self._view, note)
        self._editor.closed.connect(self.end)

    def _keep(self, editor: NoteEditor) -> None:
        """Put what was written into the graph: nothing for a note that says nothing, which goes."""
        name, text = editor.annotation, editor.written
        there = self._note(name)
        if there is None:
            is_new = name not in self._workspace.graph.annotations and not editor.note.text
            if text and is_new and self._workspace.push(AddAnnotation(replace(editor.note, text=text))):
                self._layer.select([name], ())
        elif not text:
            self.remove([name])
        elif text != there.text:
            self._workspace.push(ChangeAnnotation(replace(there, text=text)))

    def _discard(self, editor: TitleEditor | NoteEditor) -> None:
        if editor.hasFocus():
            # Before it is hidden: Qt would look for the next field, and the view for the next node.
            self._view.setFocus()
        editor.hide()
        editor.deleteLater()
        self._view.pointer_note.hide()

    def _push(self, title: str, edits: list[Edit] | list[ChangeAnnotation]) -> None:
        if edits:
            self._workspace.push(edits[0] if len(edits) == 1 else Compound(title, tuple(edits)))

    def _shown(self, annotation: AnnotationId) -> Frame | Note | None:
        found = self._workspace.graph.annotations.get(annotation)
        return found if isinstance(found, Frame | Note) else None

    def _frame(self, frame: AnnotationId) -> Frame | None:
        found = self._shown(frame)
        return found if isinstance(found, Frame) else None

    def _note(self, note: AnnotationId) -> Note | None:
        found = self._shown(note)
        return found if isinstance(found, Note) else None
