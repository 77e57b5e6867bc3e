"""What part of the scene is in view: zoom, pan, fit. The scene itself never moves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTransform

from engine.graph.model import NodeId

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

STEP = 1.25
"""One step of the zoom keys."""
MOST = 4.0
_LEAST = 0.2
_MARGIN = 48.0
"""Around what is fitted into the window, in pixels."""
_READABLE = 0.45
"""A network that would have to be smaller than this to fit is opened at its beginning instead."""
_START_ZOOM = 0.8
_KEPT = 0.15
"""So much of the window stays filled however far one pans, so that nobody gets lost in the void."""


class Camera:
    """Turns and moves the view's transformation."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._zoom = 1.0

    @property
    def zoom(self) -> float:
        """Pixels for each unit of the scene."""
        return self._zoom

    def visible(self) -> QRectF:
        """The part of the scene that is in view."""
        return self._view.mapToScene(self._view.viewport().rect()).boundingRect()

    def zoom_at(self, place: QPointF, factor: float) -> None:
        """Zoom by `factor`; what is at `place`, in pixels of the view, stays there."""
        fixed = self.scene_point(place)
        self._set_zoom(self._zoom * factor)
        self._put(fixed, place)

    def zoom_by(self, factor: float) -> None:
        """Zoom by `factor` around the middle of the view."""
        self.zoom_at(self._middle(), factor)

    def zoom_to(self, zoom: float) -> None:
        """Set the zoom; the middle of the view stays there."""
        self.zoom_by(zoom / self._zoom)

    def pan(self, dx: float, dy: float) -> None:
        """Move the paper by so many pixels."""
        across, down = self._view.horizontalScrollBar(), self._view.verticalScrollBar()
        across.setValue(across.value() - round(dx))
        down.setValue(down.value() - round(dy))

    def fit(self, nodes: Iterable[NodeId] = ()) -> None:
        """Bring `nodes`, or everything when there are none, into view as large as possible, but never magnified."""
        scene = self._view.canvas_scene
        rect = scene.rect_of(nodes)
        if rect.isEmpty():
            rect = scene.content_rect()
        if rect.isEmpty():
            self._set_zoom(1.0)
            self._put(QPointF(0.0, 0.0), self._middle())
            return
        self._set_zoom(min(self._fitting(rect), 1.0))
        self._put(rect.center(), self._middle())

    def show_start(self) -> None:
        """Show a network that has just been opened: whole where it can be read so, else its beginning."""
        content = self._view.canvas_scene.content_rect()
        if content.isEmpty() or self._fitting(content) >= _READABLE:
            self.fit()
            return
        self._set_zoom(_START_ZOOM)
        items = self._view.canvas_scene.nodes.values()
        first = min((item.position for item in items), key=lambda place: (place[1], place[0]))
        self._put(QPointF(first[0], content.top()), QPointF(self._middle().x(), _MARGIN))

    def reveal(self, nodes: Iterable[NodeId]) -> None:
        """Pan just so far that `nodes` are in view."""
        rect = self._view.canvas_scene.rect_of(nodes)
        seen = self.visible()
        margin = min(_MARGIN / self._zoom, seen.width() / 4, seen.height() / 4)
        seen.adjust(margin, margin, -margin, -margin)
        if rect.isEmpty() or seen.contains(rect):
            return
        dx = max(seen.left() - rect.left(), 0.0) or min(seen.right() - rect.right(), 0.0)
        dy = max(seen.top() - rect.top(), 0.0) or min(seen.bottom() - rect.bottom(), 0.0)
        self.pan(dx * self._zoom, dy * self._zoom)

    def scene_point(self, place: QPointF) -> QPointF:
        """The point of the scene at `place`, in pixels of the view."""
        inverse, _ = self._view.viewportTransform().inverted()
        return inverse.map(place)

    def view_point(self, place: QPointF) -> QPointF:
        """Where a point of the scene is, in pixels of the view."""
        return self._view.viewportTransform().map(place)

    def keep_limits(self) -> None:
        """Let the view be panned as far as the network and the window allow now."""
        size = self._view.viewport().size()
        across = (1.0 - _KEPT) * size.width() / self._zoom
        down = (1.0 - _KEPT) * size.height() / self._zoom
        content = self._view.canvas_scene.content_rect()
        self._view.setSceneRect(content.adjusted(-across, -down, across, down))

    def _middle(self) -> QPointF:
        return QRectF(self._view.viewport().rect()).center()

    def _fitting(self, rect: QRectF) -> float:
        size = self._view.viewport().size()
        width, height = max(size.width() - 2 * _MARGIN, 64.0), max(size.height() - 2 * _MARGIN, 64.0)
        return min(width / rect.width(), height / rect.height())

    def _set_zoom(self, zoom: float) -> None:
        content = self._view.canvas_scene.content_rect()
        least = _LEAST if content.isEmpty() else min(_LEAST, 0.7 * self._fitting(content))
        zoom = min(max(zoom, least), MOST)
        if zoom != self._zoom:
            self._zoom = zoom
            self._view.setTransform(QTransform.fromScale(zoom, zoom))
        self.keep_limits()

    def _put(self, fixed: QPointF, place: QPointF) -> None:
        """Pan so that the point `fixed` of the scene is at `place` in the view."""
        self._view.horizontalScrollBar().setValue(round(fixed.x() * self._zoom - place.x()))
        self._view.verticalScrollBar().setValue(round(fixed.y() * self._zoom - place.y()))
