"""Draws the differences of the graph in view onto the canvas, below and above what is there."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPen
from PySide6.QtWidgets import QToolTip

from engine.graph import diff_words
from engine.graph.annotation_words import annotated
from engine.graph.blocks import block_of
from engine.graph.model import NodeId
from gui import theme as themes
from gui.canvas.geometry import PITCH, card_at
from gui.canvas.hits import Hit, hit
from gui.canvas.node_painter import ROUND, paint_ghost
from gui.canvas.overlays import MapMark
from gui.canvas.style import NO_BRUSH, NO_PEN, CanvasStyle, faded, fonts, style
from gui.canvas.tips import tip
from gui.canvas.view import CanvasView
from gui.canvas.zooms import CARDS_ZOOM, NAMES_ZOOM, NEAR_ZOOM
from gui.compare.comparison import Comparison
from gui.compare.entries import Kind, kind_of_change
from gui.compare.marks import Ghost, Marks, marks_of, middle_of
from gui.compare.signs import paint_sign

_LINES = {
    Kind.ADDED: Qt.PenStyle.SolidLine,
    Kind.REMOVED: Qt.PenStyle.DashLine,
    Kind.CHANGED: Qt.PenStyle.DashDotLine,
    Kind.MOVED: Qt.PenStyle.DotLine,
}
"""The outline of each kind."""
_OPACITY = 0.5
"""Of what is gone."""
_OUTSIDE = 5.0
"""From a card to the outline around it."""
_SIGN, _LEAST_SIGN, _LARGEST_SIGN = 9.0, 6.5, 13.0
"""The radius of a sign: in units of the scene, and its limits in pixels."""
_SMALLEST_SIGN = 3.5
"""A sign that had to be smaller than this, in pixels, is left out."""


class DiffOverlay(QObject):
    """Paints marks in one view while its document is compared with another one; else it is not even asked."""

    def __init__(self, view: CanvasView, comparison: Comparison) -> None:
        super().__init__(view)
        self._view = view
        self._scene = view.canvas_scene
        self._workspace = view.workspace
        self._comparison = comparison
        self.marks = Marks()
        """What is painted."""
        comparison.changed.connect(self.refresh)
        view.workspace.scopeChanged.connect(self.refresh)
        themes.theme_hub.themeChanged.connect(self.refresh)

    @property
    def is_shown(self) -> bool:
        """Whether the view paints the marks."""
        return self in self._view.painting.overlays

    def refresh(self) -> None:
        """Find out anew what is to be painted."""
        found, old = self._comparison.found, self._comparison.old
        if found is None or old is None:
            self.marks = Marks()
            self._show(self._comparison.is_active)
            return
        self.marks = marks_of(found.difference, old, self._scene)
        self._show(True)

    def map_marks(self) -> list[MapMark]:
        """Where differences are in the scene, each in its colour: frames, notes, then layers."""
        beside, nodes = self.marks.beside, self._scene.nodes
        now = [(kind, name, rect) for kind, name, rect in beside.rects(self._scene) if kind is not Kind.MOVED]
        notes = self._scene.annotations.notes
        found = [MapMark(_colour(kind), rect, is_region=True) for kind, name, rect in now if name not in notes]
        found += [MapMark(_colour(Kind.REMOVED), lost.rect, is_region=True) for lost in beside.frames.values()]
        patches: list[tuple[Kind, QRectF]] = [(kind, rect) for kind, name, rect in now if name in notes]
        patches += [(Kind.REMOVED, lost.rect) for lost in beside.notes.values()]
        patches += [(Kind.REMOVED, ghost.card) for ghost in self.marks.ghosts.values()]
        for kind, marked in (
            (Kind.CHANGED, self.marks.inside.union(self.marks.changed)),
            (Kind.ADDED, self.marks.added),
        ):
            patches += [(kind, card_at(nodes[node].position)) for node in marked if node in nodes]
        return [*found, *(MapMark(_colour(kind), rect, is_region=False) for kind, rect in patches)]

    def rect_of(self, node: NodeId) -> QRectF:
        """Where a layer that is gone is painted; empty when it is not."""
        return self.marks.ghosts[node].card if node in self.marks.ghosts else QRectF()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Say in tooltips what is different."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            text = self.tip_at(self._view.camera.scene_point(QPointF(event.pos())))
            if text:
                QToolTip.showText(event.globalPos(), text, self._view.viewport())
                return True
        return False

    def tip_at(self, place: QPointF) -> str:
        """What is different at `place`, in the scene, and what else there is to be said; empty for no difference."""
        under = hit(self._scene, place, self._view.camera.zoom)
        kind: Kind | None = None
        lines: list[str] = []
        if under.node is not None:
            kind, lines = self._of_node(under.node)
        elif under.wire is not None and under.wire in self.marks.wires_added:
            kind = Kind.ADDED
        elif under.port is None and (ghost := self.marks.ghost_at(place)) is not None:
            item = ghost.item
            kind, lines = Kind.REMOVED, [f"{item.node.name} · {item.spec.label}", item.spec.summary(item.params)]
        else:
            kind, lines = self._of_beside(place, under)
        if kind is None:
            return ""
        said = "<br>".join(map(escape, filter(None, lines)))
        return f"<p><b>{kind.value.capitalize()}</b>{'<br>' if said else ''}{said}</p>{tip(self._scene, under)}"

    # Painting

    def paint_below(self, painter: QPainter, exposed: QRectF) -> None:
        """Paint what is gone, and the glow behind what is new or different."""
        look, zoom, marks = style(), self._view.camera.zoom, self.marks
        seen = exposed.adjusted(-40, -40, 40, 40)
        width = max(6.0, 4.0 / zoom)
        pen = QPen(faded(_colour(Kind.ADDED), 0.75), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        marks.beside.paint_lost(painter, seen, zoom, _pen(Kind.REMOVED, zoom))
        painter.setBrush(NO_BRUSH)
        for edge in marks.wires_added:
            item = self._scene.wires.get(edge)
            if item is not None and item.bounds.intersects(seen):
                painter.strokePath(item.path, pen)
        for lost in marks.wires_removed.values():
            if lost.bounds.intersects(seen):
                painter.strokePath(lost.path, _pen(Kind.REMOVED, zoom))
        for kind, cards in self._cards(seen):
            if kind in (Kind.ADDED, Kind.CHANGED):
                painter.setPen(NO_PEN)
                painter.setBrush(faded(_colour(kind), 0.2))
                _draw_around(painter, cards, zoom)
        for ghost in marks.ghosts.values():
            if ghost.card.intersects(seen):
                self._paint_ghost(painter, look, ghost, zoom)

    def paint_above(self, painter: QPainter, exposed: QRectF) -> None:
        """Paint the outlines and the signs."""
        zoom = self._view.camera.zoom
        seen = exposed.adjusted(-40 / zoom, -40 / zoom, 40 / zoom, 40 / zoom)
        signs: list[tuple[Kind, QPointF]] = []
        for kind, cards in self._cards(seen):
            painter.setBrush(NO_BRUSH)
            painter.setPen(_pen(kind, zoom))
            signs += [(kind, card.topLeft() + QPointF(4, 4)) for card in cards]
            if kind is not Kind.MOVED:
                _draw_around(painter, cards, zoom)
        for ghost in self.marks.ghosts.values():
            if ghost.card.intersects(seen):
                signs.append((Kind.REMOVED, ghost.card.topLeft() + QPointF(4, 4)))
        signs = [*self._outline_beside(painter, seen, zoom), *signs]
        self._paint_signs(painter, [*self._wire_signs(seen), *signs], zoom)

    # Inside

    def _show(self, shown: bool) -> None:
        view = self._view
        if shown != self.is_shown:
            if shown:
                view.painting.overlays.append(self)
                view.viewport().installEventFilter(self)
            else:
                view.painting.overlays.remove(self)
                view.viewport().removeEventFilter(self)
        view.minimap.refresh()
        view.painting.repaint_all()

    def _of_node(self, node: NodeId) -> tuple[Kind | None, list[str]]:
        marks = self.marks
        if node in marks.changed:
            clauses = diff_words.clauses(marks.changed[node], is_first=True)
            return Kind.CHANGED, [f"{clause}." for clause in clauses]
        if node in marks.added:
            return Kind.ADDED, []
        if node in marks.inside:
            block = block_of(self._scene.nodes[node].node.layer)
            return Kind.CHANGED, [f"The block {block} is different inside."]
        return (Kind.MOVED, []) if node in marks.moved else (None, [])

    def _of_beside(self, place: QPointF, under: Hit) -> tuple[Kind | None, list[str]]:
        """What is different about the note or the title of a frame at `place`."""
        marks = self.marks.beside
        beside = self._scene.annotations.beside(place, self._view.camera.zoom, under)
        change = marks.changes.get(beside.annotation) if beside is not None else None
        if change is not None:
            kind = kind_of_change(change)
            return kind, [] if kind is Kind.ADDED else [f"{annotated(change, is_first=True)}."]
        lost = "" if beside is not None else marks.lost_at(place)
        return (Kind.REMOVED, [f"{lost[0].upper()}{lost[1:]}"]) if lost else (None, [])

    def _outline_beside(self, painter: QPainter, seen: QRectF, zoom: float) -> list[tuple[Kind, QPointF]]:
        """Paint the outlines of frames and notes that are new or different; the signs of all that are not the same."""
        signs = [(Kind.REMOVED, rect.topLeft()) for rect in self.marks.beside.lost_rects() if rect.intersects(seen)]
        painter.setBrush(NO_BRUSH)
        for kind, _, rect in self.marks.beside.rects(self._scene):
            if not rect.intersects(seen):
                continue
            signs.append((kind, rect.topLeft()))
            if kind is not Kind.MOVED:
                painter.setPen(_pen(kind, zoom))
                _draw_around(painter, [rect], zoom)
        return signs

    def _cards(self, seen: QRectF) -> list[tuple[Kind, list[QRectF]]]:
        """The cards of marked layers that are seen, where they are now, by kind."""
        nodes = self._scene.nodes

        def cards(marked: frozenset[NodeId]) -> list[QRectF]:
            found = (card_at(nodes[node].position) for node in marked if node in nodes)
            return [card for card in found if card.intersects(seen)]

        marks = self.marks
        different = marks.inside.union(marks.changed)
        kinds = ((Kind.MOVED, marks.moved), (Kind.CHANGED, different), (Kind.ADDED, marks.added))
        return [(kind, cards(marked)) for kind, marked in kinds if marked]

    def _paint_ghost(self, painter: QPainter, look: CanvasStyle, ghost: Ghost, zoom: float) -> None:
        if zoom >= NEAR_ZOOM:
            paint_ghost(painter, ghost.item, _OPACITY)
        elif zoom >= CARDS_ZOOM:
            painter.setPen(NO_PEN)
            painter.setBrush(faded(look.body.color(), _OPACITY))
            painter.drawRoundedRect(ghost.card, ROUND, ROUND)
        if NAMES_ZOOM <= zoom < NEAR_ZOOM:
            name, (x, y) = ghost.item.texts.far_name, ghost.item.position
            painter.setPen(look.muted)
            painter.setFont(fonts().far_name)
            painter.drawStaticText(QPointF(x + name.place.x(), y + name.place.y()), name.static)
        painter.setPen(_pen(Kind.REMOVED, zoom))
        # Patterns are of pixels, which few cards from far have enough of.
        painter.setBrush(NO_BRUSH if zoom >= CARDS_ZOOM else faded(_colour(Kind.REMOVED), 0.25))
        painter.drawRoundedRect(ghost.card, ROUND, ROUND)

    def _wire_signs(self, seen: QRectF) -> list[tuple[Kind, QPointF]]:
        """The signs in the middle of wires that did not come or go with a layer."""
        wires = self._scene.wires
        own = [wires[edge] for edge, is_own in self.marks.wires_added.items() if is_own and edge in wires]
        seen_own = [item for item in own if item.bounds.intersects(seen)]
        ghosts = self.marks.ghosts
        found = [(Kind.ADDED, middle_of(item.path, ghosts)) for item in seen_own]
        found += [(Kind.REMOVED, lost.middle) for lost in self.marks.wires_removed.values() if lost.is_own]
        return [(kind, place) for kind, place in found if seen.contains(place)]

    def _paint_signs(self, painter: QPainter, signs: list[tuple[Kind, QPointF]], zoom: float) -> None:
        radius = min(max(_SIGN * zoom, _LEAST_SIGN), _LARGEST_SIGN, 0.42 * PITCH * zoom)
        if radius < _SMALLEST_SIGN:
            return
        to_view = painter.worldTransform()
        painter.resetTransform()
        for kind, place in signs:
            if kind is not Kind.MOVED:
                paint_sign(painter, kind, to_view.map(place), radius)
            elif zoom >= NEAR_ZOOM:
                paint_sign(painter, kind, to_view.map(place), 0.75 * radius)
        painter.setWorldTransform(to_view)


def _colour(kind: Kind) -> QColor:
    return themes.current().colour(kind.role)


def _pen(kind: Kind, zoom: float) -> QPen:
    """The outline of a kind, two pixels wide at least however far it is."""
    pen = QPen(_colour(kind), min(max(2.0, 2.0 * zoom), 3.0), _LINES[kind])
    pen.setCosmetic(True)
    return pen


def _draw_around(painter: QPainter, cards: list[QRectF], zoom: float) -> None:
    """Draw around cards, apart from them, so that selection and errors can be seen; from far without round corners."""
    away = min(max(_OUTSIDE, 2.0 / zoom), 14.0)
    around = [card.adjusted(-away, -away, away, away) for card in cards]
    if zoom < CARDS_ZOOM:
        painter.drawRects(around)
        return
    for rect in around:
        painter.drawRoundedRect(rect, ROUND + _OUTSIDE, ROUND + _OUTSIDE)
