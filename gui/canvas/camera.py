"""What part of the scene is in view: zoom, pan, fit. The scene itself never moves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTransform

from engine.graph.model import NodeId, Point
from gui.canvas.side_names import room_at_right

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


@dataclass(frozen=True, slots=True)
class Look:
    """What is in view, to be shown again."""

    zoom: float
    """Pixels for each unit of the scene."""
    middle: Point
    """The point of the scene in the middle of the view."""


class Camera:
    """Turns and moves the view's transformation."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._zoom = 1.0
        self._exact = (0.0, 0.0)

    @property
    def zoom(self) -> float:
        """Pixels for each unit of the scene."""
        return self._zoom

    def visible(self) -> QRectF:
        """The part of the scene that is in view."""
        return self._view.mapToScene(self._view.viewport().rect()).boundingRect()

    def zoom_at(self, place: QPointF, factor: float) -> None:
        """Zoom by `factor`; what is at `place`, in pixels of the view, stays there."""
        x, y = self._corner()
        fixed = QPointF((x + place.x()) / self._zoom, (y + place.y()) / self._zoom)
        self._look(self._allowed(self._zoom * factor), fixed, place)

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
        self.keep_limits()

    def fit(self, nodes: Iterable[NodeId] = ()) -> None:
        """Bring `nodes`, or everything when there are none, into view as large as possible, but never magnified."""
        scene = self._view.canvas_scene
        # Frames follow their layers at the next refresh, which may be still to come.
        scene.refresh()
        rect = scene.rect_of(nodes)
        if rect.isEmpty():
            rect = scene.content_rect()
        if rect.isEmpty():
            self._look(1.0, QPointF(0.0, 0.0), self._middle())
            return
        look = self.look_at(rect)
        beside = (self._view.viewport().width() - rect.width() * look.zoom) / 2
        names = room_at_right(scene, rect, look.zoom)
        if names > beside:
            look = self.look_at(rect.adjusted(0.0, 0.0, names / look.zoom, 0.0))
        self._look(look.zoom, QPointF(*look.middle), self._middle())

    def look_at(self, rect: QRectF) -> Look:
        """How to bring a rectangle of the scene into view as large as possible, but never magnified."""
        middle = rect.center()
        return Look(min(self._fitting(rect), 1.0), (middle.x(), middle.y()))

    def show_start(self) -> None:
        """Show a network that has just been opened: whole where it can be read so, else its beginning."""
        content = self._view.canvas_scene.content_rect()
        if content.isEmpty() or self._fitting(content) >= _READABLE:
            self.fit()
            return
        items = self._view.canvas_scene.nodes.values()
        first = min((item.position for item in items), key=lambda place: (place[1], place[0]))
        self._look(_START_ZOOM, QPointF(first[0], content.top()), QPointF(self._middle().x(), _MARGIN))

    def reveal(self, nodes: Iterable[NodeId]) -> None:
        """Pan just so far that `nodes` are in view."""
        self.reveal_rect(self._view.canvas_scene.rect_of(nodes))

    def reveal_rect(self, rect: QRectF) -> None:
        """Pan just so far that `rect`, in the scene, is in view; of what is too large, the upper left corner."""
        seen = self.visible()
        margin = min(_MARGIN / self._zoom, seen.width() / 4, seen.height() / 4)
        seen.adjust(margin, margin, -margin, -margin)
        if rect.isEmpty() or seen.contains(rect):
            return
        dx = max(seen.left() - rect.left(), 0.0) or min(seen.right() - rect.right(), 0.0)
        dy = max(seen.top() - rect.top(), 0.0) or min(seen.bottom() - rect.bottom(), 0.0)
        self.pan(dx * self._zoom, dy * self._zoom)

    def look(self) -> Look:
        """What is in view now."""
        middle = self.scene_point(self._middle())
        return Look(self._zoom, (middle.x(), middle.y()))

    def look_again(self, look: Look) -> None:
        """Show what was in view before, as far as it can still be zoomed like that."""
        self._look(self._allowed(look.zoom), QPointF(*look.middle), self._middle())

    def scene_point(self, place: QPointF) -> QPointF:
        """The point of the scene at `place`, in pixels of the view."""
        inverse, _ = self._view.viewportTransform().inverted()
        return inverse.map(place)

    def view_point(self, place: QPointF) -> QPointF:
        """Where a point of the scene is, in pixels of the view."""
        return self._view.viewportTransform().map(place)

    def keep_limits(self) -> None:
        """Let the view be panned as far as the network and the window allow now, and never back from where it is."""
        self._set_limits(self._zoom, self.visible())

    def _middle(self) -> QPointF:
        return QRectF(self._view.viewport().rect()).center()

    def _fitting(self, rect: QRectF) -> float:
        size = self._view.viewport().size()
        width, height = max(size.width() - 2 * _MARGIN, 64.0), max(size.height() - 2 * _MARGIN, 64.0)
        return min(width / rect.width(), height / rect.height())

    def _allowed(self, zoom: float) -> float:
        content = self._view.canvas_scene.content_rect()
        least = _LEAST if content.isEmpty() else min(_LEAST, 0.7 * self._fitting(content))
        return min(max(zoom, least), MOST)

    def _corner(self) -> tuple[float, float]:
        """Where the view's corner is in the zoomed scene; exact where scroll bars know whole pixels only.

        Without that, half a pixel would be lost at each step of the wheel, and what is under the pointer would drift.
        """
        across, down = self._view.horizontalScrollBar().value(), self._view.verticalScrollBar().value()
        if (round(self._exact[0]), round(self._exact[1])) == (across, down):
            return self._exact
        return float(across), float(down)

    def _look(self, zoom: float, fixed: QPointF, place: QPointF) -> None:
        """Zoom, with the point `fixed` of the scene at `place` in the view."""
        size = self._view.viewport().size()
        x, y = fixed.x() * zoom - place.x(), fixed.y() * zoom - place.y()
        self._set_limits(zoom, QRectF(x / zoom, y / zoom, size.width() / zoom, size.height() / zoom))
        if zoom != self._zoom:
            self._zoom = zoom
            self._view.setTransform(QTransform.fromScale(zoom, zoom))
        self._view.horizontalScrollBar().setValue(round(x))
        self._view.verticalScrollBar().setValue(round(y))
        self._exact = (x, y)

    def _set_limits(self, zoom: float, seen: QRectF) -> None:
        size = self._view.viewport().size()
        across = (1.0 - _KEPT) * size.width() / zoom
        down = (1.0 - _KEPT) * size.height() / zoom
        content = self._view.canvas_scene.content_rect()
        pixel = 1.0 / zoom
        seen = seen.adjusted(-pixel, -pixel, pixel, pixel)
        self._view.setSceneRect(content.adjusted(-across, -down, across, down).united(seen))
