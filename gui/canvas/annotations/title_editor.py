"""Type the title of a frame where it stands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from engine.graph.annotation_edits import ChangeAnnotation
from engine.graph.annotations import MAX_TITLE, AnnotationId, Frame
from engine.graph.edits import Edit
from gui.canvas.rename_editor import line_at
from gui.fonts import px
from gui.name_field import NameField

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

_NARROWEST, _WIDEST = 180, 420


class TitleEditor(NameField):
    """Floats over the title of a frame."""

    def __init__(self, view: CanvasView, frame: Frame, gesture: str = "") -> None:
        """Begin with the title of `frame`; `gesture` is what changes it."""
        super().__init__(view.workspace, frame.title, self._rename, view)
        self._view = view
        self._frame = frame
        self._gesture = gesture
        self.setMaxLength(MAX_TITLE)
        self.selectAll()
        self.setObjectName("titleEditor")
        self.setAccessibleName("Title of the frame")
        self.setPlaceholderText("Title of the frame")
        self.objected.connect(self._show_objection)
        self.follow()
        self.show()
        self.setFocus()

    @property
    def annotation(self) -> AnnotationId:
        """The frame that it stands on."""
        return self._frame.id

    def follow(self) -> None:
        """Stand where the title is now."""
        frames = self._view.canvas_scene.annotations.frames
        title = frames.title_rect(self._frame.id, self._view.camera.zoom)
        place = self._view.viewportTransform().mapRect(title).translated(self._view.viewport().pos())
        self.setGeometry(line_at(self._view, place, round(min(max(place.width(), px(_NARROWEST)), px(_WIDEST)))))

    def _rename(self, title: str) -> Edit:
        frame = self._view.workspace.graph.annotations[self._frame.id]
        assert isinstance(frame, Frame)
        return ChangeAnnotation(replace(frame, title=title), self._gesture)

    def _show_objection(self, sentence: str) -> None:
        if sentence:
            self._view.pointer_note.show_beside(sentence, QRectF(self.geometry()))
        else:
            self._view.pointer_note.hide()
