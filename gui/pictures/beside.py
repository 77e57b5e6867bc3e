"""What is in a picture beside the network: frames around layers, and notes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeAlias

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from engine.graph.annotations import AnnotationId, Frame, Note
from engine.graph.model import NodeId
from gui.canvas.annotations.frames import paint_frame
from gui.canvas.annotations.looks import annotation_look
from gui.canvas.annotations.note_item import PAD, paint_paper
from gui.canvas.annotations.note_text import NoteText
from gui.canvas.scene import CanvasScene
from gui.canvas.style import CanvasStyle

_LINE = 1.0
"""The width of an outline, in units of the scene; on the canvas it is a pixel wide at every zoom."""


@dataclass(frozen=True, slots=True)
class StillFrame:
    """A frame in a picture: nothing of the pointer and the selection."""

    frame: Frame
    """Its title and colour."""
    area: QRectF
    """Where it is in the scene."""

    def paint(self, painter: QPainter, look: CanvasStyle) -> None:
        """Paint it, with its title."""
        colours = annotation_look(look.theme, self.frame.colour)
        corner = self.area.topLeft()
        # From an origin of its own, so that in SVG it is a group of its own.
        painter.translate(corner)
        rect = QRectF(QPointF(0.0, 0.0), self.area.size())
        paint_frame(painter, colours, self.frame.title, rect, QPen(colours.outline.color(), _LINE))
        painter.translate(-corner)


@dataclass(frozen=True, slots=True)
class StillNote:
    """A note in a picture."""

    note: Note
    """What it says, and its colour."""
    area: QRectF
    """Where it is in the scene."""

    def paint(self, painter: QPainter, look: CanvasStyle) -> None:
        """Paint the sheet and its text, laid out anew in the colours of the picture."""
        colours = annotation_look(look.theme, self.note.colour)
        sheet = QRectF(QPointF(0.0, 0.0), self.area.size())
        text = NoteText(self.note.text, self.note.width - 2 * PAD, colours)
        # Not cut off, as on the canvas: many programs that read SVG do not know how.
        text.shorten(sheet.height() - PAD)
        corner, inner = self.area.topLeft(), QPointF(PAD, PAD)
        painter.translate(corner)
        paint_paper(painter, colours, sheet, QPen(colours.outline.color(), _LINE))
        painter.translate(inner)
        text.paint(painter)
        painter.translate(-corner - inner)


Still: TypeAlias = StillFrame | StillNote


def all_beside(scene: CanvasScene) -> tuple[list[StillFrame], list[StillNote]]:
    """Every frame, outer ones first, and every note that `scene` shows."""
    layer = scene.annotations
    frames = [StillFrame(layer.frames.all[name], QRectF(rect)) for name, rect in layer.frames.places.rects.items()]
    return frames, [StillNote(item.note, QRectF(item.rect)) for item in layer.notes.values()]


def some_beside(
    scene: CanvasScene, nodes: Collection[NodeId], chosen: Collection[AnnotationId]
) -> tuple[list[StillFrame], list[StillNote]]:
    """The frames and notes that are `chosen`, and the frames around none but `nodes`."""
    frames, notes = all_beside(scene)
    inside = frozenset(nodes)
    return (
        [still for still in frames if still.frame.id in chosen or still.frame.members <= inside],
        [still for still in notes if still.note.id in chosen],
    )
