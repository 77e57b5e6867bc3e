"""Frames and notes as screen readers get to know them."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QAccessible, QAccessibleActionInterface

from engine.graph.annotations import AnnotationId, Frame, Note
from gui.canvas.accessible_part import Stop
from gui.canvas.spoken_beside import describe_annotation, spoken_annotation
from gui.canvas.stops import beside_in_order, current_beside
from gui.commands import shortcuts

if TYPE_CHECKING:
    from gui.canvas.accessibility import CanvasAccessible
    from gui.canvas.scene import CanvasScene

_PRESS = QAccessibleActionInterface.pressAction()
_FOCUS = QAccessibleActionInterface.setFocusAction()
_EDIT = "Edit"


class BesideAccessible(Stop):
    """A frame or a note: an item of the canvas behind its nodes."""

    def __init__(self, canvas: CanvasAccessible, annotation: AnnotationId) -> None:
        super().__init__(canvas)
        self.annotation = annotation

    @property
    def shown(self) -> Frame | Note | None:
        """What it stands for; None once that is gone."""
        scene = self.scene
        found = None if scene is None else scene.workspace.graph.annotations.get(self.annotation)
        return found if isinstance(found, Frame | Note) else None

    def area(self) -> QRectF:
        """Where it is shown."""
        scene, shown = self.scene, self.shown
        if scene is None or shown is None:
            return QRectF()
        layer = scene.annotations
        if isinstance(shown, Frame):
            return layer.frames.places.rects.get(self.annotation, QRectF())
        return layer.notes[self.annotation].rect if self.annotation in layer.notes else QRectF()

    def speak(self, kind: QAccessible.Text) -> str:
        """What stands on it; its colour with what it encloses, or all that it says; the keys."""
        scene, shown = self.scene, self.shown
        if scene is None or shown is None:
            return ""
        match kind:
            case QAccessible.Text.Name:
                return spoken_annotation(shown)
            case QAccessible.Text.Description:
                return describe_annotation(scene.workspace.graph, shown)
            case QAccessible.Text.Help:
                return _keys(shown)
        return ""

    def actions(self) -> dict[str, str]:
        """Selecting and writing."""
        return {_PRESS: "select", _FOCUS: "select", _EDIT: "rename" if isinstance(self.shown, Frame) else "edit"}

    def act(self, action: str) -> None:
        """Select it and bring it into view, or let the user write on it."""
        canvas = self.canvas
        view = canvas.view if canvas is not None else None
        if view is None or self.shown is None:
            return
        view.setFocus()
        view.stops.select_beside(self.annotation)
        if action == _EDIT:
            view.annotating.edit_selected()

    def role(self) -> QAccessible.Role:
        """A group of layers, or a note."""
        return QAccessible.Role.Grouping if isinstance(self.shown, Frame) else QAccessible.Role.Note

    def _is_selected(self, scene: CanvasScene) -> bool:
        return self.annotation in scene.annotations.selected

    def _is_current(self, scene: CanvasScene) -> bool:
        return current_beside(scene) == self.annotation


def _keys(shown: Frame | Note) -> str:
    """What the keys do with a frame or a note."""
    delete = shortcuts.current().text_on_canvas("delete")
    if isinstance(shown, Frame):
        return f"Arrow keys move it with its layers.{f' {delete} takes it away and leaves them.' if delete else ''}"
    moves = "Arrow keys move it, with Ctrl and Shift they resize it."
    return f"{moves} {delete} takes it away." if delete else moves


class BesideParts:
    """The interfaces of the frames and notes of one canvas, made when somebody asks for them."""

    def __init__(self, canvas: CanvasAccessible) -> None:
        self._canvas = weakref.ref(canvas)
        self._parts: dict[AnnotationId, BesideAccessible] = {}
        self._order: list[AnnotationId] | None = None

    @property
    def order(self) -> list[AnnotationId]:
        """Frames, then notes, from top to bottom; as they were when they were listed first."""
        if self._order is None:
            canvas = self._canvas()
            scene = None if canvas is None else canvas.scene
            self._order = [] if scene is None else beside_in_order(scene)
        return self._order

    @property
    def current(self) -> BesideAccessible | None:
        """What keys act on, if that is a frame or a note."""
        canvas = self._canvas()
        scene = None if canvas is None else canvas.scene
        name = None if scene is None else current_beside(scene)
        return None if name is None else self.part(name)

    def part(self, annotation: AnnotationId) -> BesideAccessible | None:
        """The interface of a frame or a note; None when there is no such thing."""
        canvas = self._canvas()
        scene = None if canvas is None else canvas.scene
        if annotation not in self._parts and canvas is not None and scene is not None:
            if not isinstance(scene.workspace.graph.annotations.get(annotation), Frame | Note):
                return None
            self._parts[annotation] = BesideAccessible(canvas, annotation)
        return self._parts.get(annotation)

    def known(self, annotation: AnnotationId) -> BesideAccessible | None:
        """The interface of what is there, or was, if anybody has ever asked for it."""
        return self._parts.get(annotation)

    def discard(self, annotation: AnnotationId) -> None:
        """Let an interface go, because what it stands for is gone."""
        part = self._parts.pop(annotation, None)
        if part is not None:
            part.discard()

    def discard_all(self) -> None:
        """Let all interfaces go."""
        for annotation in list(self._parts):
            self.discard(annotation)
        self.forget_order()

    def forget_order(self) -> None:
        """Frames or notes have come, gone or moved."""
        self._order = None
