"""Parts of nodes that look the same on many nodes, painted once for each zoom and then copied.

Copying a card takes a tenth of the time of painting its rounded corners anew.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from math import ceil, floor

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

_Key = Hashable
_MAX_GENERATIONS = 3
"""So many zooms are remembered: those of a view that zooms out and in again, and of a picture beside it."""


class Sprites:
    """The parts painted so far, by zoom."""

    def __init__(self) -> None:
        self._generations: OrderedDict[tuple[float, float], dict[_Key, QPixmap]] = OrderedDict()

    def clear(self) -> None:
        """Forget everything, because colours have changed."""
        self._generations.clear()

    def draw(
        self,
        painter: QPainter,
        key: _Key,
        area: QRectF,
        paint: Callable[[QPainter], None],
        x: float = 0.0,
        y: float = 0.0,
    ) -> None:
        """Show at (x, y) what `paint` paints within `area` around its origin; equal keys mean equal looks.

        The copy stands on whole pixels of the screen.
        """
        transform = painter.worldTransform()
        zoom, ratio = transform.m11(), painter.device().devicePixelRatioF()
        pixmap = self.pixmap((zoom, ratio), key, area, paint)
        left = (area.x() + x) * zoom + transform.dx()
        top = (area.y() + y) * zoom + transform.dy()
        painter.resetTransform()
        painter.drawPixmap(on_pixel(left, top, ratio), pixmap)
        painter.setWorldTransform(transform)

    def pixmap(self, scale: tuple[float, float], key: _Key, area: QRectF, paint: Callable[[QPainter], None]) -> QPixmap:
        """What `paint` paints within `area`, at a zoom and a number of pixels for each unit of the screen."""
        generation = self._generations.get(scale)
        if generation is None:
            generation = self._generations[scale] = {}
            while len(self._generations) > _MAX_GENERATIONS:
                self._generations.popitem(last=False)
        pixmap = generation.get(key)
        if pixmap is None:
            pixmap = generation[key] = _painted(scale, area, paint)
        return pixmap


def on_pixel(x: float, y: float, ratio: float) -> QPointF:
    """The corner of a pixel next to (x, y) on a screen with `ratio` pixels for each unit.

    Half pixels always go up: rounding to even would let nodes jump while the view scrolls.
    """
    return QPointF(floor(x * ratio + 0.5) / ratio, floor(y * ratio + 0.5) / ratio)


def _painted(scale: tuple[float, float], area: QRectF, paint: Callable[[QPainter], None]) -> QPixmap:
    zoom, ratio = scale
    pixmap = QPixmap(ceil(area.width() * zoom * ratio) + 1, ceil(area.height() * zoom * ratio) + 1)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(zoom, zoom)
    painter.translate(-area.x(), -area.y())
    paint(painter)
    painter.end()
    return pixmap


_shared = Sprites()
_shared_for: object = None


def shared_sprites(look: object) -> Sprites:
    """The parts painted so far in the colours of `look`; those of another look are forgotten."""
    global _shared_for
    if _shared_for is not look:
        _shared_for = look
        _shared.clear()
    return _shared
