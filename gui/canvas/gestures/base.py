"""What all gestures have in common."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from engine.graph.model import Edge
from gui.canvas.notes import Tone

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

_DRAG_DISTANCE = 4.0
"""A press that moves less than this, in pixels, is a click."""


class Pointer(NamedTuple):
    """Where the pointer is and what is held down with it."""

    place: QPointF
    """In pixels of the view."""
    scene: QPointF
    """In the scene."""
    adds: bool = False
    """Whether Shift or Ctrl is held, which adds to a selection instead of replacing it."""
    tears: bool = False
    """Whether Alt is held, which pulls what is dragged out of its chain."""


class Gesture:
    """Something that begins with a press and ends with a release, or with Esc as if it had never been.

    Until the release nothing but the view changes; the release pushes at most one edit.
    """

    cursor: Qt.CursorShape | None = None
    """The shape of the pointer during the gesture."""
    scrolls_at_edges: bool = True
    """Whether the view moves along when the pointer comes near its edge."""
    can_leave: bool = False
    """Whether what is dragged can be carried to another canvas."""

    def __init__(self, view: CanvasView, start: Pointer) -> None:
        self.view = view
        self.scene = view.canvas_scene
        self.workspace = view.canvas_scene.workspace
        self.start = start
        self.is_drag = False
        self._painted: Sequence[QRectF] = ()

    def move(self, pointer: Pointer) -> None:
        """The pointer is elsewhere."""
        if not self.is_drag:
            away = math.dist(self.start.place.toTuple(), pointer.place.toTuple())
            if away < _DRAG_DISTANCE:
                return
            self.is_drag = True
            self.begin()
        self.drag(pointer)

    def finish(self, pointer: Pointer) -> None:
        """The button is released."""
        if self.is_drag:
            self.drop(pointer)
        else:
            self.click(pointer)
        self.repaint()

    def cancel(self) -> None:
        """Leave everything as it was before the press."""
        if self.is_drag:
            self.abandon()
        self.repaint()

    def repaint(self, *rects: QRectF) -> None:
        """Repaint what `paint` has painted until now, and `rects`, where it will paint next."""
        before, self._painted = self._painted, rects
        margin = 8.0 / self.view.camera.zoom + 4.0
        for rect in (*before, *rects):
            self.view.painting.repaint(rect.adjusted(-margin, -margin, margin, margin))

    def offer_insertion(self, wire: Edge | None, pointer: Pointer) -> None:
        """Show that a node that is dropped now goes into `wire`; None shows that it does not."""
        self.scene.mark_wire(wire)
        if wire is None:
            self.view.pointer_note.hide()
            return
        nodes = self.workspace.graph.nodes
        text = f"Insert between “{nodes[wire.source].name}” and “{nodes[wire.target].name}”"
        self.view.pointer_note.show_at(text, pointer.place, Tone.HINT)

    # What the gestures differ in

    def begin(self) -> None:
        """The press has become a drag."""

    def drag(self, pointer: Pointer) -> None:
        """The pointer has moved during a drag."""

    def drop(self, pointer: Pointer) -> None:
        """The drag has ended well."""

    def click(self, pointer: Pointer) -> None:
        """The press has ended where it began."""

    def abandon(self) -> None:
        """The drag has been cancelled."""

    def paint(self, painter: QPainter) -> None:
        """Paint over the scene, in its coordinates, within the rectangles last given to `repaint`."""
