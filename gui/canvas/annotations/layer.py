"""The frames and notes of a scene: shown as the graph says, selected, and found under the pointer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF, Signal
from PySide6.QtGui import QPainter

from engine.graph.annotations import AnnotationId, Frame, Note
from engine.graph.events import AnnotationAdded, AnnotationChanged, AnnotationEvent
from engine.graph.model import NodeId, Point
from gui.canvas.annotations.frames import Frames
from gui.canvas.annotations.note_item import NoteItem
from gui.canvas.annotations.pictures import NotePictures

if TYPE_CHECKING:
    from gui.canvas.hits import Hit
    from gui.canvas.scene import CanvasScene


@dataclass(frozen=True, slots=True)
class Beside:
    """What is under the pointer beside nodes and wires: a note, or the title of a frame."""

    note: AnnotationId | None = None
    is_corner: bool = False
    """Whether it is the corner by which the note is resized."""
    frame: AnnotationId | None = None

    @property
    def annotation(self) -> AnnotationId:
        """The note or the frame."""
        found = self.note or self.frame
        assert found is not None
        return found


class AnnotationLayer(QObject):
    """Shows the frames and notes of the graph in view, and knows which of them are selected."""

    selectionChanged = Signal()
    """`selected` is new."""

    def __init__(self, scene: CanvasScene) -> None:
        super().__init__(scene)
        self._scene = scene
        self._workspace = scene.workspace
        self._pictures = NotePictures(scene)
        self.notes: dict[AnnotationId, NoteItem] = {}
        """The item of every note."""
        self.frames = Frames(scene)
        self.selected: frozenset[AnnotationId] = frozenset()
        """The selected frames and notes; a frame is selected together with its layers and what lies in it."""
        self._hovered: Beside | None = None
        self._content: QRectF | None = None
        self._workspace.selectionChanged.connect(self._on_selection)
        self._is_choosing = False

    # Reading

    @property
    def selected_notes(self) -> list[AnnotationId]:
        """The selected notes."""
        return [name for name in self.notes if name in self.selected]

    @property
    def selected_frames(self) -> list[AnnotationId]:
        """The selected frames."""
        return [name for name in self.frames.all if name in self.selected]

    @property
    def hovers_corner(self) -> bool:
        """Whether the pointer is where a note can be resized."""
        return self._hovered is not None and self._hovered.is_corner

    def rect_of(self, annotations: Iterable[AnnotationId]) -> QRectF:
        """The rectangle around some frames and notes, as they are shown."""
        rect = QRectF()
        for name in annotations:
            rect = rect.united(self.notes[name].rect if name in self.notes else self.frames.places.rects[name])
        return rect

    def content_rect(self) -> QRectF:
        """The rectangle around all frames and notes; empty when there are none."""
        if self._content is None:
            self._content = self.frames.content_rect()
            for item in self.notes.values():
                self._content = self._content.united(item.rect)
        return QRectF(self._content)

    def beside(self, place: QPointF, zoom: float, hit: Hit) -> Beside | None:
        """What is at `place`, where `hit` is the node or wire there: notes lie on wires, and under both are frames."""
        if hit.node is not None or hit.port is not None:
            return None
        for name, item in reversed(self.notes.items()):
            if item.corner_contains(place, zoom):
                return Beside(note=name, is_corner=True)
            if item.contains_point(place):
                return Beside(note=name)
        frame = None if hit.wire is not None else self.frames.title_at(place, zoom)
        return None if frame is None else Beside(frame=frame)

    def notes_in(self, area: QRectF) -> list[AnnotationId]:
        """The notes that lie wholly within `area`."""
        return [name for name, item in self.notes.items() if area.contains(item.rect)]

    # States that only the canvas knows

    def select(self, annotations: Iterable[AnnotationId], nodes: Collection[NodeId] | None = None) -> None:
        """Make `annotations` the selected ones and, when they are given, `nodes` the selected layers."""
        known = self._workspace.graph.annotations
        wanted = frozenset(name for name in annotations if isinstance(known.get(name), Frame | Note))
        if nodes is not None:
            self._is_choosing = True
            self._workspace.select(nodes)
            self._is_choosing = False
        if wanted == self.selected:
            return
        self.selected = wanted
        self.frames.select(frozenset(name for name in wanted if name in self.frames.all))
        for name, item in self.notes.items():
            if item.is_selected != (name in wanted):
                item.is_selected = name in wanted
                item.update()
        self.selectionChanged.emit()

    def select_frame(self, frame: AnnotationId) -> None:
        """Select a frame with everything in it, so that all of it can be moved at once."""
        inside = self.notes_in(self.frames.places.rects[frame])
        self._scene.select_wires(())
        self.select([frame, *inside], self.frames.all[frame].members)

    def set_hover(self, beside: Beside | None) -> None:
        """Show what is under the pointer."""
        if beside == self._hovered:
            return
        before, self._hovered = self._hovered, beside
        for name in {found.note for found in (before, beside) if found is not None} - {None}:
            if name in self.notes:
                self.notes[name].is_hovered = beside is not None and beside.note == name
                self.notes[name].update()
        self.frames.show_state(hovered=None if beside is None else beside.frame, target=self.frames.target)

    def show_target(self, frame: AnnotationId | None) -> None:
        """Show which frame takes in what would be dropped now."""
        self.frames.show_state(hovered=self.frames.hovered, target=frame)

    # Following the graph

    def rebuild(self) -> None:
        """Show another graph; the items of the old one are gone."""
        self._hovered, self.selected = None, frozenset()
        self.notes = {}
        self._pictures.forget_all()
        self.frames = Frames(self._scene)
        for note in self._workspace.graph.annotations.notes:
            self._add(note)
        self._show_frames()
        self.selectionChanged.emit()

    def on_event(self, event: AnnotationEvent) -> None:
        """A frame, a note or a bookmark has come, gone or changed."""
        self._content = None
        annotation = event.annotation
        if isinstance(annotation, Frame):
            self._show_frames()
        elif isinstance(annotation, Note):
            self._on_note(annotation, event)
        if annotation.id in self.selected and annotation.id not in self._workspace.graph.annotations:
            self.selected -= {annotation.id}
            self.selectionChanged.emit()

    def touch(self, node: NodeId) -> None:
        """A node is shown elsewhere."""
        self.frames.touch(node)

    def follow(self) -> None:
        """Put frames around their nodes, wherever these are shown now."""
        if self.frames.all:
            self._content = None
            self.frames.follow()

    def refresh_looks(self) -> None:
        """Lay texts out anew, because colours or fonts have changed."""
        for item in self.notes.values():
            item.forget_text()
            item.update()

    def put_notes(self, places: dict[AnnotationId, Point]) -> None:
        """Show notes elsewhere than the graph says."""
        self._content = None
        for name, place in places.items():
            if name in self.notes:
                self.notes[name].put(place)

    def show_notes(self, notes: Iterable[AnnotationId]) -> None:
        """Show notes where and as the graph says again."""
        self._content = None
        for name in notes:
            note = self._workspace.graph.annotations.get(name)
            if isinstance(note, Note) and name in self.notes:
                self.notes[name].set_note(note)

    # Painting from far

    def paint_notes(self, painter: QPainter, exposed: Sequence[QRectF]) -> None:
        """Paint the notes that are seen in the rectangles `exposed`; from near they paint themselves."""
        to_view = painter.worldTransform()
        for item in self.notes.values():
            rect = item.rect
            if any(rect.intersects(part) for part in exposed):
                painter.translate(item.pos())
                item.paint(painter, None)  # type: ignore[arg-type]
                painter.setWorldTransform(to_view)

    # Inside

    def _on_note(self, note: Note, event: AnnotationEvent) -> None:
        if isinstance(event, AnnotationAdded):
            self._add(note)
        elif isinstance(event, AnnotationChanged):
            self.notes[note.id].set_note(note)
        else:
            item = self.notes.pop(note.id)
            item.forget_picture()
            self._scene.removeItem(item)
            if self._hovered is not None and self._hovered.note == note.id:
                self._hovered = None

    def _add(self, note: Note) -> None:
        item = NoteItem(note, self._pictures)
        self.notes[note.id] = item
        self._scene.addItem(item)

    def _show_frames(self) -> None:
        self._content = None
        self.frames.set_frames(self._workspace.graph.annotations.frames)

    def _on_selection(self) -> None:
        """Other layers are selected: what was selected beside them is not meant any more."""
        if not self._is_choosing:
            self.select(())
