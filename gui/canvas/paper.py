"""What a view shows of the network as it stands, painted once and then copied to the screen.

The paper reaches beyond the view on all sides. Panning copies what is there and paints only what comes onto the paper;
dragging a node copies what lies under it instead of painting that anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QPainter, QPixmap, QRegion, QTransform

HINTS = QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing
_BEYOND = 240
"""How far the paper reaches beyond the view, in pixels."""
_AHEAD = 80
"""How far beyond the view is painted at once what a strip at its border is missing, in pixels."""
_FEW_PARTS = 8
"""What has to be painted in more parts than this is painted as a whole."""
_MOST_RECTS = 64
"""More changes than this at once are a change of everything."""

Paint = Callable[[QPainter, Sequence[QRectF]], None]
"""Paints the ground and everything on it, at least in some rectangles of the scene; has a painter of the scene."""


class Paper:
    """A picture of the scene around what is in view, at one zoom; places on it are in pixels of the zoomed scene."""

    def __init__(self, paint: Paint) -> None:
        self._paint = paint
        self._pixmap: QPixmap | None = None
        self._kept: tuple[QSize, float] | None = None
        """The size of the view for which the pixmap is made, and its pixels for each unit of the screen."""
        self._zoom = 1.0
        self._area = QRect()
        """What the paper covers of the zoomed scene."""
        self._painted = QRegion()
        """What is up to date of it."""

    def show(self, painter: QPainter, region: QRegion, size: QSize, to_view: QTransform) -> None:
        """Show what is in `region` of a view.

        Args:
            painter: paints on the view, in its pixels.
            region: what is to be shown, in pixels of the view.
            size: the size of the view.
            to_view: from the scene to pixels of the view; scales, and moves by whole pixels.
        """
        zoom, ratio = to_view.m11(), painter.device().devicePixelRatioF()
        if ratio != round(ratio):
            # Copies would have to be shifted by parts of a pixel, which blurs them.
            painter.setRenderHints(HINTS)
            painter.setWorldTransform(to_view)
            self._paint(painter, [in_scene(part, to_view) for part in _parts(region)])
            painter.resetTransform()
            return
        corner = QPoint(round(to_view.dx()), round(to_view.dy()))
        view = QRect(-corner, size)
        pixmap = self._laid(view, zoom, ratio)
        self._complete(pixmap, region.translated(-corner), view)
        to_paper = -corner - self._area.topLeft()
        for part in _parts(region):
            painter.drawPixmap(part, pixmap, _scaled(part.translated(to_paper), ratio))

    def forget(self, rects: Iterable[QRectF], margin: int) -> None:
        """The scene looks different in `rects`, and so many pixels around them."""
        to_paper = QTransform.fromScale(self._zoom, self._zoom)
        for number, rect in enumerate(rects):
            if number == _MOST_RECTS:
                self.forget_all()
                return
            place = to_paper.mapRect(rect).toAlignedRect().adjusted(-margin, -margin, margin, margin)
            if place.intersects(self._area):
                self._painted -= place

    def forget_all(self) -> None:
        """The scene looks different everywhere."""
        self._painted = QRegion()

    def give_up(self) -> None:
        """Need no memory until something is shown again."""
        self._pixmap = None
        self._painted = QRegion()

    def retouch(self) -> QPainter | None:
        """A painter of the scene on what is painted already, to bring a part of it up to date; None without paper."""
        return None if self._pixmap is None else self._painter(self._pixmap, self._painted)

    # Inside

    def _laid(self, view: QRect, zoom: float, ratio: float) -> QPixmap:
        """The paper, which covers `view`."""
        pixmap, kept = self._pixmap, (view.size(), ratio)
        if pixmap is None or self._kept != kept:
            self._kept = kept
            self._pixmap = pixmap = QPixmap((view.size() + QSize(2 * _BEYOND, 2 * _BEYOND)) * ratio)
            pixmap.setDevicePixelRatio(ratio)
            self._area = QRect()
        elif zoom == self._zoom and self._area.contains(view):
            return pixmap
        area = view.adjusted(-_BEYOND, -_BEYOND, _BEYOND, _BEYOND)
        if zoom != self._zoom or not self._area.isValid():
            self._zoom = zoom
            self._painted = QRegion()
        else:
            self._painted &= area
            if not self._painted.isEmpty():
                way = (self._area.topLeft() - area.topLeft()) * round(ratio)
                pixmap.scroll(way.x(), way.y(), pixmap.rect())
        self._area = area
        return pixmap

    def _complete(self, pixmap: QPixmap, wanted: QRegion, view: QRect) -> None:
        """Bring `wanted` up to date; at the borders of the view a stretch beyond them, too, for the next frames."""
        missing = wanted - self._painted
        if missing.isEmpty():
            return
        reach = QRegion()
        for part in _parts(missing):
            reach += self._stretched(part, view)
        missing = reach - self._painted
        painter = self._painter(pixmap, missing)
        zoomed = QTransform.fromScale(self._zoom, self._zoom)
        self._paint(painter, [in_scene(part, zoomed) for part in _parts(missing)])
        painter.end()
        self._painted += missing

    def _painter(self, pixmap: QPixmap, within: QRegion) -> QPainter:
        painter = QPainter(pixmap)
        painter.setRenderHints(HINTS)
        painter.setClipRegion(within.translated(-self._area.topLeft()))
        painter.translate(-self._area.x(), -self._area.y())
        painter.scale(self._zoom, self._zoom)
        return painter

    def _stretched(self, part: QRect, view: QRect) -> QRect:
        """What is to be painted where `part` is missing: of a strip at the border of the view, more than is seen."""
        ahead = view.adjusted(-_AHEAD, -_AHEAD, _AHEAD, _AHEAD) & self._area
        result = QRect(part)
        if 2 * part.width() <= view.width():
            if part.left() <= view.left():
                result.setLeft(ahead.left())
            if part.right() >= view.right():
                result.setRight(ahead.right())
        if 2 * part.height() <= view.height():
            if part.top() <= view.top():
                result.setTop(ahead.top())
            if part.bottom() >= view.bottom():
                result.setBottom(ahead.bottom())
        return result


def _parts(region: QRegion) -> list[QRect]:
    return list(region) if region.rectCount() <= _FEW_PARTS else [region.boundingRect()]  # type: ignore[call-overload]


def in_scene(part: QRect, to_pixels: QTransform) -> QRectF:
    """The part of the scene that is in `part` of a picture, with a pixel more on each side."""
    zoom, x, y = to_pixels.m11(), to_pixels.dx(), to_pixels.dy()
    left, top = part.x() - 1 - x, part.y() - 1 - y
    return QRectF(left / zoom, top / zoom, (part.width() + 2) / zoom, (part.height() + 2) / zoom)


def _scaled(rect: QRect, ratio: float) -> QRect:
    if ratio == 1.0:
        return rect
    times = round(ratio)
    return QRect(rect.topLeft() * times, rect.size() * times)
