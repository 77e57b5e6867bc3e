"""Frames and notes that are new, gone or different, on the canvas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from engine.graph.annotations import AnnotationId, Frame, Note, described
from engine.graph.diff import AnnotationChange, GraphDiff
from engine.graph.model import NodeId, Point
from gui.canvas.annotations.frames import band
from gui.canvas.annotations.looks import annotation_look
from gui.canvas.annotations.note_item import PAD, paint_paper
from gui.canvas.annotations.note_text import NoteText, text_size
from gui.canvas.annotations.places import around_cards, around_frame
from gui.canvas.geometry import bounds
from gui.canvas.scene import CanvasScene
from gui.canvas.style import CanvasStyle, faded, fonts, style
from gui.canvas.zooms import NEAR_ZOOM
from gui.compare.entries import Kind, kind_of_change

_OPACITY = 0.5
"""Of what is gone."""
_TINT = 0.06
"""How strongly the inside of a frame that is gone has the colour of its border."""
_TITLE_LEFT = 16.0
"""From the corner of a frame, where its sign is, to its title."""
_SAME = 1.0


@dataclass(slots=True)
class LostFrame:
    """A frame that is gone, as it is painted."""

    frame: Frame
    """What it was."""
    rect: QRectF
    """Around its layers, where these are now."""


@dataclass(slots=True)
class LostNote:
    """A note that is gone, as it is painted."""

    note: Note
    """What it said."""
    text: NoteText
    """The same, laid out."""
    rect: QRectF
    """Where it was."""


@dataclass(slots=True)
class BesideMarks:
    """The differences of the frames and notes of one graph."""

    changes: Mapping[AnnotationId, AnnotationChange] = field(default_factory=dict)
    """What is new, different or elsewhere, by the ids of now."""
    frames: Mapping[AnnotationId, LostFrame] = field(default_factory=dict)
    """Frames that are gone, by their old ids."""
    notes: Mapping[AnnotationId, LostNote] = field(default_factory=dict)
    """Notes that are gone, by their old ids."""

    def rect_of(self, annotation: AnnotationId) -> QRectF:
        """Where a frame or a note that is gone is painted; empty when it is not."""
        if annotation in self.frames:
            return self.frames[annotation].rect
        return self.notes[annotation].rect if annotation in self.notes else QRectF()

    def lost_at(self, place: QPointF) -> str:
        """What is gone and was at `place`, the title of a frame or a note, as it is called; empty for nothing."""
        for note in self.notes.values():
            if note.rect.contains(place):
                return described(note.note)
        found = (lost.frame for lost in self.frames.values() if band(lost.rect).contains(place))
        frame = next(found, None)
        return "" if frame is None else described(frame)

    def lost_rects(self) -> list[QRectF]:
        """Where everything is painted that is gone."""
        return [*(frame.rect for frame in self.frames.values()), *(note.rect for note in self.notes.values())]

    def rects(self, scene: CanvasScene) -> Iterator[tuple[Kind, AnnotationId, QRectF]]:
        """Where frames and notes are now that are new, different or elsewhere."""
        for name, change in self.changes.items():
            rect = rect_now(scene, name)
            if not rect.isEmpty():
                yield kind_of_change(change), name, rect

    def paint_lost(self, painter: QPainter, seen: QRectF, zoom: float, pen: QPen) -> None:
        """Paint what is gone, with `pen` around it, as far as it is in the rectangle `seen`."""
        look = style()
        for frame in self.frames.values():
            if frame.rect.intersects(seen):
                _paint_frame(painter, look, frame, zoom, pen)
        for note in self.notes.values():
            if note.rect.intersects(seen):
                _paint_note(painter, look, note, zoom, pen)


def rect_now(scene: CanvasScene, annotation: AnnotationId) -> QRectF:
    """Where a frame or a note is shown now; empty when it is not."""
    layer = scene.annotations
    if annotation in layer.notes:
        return layer.notes[annotation].rect
    return layer.frames.places.rects.get(annotation, QRectF())


def beside_marks(difference: GraphDiff, scene: CanvasScene, ghosts: Mapping[NodeId, Point]) -> BesideMarks:
    """The marks of frames and notes; `ghosts` says where the nodes that are gone are painted."""
    shown = {change.new.id: change for change in difference.annotations if isinstance(change.new, Frame | Note)}
    gone = [change.old for change in difference.annotations if change.new is None]
    taken = list(scene.annotations.frames.places.rects.values())
    frames: dict[AnnotationId, LostFrame] = {}
    # Inner ones first: what stands around the same layers goes around them.
    for frame in sorted((one for one in gone if isinstance(one, Frame)), key=lambda frame: len(frame.members)):
        rect = _rect_of(frame, difference, scene, ghosts, taken)
        taken.append(rect)
        frames[frame.id] = LostFrame(frame, rect)
    notes = {note.id: _lost_note(note) for note in gone if isinstance(note, Note)}
    return BesideMarks(shown, frames, notes)


def _rect_of(
    frame: Frame, difference: GraphDiff, scene: CanvasScene, ghosts: Mapping[NodeId, Point], taken: list[QRectF]
) -> QRectF:
    matched = (difference.matched.get(node) for node in frame.members)
    places = [scene.nodes[node].position for node in matched if node is not None and node in scene.nodes]
    rect = around_cards(bounds([*places, *(ghosts[node] for node in frame.members if node in ghosts)]))
    while any(_is_same(rect, other) for other in taken):
        rect = around_frame(rect)
    return rect


def _is_same(one: QRectF, other: QRectF) -> bool:
    corners = ((one.topLeft(), other.topLeft()), (one.bottomRight(), other.bottomRight()))
    return all((first - second).manhattanLength() < _SAME for first, second in corners)


def _lost_note(note: Note) -> LostNote:
    text = NoteText(note.text, note.width - 2 * PAD, annotation_look(style().theme, note.colour))
    height = note.height or text_size(text).height() + 2 * PAD
    text.shorten(height - PAD)
    return LostNote(note, text, QRectF(*note.position, note.width, height))


def _paint_frame(painter: QPainter, look: CanvasStyle, lost: LostFrame, zoom: float, pen: QPen) -> None:
    painter.setPen(pen)
    painter.setBrush(faded(pen.color(), _TINT))
    painter.drawRoundedRect(lost.rect, 10.0, 10.0)
    if zoom >= NEAR_ZOOM and lost.frame.title:
        room = band(lost.rect).adjusted(_TITLE_LEFT, 0.0, -_TITLE_LEFT, 0.0)
        font = fonts().name
        text = QFontMetricsF(font).elidedText(lost.frame.title, Qt.TextElideMode.ElideRight, room.width())
        painter.setFont(font)
        painter.setPen(look.muted)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


def _paint_note(painter: QPainter, look: CanvasStyle, lost: LostNote, zoom: float, pen: QPen) -> None:
    colours = annotation_look(look.theme, lost.note.colour)
    painter.setOpacity(_OPACITY)
    paint_paper(painter, colours, lost.rect, colours.outline)
    if zoom >= NEAR_ZOOM:
        inner = lost.rect.topLeft() + QPointF(PAD, PAD)
        painter.translate(inner)
        lost.text.paint(painter)
        painter.translate(-inner)
    painter.setOpacity(1.0)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(lost.rect, 8.0, 8.0)
