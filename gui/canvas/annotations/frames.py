"""The frames of a scene: painted beneath wires and nodes, with their titles in a band or, from far, on plates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath, QPen

from engine.graph.annotations import AnnotationId, Frame
from engine.graph.model import NodeId
from gui.canvas.annotations.looks import AnnotationLook, annotation_look
from gui.canvas.annotations.places import TITLE_HEIGHT, FramePlaces
from gui.canvas.annotations.title_places import Cards, scaled
from gui.canvas.annotations.titles import Plate, Titles
from gui.canvas.style import NO_BRUSH, NO_PEN, CanvasStyle, cosmetic, fonts, style
from gui.canvas.zooms import CARDS_ZOOM, NEAR_ZOOM

if TYPE_CHECKING:
    from gui.canvas.scene import CanvasScene

_ROUND = 10.0
_TITLE_LEFT = 12.0
_LINE = 2.0
"""The width of the border of a frame that is selected or that takes in what is dropped, in pixels."""
_BORDER = 12.0
"""Within this distance of its sides, a frame has borders and round corners, in units of the scene."""
_LEAST_BAND = 5.0
"""Where the band is thinner than this, in pixels, the pointer cannot take hold of it."""


class _Shown(NamedTuple):
    """A plate as it is seen."""

    plate: Plate
    colour: str


class Frames:
    """Shows the frames of one scene; without any, it costs nothing."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self.all: dict[AnnotationId, Frame] = {}
        """The frames by id."""
        self.places = FramePlaces()
        self.selected: frozenset[AnnotationId] = frozenset()
        self.hovered: AnnotationId | None = None
        self.target: AnnotationId | None = None
        """The one that takes in what would be dropped now."""
        self._titles = Titles()
        self._cards: Cards | None = None
        self._is_crowd_stale = False

    # Following

    def set_frames(self, frames: list[Frame]) -> None:
        """Show `frames` instead of those before."""
        before, plates = self.content_rect(), self._shown_plates()
        self.all = {frame.id: frame for frame in frames}
        self.selected &= self.all.keys()
        self.hovered = self.hovered if self.hovered in self.all else None
        self.target = None
        self.places.set_frames(frames)
        self._titles.forget()
        self.follow()
        area = before.united(self.content_rect())
        self._scene.update(area.adjusted(-_BORDER, -_BORDER, _BORDER, _BORDER))
        self._repaint_plates(plates, self._shown_plates())

    def touch(self, node: NodeId) -> None:
        """A node is shown elsewhere."""
        if self.all:
            self.places.touch(node)
            self._is_crowd_stale = True

    def follow(self) -> None:
        """Put the frames around their nodes, wherever these are shown now."""
        if not self.all:
            return
        changed = self.places.refresh(self._scene.nodes)
        is_crowd_new = self._has_new_crowd()
        if changed or is_crowd_new:
            before = self._shown_plates()
            self._titles.forget()
            if is_crowd_new:
                self._cards, self._is_crowd_stale = None, False
            for old, new in changed:
                self._repaint_between(old, new)
            self._repaint_plates(before, self._shown_plates())

    def content_rect(self) -> QRectF:
        """The rectangle around all frames."""
        rect = QRectF()
        for place in self.places.rects.values():
            rect = rect.united(place)
        return rect

    def show_state(self, *, hovered: AnnotationId | None = None, target: AnnotationId | None = None) -> None:
        """Show which frame is under the pointer, and which one takes in what is dragged."""
        for name in {self.hovered, hovered} if hovered != self.hovered else ():
            self._repaint_one(name)
        for name in {self.target, target} if target != self.target else ():
            self._repaint_one(name)
        self.hovered, self.target = hovered, target

    def select(self, frames: frozenset[AnnotationId]) -> None:
        """Show `frames` as selected."""
        for name in self.selected ^ frames:
            self._repaint_one(name)
        self.selected = frames

    # Finding

    def title_at(self, place: QPointF, zoom: float) -> AnnotationId | None:
        """The frame whose title is at `place`; the inner one of two."""
        if not self.all:
            return None
        if zoom < NEAR_ZOOM:
            pixel = QPointF(place.x() * zoom, place.y() * zoom)
            for plate in self.plates(zoom):
                if plate.rect.contains(pixel):
                    return plate.frame
        if TITLE_HEIGHT * zoom < _LEAST_BAND:
            return None
        return next((name for name, rect in self._inner_first() if band(rect).contains(place)), None)

    def title_rect(self, frame: AnnotationId, zoom: float) -> QRectF:
        """Where the title of a frame can be edited, in the scene."""
        if zoom < NEAR_ZOOM:
            for plate in self.plates(zoom):
                if plate.frame == frame:
                    return scaled(plate.rect, 1 / zoom)
        return band(self.places.rects[frame])

    def plates(self, zoom: float) -> list[Plate]:
        """The plates with the titles that are shown from far."""
        view = next((QSizeF(view.viewport().size()) for view in self._scene.views()), QSizeF(0.0, 0.0))
        return self._titles.plates(self.all, self.places, zoom, view, self._crowd)

    # Painting

    def paint(self, painter: QPainter, exposed: Sequence[QRectF], zoom: float) -> None:
        """Paint the frames that are seen in the rectangles `exposed`, outer ones first; the ground is painted."""
        if not self.all:
            return
        look = style()
        paint = self._paint_region if zoom < CARDS_ZOOM else self._paint_frame
        # Smoothing the sides of rectangles costs more than all the rest of them, and shows at their corners alone.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, zoom >= CARDS_ZOOM)
        for name, rect in self.places.rects.items():
            if any(rect.intersects(part) for part in exposed):
                paint(painter, look, self.all[name], rect, zoom)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def paint_titles(self, painter: QPainter, exposed: Sequence[QRectF], zoom: float) -> None:
        """From far, paint the titles over everything else."""
        if self.all and zoom < NEAR_ZOOM:
            self._titles.paint(painter, self.all, self.plates(zoom), exposed)

    def _paint_frame(self, painter: QPainter, look: CanvasStyle, frame: Frame, rect: QRectF, zoom: float) -> None:
        colours = annotation_look(look.theme, frame.colour)
        title = frame.title if zoom >= NEAR_ZOOM else ""
        paint_frame(painter, colours, title, rect, self._border(look, frame.id) or colours.outline)

    def _paint_region(self, painter: QPainter, look: CanvasStyle, frame: Frame, rect: QRectF, zoom: float) -> None:
        colours = annotation_look(look.theme, frame.colour)
        painter.fillRect(rect, colours.far_ground)
        painter.setPen(self._border(look, frame.id) or colours.far_outline)
        painter.setBrush(NO_BRUSH)
        painter.drawRect(rect)

    def _border(self, look: CanvasStyle, frame: AnnotationId) -> QPen | None:
        """The border of a frame in a state of its own; None when it has none."""
        if frame == self.target:
            return cosmetic(look.live_wire, _LINE)
        if frame in self.selected:
            return cosmetic(look.selected_outline, _LINE)
        return annotation_look(look.theme, self.all[frame].colour).lit_outline if frame == self.hovered else None

    def _inner_first(self) -> list[tuple[AnnotationId, QRectF]]:
        return list(reversed(self.places.rects.items()))

    def _repaint_one(self, frame: AnnotationId | None) -> None:
        if frame in self.places.rects:
            self._scene.update(self.places.rects[frame].adjusted(-_BORDER, -_BORDER, _BORDER, _BORDER))

    def _repaint_between(self, old: QRectF, new: QRectF) -> None:
        """Repaint what is different when a frame gets other sides."""
        outer = old.united(new).adjusted(-_BORDER, -_BORDER, _BORDER, _BORDER)
        inner = old.intersected(new).adjusted(_BORDER, TITLE_HEIGHT + _BORDER, -_BORDER, -_BORDER)
        if not inner.isValid():
            self._scene.update(outer)
            return
        for is_moved, side in (
            # A title is shortened to the width that there is.
            (
                old.topLeft() != new.topLeft() or old.right() != new.right(),
                QRectF(outer.topLeft(), QPointF(outer.right(), inner.top())),
            ),
            (old.bottom() != new.bottom(), QRectF(QPointF(outer.left(), inner.bottom()), outer.bottomRight())),
            (old.left() != new.left(), QRectF(outer.topLeft(), QPointF(inner.left(), outer.bottom()))),
            (old.right() != new.right(), QRectF(QPointF(inner.right(), outer.top()), outer.bottomRight())),
        ):
            if is_moved:
                self._scene.update(side)

    def _shown_plates(self) -> dict[AnnotationId, _Shown]:
        """The plates that are shown, as far as there are any."""
        zoom = self._zoom()
        plates = self.plates(zoom) if zoom < NEAR_ZOOM else []
        return {plate.frame: _Shown(plate, self.all[plate.frame].colour) for plate in plates}

    def _repaint_plates(self, before: dict[AnnotationId, _Shown], after: dict[AnnotationId, _Shown]) -> None:
        zoom = self._zoom()
        for name in before.keys() | after.keys():
            old, new = before.get(name), after.get(name)
            if old == new:
                continue
            for shown in filter(None, (old, new)):
                margin = shown.plate.rect.height() / 4
                self._scene.update(scaled(shown.plate.area.adjusted(-margin, -margin, margin, margin), 1 / zoom))

    def _zoom(self) -> float:
        return next((view.transform().m11() for view in self._scene.views()), 1.0)

    def _crowd(self) -> tuple[Cards, QRectF]:
        """The layers as they are shown, and the rectangle around these and all frames."""
        if self._cards is None:
            self._cards = Cards([item.position for item in self._scene.nodes.values()])
        return self._cards, self._scene.placement.content_rect().united(self.content_rect())

    def _has_new_crowd(self) -> bool:
        """Whether titles have to make room for other layers; while some are dragged, they do not."""
        are_others = self._cards is not None and self._cards.count != len(self._scene.nodes)
        return (self._is_crowd_stale or are_others) and not self._scene.placement.moving


def band(rect: QRectF) -> QRectF:
    """The band across the top of a frame, where its title stands."""
    return QRectF(rect.x(), rect.y(), rect.width(), TITLE_HEIGHT)


def paint_frame(painter: QPainter, colours: AnnotationLook, title: str, rect: QRectF, outline: QPen) -> None:
    """Paint a frame around `rect`, with its title in the band unless that is empty."""
    painter.setPen(NO_PEN)
    painter.setBrush(colours.ground)
    painter.drawRoundedRect(rect, _ROUND, _ROUND)
    painter.fillPath(_top(band(rect)), colours.band)
    painter.setPen(outline)
    painter.setBrush(NO_BRUSH)
    painter.drawRoundedRect(rect, _ROUND, _ROUND)
    if title:
        _paint_title(painter, colours, title, band(rect))


def _paint_title(painter: QPainter, colours: AnnotationLook, title: str, place: QRectF) -> None:
    font = fonts().name
    room = place.adjusted(_TITLE_LEFT, 0.0, -_TITLE_LEFT, 0.0)
    text = QFontMetricsF(font).elidedText(title, Qt.TextElideMode.ElideRight, room.width())
    painter.setFont(font)
    painter.setPen(colours.title)
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


def _top(place: QRectF) -> QPainterPath:
    """The band with the upper corners of its frame."""
    path = QPainterPath(place.bottomLeft())
    path.lineTo(place.left(), place.top() + _ROUND)
    path.quadTo(place.topLeft(), QPointF(place.left() + _ROUND, place.top()))
    path.lineTo(place.right() - _ROUND, place.top())
    path.quadTo(place.topRight(), QPointF(place.right(), place.top() + _ROUND))
    path.lineTo(place.bottomRight())
    path.closeSubpath()
    return path
