"""The whole network, small, in the lower right corner of the canvas, with what is in view marked on it.

It is painted onto the canvas and is no widget over it: over a widget Qt could not scroll by copying what is there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QObject, QPointF, QRect, QRectF, QSize, QTimer
from PySide6.QtGui import QPainter, QPen, QPixmap, QRegion, QTransform

from gui import theme as themes
from gui.canvas.annotations.looks import annotation_look
from gui.canvas.camera import Look
from gui.canvas.geometry import HALF_HEIGHT, HALF_WIDTH
from gui.canvas.style import NO_BRUSH, NO_PEN, cosmetic, faded, mix, style
from gui.fonts import px
from gui.theme import RADIUS

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

_WIDTH, _HEIGHT = 180, 130
"""Of the map, in pixels at a text scale of 100 %."""
_EDGE = 12
"""From the corner of the canvas to the map, in pixels."""
_PAD = 8.0
_LEAST_VIEW = (480, 340)
"""A canvas smaller than this, in pixels at a text scale of 100 %, has no room for a map."""
_LEAST_SIDE, _MOST_STRETCH = 40.0, 8.0
"""A chain of layers would be a thin line on the map: it is stretched to this width, or so many times."""
_LEAST_BAR = (3.0, 1.5)
_LEAST_MARK = (5.0, 3.0)
"""The size of what overlays colour, at least."""
_LEAST_SEEN = 5.0
_MOST_WIRES = 3_000
"""More wires than this would be one grey area."""
_REST_MS = 150
"""The map is painted anew when nothing has changed for so long."""


class Minimap(QObject):
    """The map of one view; hidden while everything is in view anyway."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self._scene = view.canvas_scene
        self._is_on = True
        self._picture: QPixmap | None = None
        self._content: QRectF | None = None
        """What is on the map; not asked for anew at each step of a drag, which would look at every node."""
        self._has_more = False
        """Whether there is room for the map, and something of the network out of view."""
        self._shown_for: object = None
        self._marked: QPixmap | None = None
        """The same with what is in view marked on it."""
        self._marked_for: object = None
        self._rect = QRect()
        """Where that is shown, in pixels of the view."""
        self._painted_for: object = None
        self._is_stale = False
        self._to_map = QTransform()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._on_rest)
        self._scene.contentChanged.connect(self._on_content)
        view.workspace.graphReplaced.connect(self._repaint_all)
        view.workspace.scopeChanged.connect(self._repaint_all)

    # Reading

    @property
    def is_on(self) -> bool:
        """Whether it is shown whenever there is more than can be seen."""
        return self._is_on

    @property
    def is_shown(self) -> bool:
        """Whether it is shown now."""
        if not self._is_on:
            return False
        if self._content is None:
            self._content, self._shown_for = self._scene.content_rect(), None
        size = self._view.viewport().size()
        key = self._view.viewportTransform(), size, style()
        if self._shown_for != key:
            self._shown_for, has_room = key, size.width() >= px(_LEAST_VIEW[0]) and size.height() >= px(_LEAST_VIEW[1])
            is_whole = self._content.isEmpty() or self._view.camera.visible().contains(self._content)
            self._has_more = has_room and not is_whole
        return self._has_more

    @property
    def rect(self) -> QRect:
        """Where it is, in pixels of the view."""
        size = self._view.viewport().size()
        width, height = px(_WIDTH), px(_HEIGHT)
        return QRect(size.width() - _EDGE - width, size.height() - _EDGE - height, width, height)

    @property
    def seen(self) -> QRectF:
        """The rectangle on the map that stands for what is in view, in pixels of the view."""
        area = self._to_map.mapRect(self._view.camera.visible())
        more_x, more_y = max(_LEAST_SEEN - area.width(), 0.0) / 2, max(_LEAST_SEEN - area.height(), 0.0) / 2
        return area.adjusted(-more_x, -more_y, more_x, more_y).translated(self.rect.topLeft())

    def contains(self, place: QPointF) -> bool:
        """Whether `place`, in pixels of the view, is on the map."""
        return QRectF(self.rect).contains(place) and self.is_shown

    def scene_point(self, place: QPointF) -> QPointF:
        """The point of the scene that `place`, in pixels of the view, stands for."""
        inverse, _ = self._to_map.inverted()
        return inverse.map(place - QPointF(self.rect.topLeft()))

    # Changing

    def switch(self, on: bool) -> None:
        """Show it from now on where there is more than can be seen, or never."""
        self._is_on = on
        self._view.viewport().update(self.rect)

    def refresh(self) -> None:
        """Paint it anew, because what an overlay colours on it is different."""
        self._repaint_all()

    def go(self, middle: QPointF) -> None:
        """Bring a point of the scene into the middle of the view."""
        self._view.camera.look_again(Look(self._view.camera.zoom, (middle.x(), middle.y())))

    # Painting

    def paint(self, painter: QPainter) -> None:
        """Paint the map, which is shown; the painter has the view's pixels."""
        view = self._view
        key = self._current_picture(), view.viewportTransform(), view.viewport().size(), style()
        if self._marked_for != key:
            # As long as the view moves, each frame has marks of its own.
            self._marked_for, self._marked, self._rect = key, None, self.rect
            painter.drawPixmap(self._rect.topLeft(), key[0])
            self._mark(painter)
            return
        if self._marked is None:
            self._marked = QPixmap(key[0])
            onto = QPainter(self._marked)
            onto.translate(-self._rect.topLeft())
            self._mark(onto)
            onto.end()
        painter.drawPixmap(self._rect.topLeft(), self._marked)

    def _mark(self, painter: QPainter) -> None:
        """Mark what is in view."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inner = self._rect.adjusted(1, 1, -1, -1)
        seen = self.seen.intersected(QRectF(inner))
        look = style()
        painter.setClipRegion(QRegion(inner).subtracted(QRegion(seen.toRect())))
        painter.fillRect(inner, faded(look.canvas.color(), 0.45))
        painter.setClipping(False)
        painter.setPen(cosmetic(look.selected_outline, 1.5))
        painter.setBrush(NO_BRUSH)
        painter.drawRoundedRect(seen.adjusted(0.5, 0.5, -0.5, -0.5), 2.0, 2.0)

    def _current_picture(self) -> QPixmap:
        ratio = self._view.devicePixelRatioF()
        key = style(), ratio
        if self._picture is None or self._painted_for != key:
            self._painted_for, self._is_stale = key, False
            self._picture = self._painted(ratio)
        return self._picture

    def _painted(self, ratio: float) -> QPixmap:
        size = self.rect.size()
        pixmap = QPixmap(size * ratio)
        pixmap.setDevicePixelRatio(ratio)
        # What is under it is not painted, so nothing may shine through, not even at the round corners.
        pixmap.fill(style().canvas.color())
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = themes.current()
        painter.setPen(QPen(theme.colour("strong_border"), 1.0))
        painter.setBrush(theme.colour("panel"))
        painter.drawRoundedRect(QRectF(0.5, 0.5, size.width() - 1.0, size.height() - 1.0), RADIUS, RADIUS)
        content = self._scene.content_rect()
        self._to_map = _fitting(content, size)
        painter.setClipRect(QRectF(1.0, 1.0, size.width() - 2.0, size.height() - 2.0))
        self._paint_annotations(painter)
        self._paint_wires(painter)
        self._paint_nodes(painter)
        self._paint_marks(painter)
        painter.end()
        return pixmap

    def _paint_annotations(self, painter: QPainter) -> None:
        theme, layer = themes.current(), self._scene.annotations
        painter.setPen(NO_PEN)
        for name, rect in layer.frames.places.rects.items():
            tint = annotation_look(theme, layer.frames.all[name].colour).tint
            painter.fillRect(self._to_map.mapRect(rect), faded(tint, 0.35))
        for item in layer.notes.values():
            tint = annotation_look(theme, item.note.colour).tint
            painter.fillRect(self._to_map.mapRect(item.rect), faded(tint, 0.7))

    def _paint_wires(self, painter: QPainter) -> None:
        theme, nodes, wires = themes.current(), self._scene.nodes, self._scene.wires
        if len(wires) > _MOST_WIRES:
            return
        place = self._place
        painter.setPen(cosmetic(QPen(mix(theme.colour("panel"), theme.colour("wire"), 0.5)), 1.0))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.drawLines(
            [QLineF(place(nodes[edge.source].position), place(nodes[edge.target].position)) for edge in wires]
        )

    def _paint_nodes(self, painter: QPainter) -> None:
        across = max(HALF_WIDTH * self._to_map.m11(), _LEAST_BAR[0] / 2)
        down = max(HALF_HEIGHT * self._to_map.m22(), _LEAST_BAR[1] / 2)
        left, top = self._to_map.dx() - across, self._to_map.dy() - down
        scale_x, scale_y, width, height = self._to_map.m11(), self._to_map.m22(), 2 * across, 2 * down
        bars: dict[str, list[QRectF]] = {}
        for item in self._scene.nodes.values():
            x, y = item.position
            bars.setdefault(item.spec.family, []).append(QRectF(x * scale_x + left, y * scale_y + top, width, height))
        painter.setPen(NO_PEN)
        # A bar of two pixels is told from its neighbour by its colour alone, which smoothing would mix.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for family, rects in bars.items():
            painter.setBrush(themes.current().family_colour(family))
            painter.drawRects(rects)

    def _paint_marks(self, painter: QPainter) -> None:
        """Colour what overlays have to show, in patches of at least some pixels."""
        painter.setBrush(NO_BRUSH)
        for mark in (mark for overlay in self._view.painting.overlays for mark in overlay.map_marks()):
            rect = self._to_map.mapRect(mark.rect)
            across, down = (max(_LEAST_MARK[0] - rect.width(), 0.0) / 2, max(_LEAST_MARK[1] - rect.height(), 0.0) / 2)
            if mark.is_region:
                painter.setPen(QPen(mark.colour, 1.5))
                painter.drawRect(rect)
            else:
                painter.fillRect(rect.adjusted(-across, -down, across, down), mark.colour)

    @property
    def _place(self) -> Callable[[tuple[float, float]], QPointF]:
        across, down, dx, dy = self._to_map.m11(), self._to_map.m22(), self._to_map.dx(), self._to_map.dy()
        return lambda place: QPointF(place[0] * across + dx, place[1] * down + dy)

    # Following

    def _on_content(self) -> None:
        self._content = None
        self._is_stale = True
        if self._is_on:
            self._rest.start()

    def _on_rest(self) -> None:
        # What is new was perhaps painted meanwhile, such as a network that has just been opened.
        if self._is_stale:
            self._repaint_all()

    def _repaint_all(self) -> None:
        self._picture = self._marked = self._content = None
        self._view.viewport().update(self.rect)


def _fitting(content: QRectF, size: QSize) -> QTransform:
    """From the scene to the map: everything is on it, in its middle."""
    width, height = size.width() - 2 * _PAD, size.height() - 2 * _PAD
    scale = min(width / content.width(), height / content.height())
    across, down = (
        scale * min(max(_LEAST_SIDE / (length * scale), 1.0), _MOST_STRETCH)
        for length in (content.width(), content.height())
    )
    middle = content.center()
    to_map = QTransform.fromTranslate(size.width() / 2, size.height() / 2)
    to_map.scale(across, down)
    return to_map.translate(-middle.x(), -middle.y())
