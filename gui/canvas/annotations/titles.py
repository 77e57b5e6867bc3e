"""The titles of frames when the view is zoomed out: on plates of their own, as large as can be read.

From near a title stands in the band across the top of its frame. From far that band is thinner than any letter, so the
title stands on a plate: in the frame where there is room for it, else at its left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from engine.graph.annotations import AnnotationId, Frame
from gui.canvas.annotations.looks import annotation_look
from gui.canvas.annotations.places import TITLE_HEIGHT
from gui.canvas.style import NO_PEN, fonts, style
from gui.theme import Theme

_SMALLEST, _LARGEST = 12, 20
"""The size of the letters, in pixels."""
_REGION = 8.0
"""A frame is to be so many times as wide and high as the letters of its title."""
_PAD = 7.0
_GAP = 4.0
"""From a frame to a plate beside it, in pixels."""
_WIDEST = 260.0


class Plate(NamedTuple):
    """A title on its plate."""

    frame: AnnotationId
    rect: QRectF
    """In pixels, from the origin of the scene."""
    text: str
    size: int


class Titles:
    """The plates of all frames at one zoom, worked out anew when a frame or the zoom has changed."""

    def __init__(self) -> None:
        self._plates: list[Plate] | None = None
        self._made_for: tuple[float, str] = (0.0, "")

    def forget(self) -> None:
        """Some frame is elsewhere or has another title."""
        self._plates = None

    def plates(
        self, frames: Mapping[AnnotationId, Frame], rects: Mapping[AnnotationId, QRectF], zoom: float
    ) -> list[Plate]:
        """The plates of `frames`; where two would lie on each other, that of the larger frame."""
        key = zoom, QApplication.font().key()
        if self._plates is None or self._made_for != key:
            self._made_for = key
            font = fonts().name.key()
            titled = ((frames[name], rect) for name, rect in rects.items() if frames[name].title.strip())
            found = (_plate(frame, rect, zoom, font) for frame, rect in titled)
            by_size = sorted(found, key=lambda plate: _area(rects[plate.frame]), reverse=True)
            self._plates = _apart(by_size)
        return self._plates

    def paint(
        self, painter: QPainter, frames: Mapping[AnnotationId, Frame], plates: list[Plate], exposed: Sequence[QRectF]
    ) -> None:
        """Paint the plates that are seen in the rectangles `exposed`; the painter has the scene's transform."""
        transform = painter.worldTransform()
        left, top, zoom, theme = round(transform.dx()), round(transform.dy()), transform.m11(), style().theme
        ratio = painter.device().devicePixelRatioF()
        painter.resetTransform()
        for plate in plates:
            rect, place = plate.rect, scaled(plate.rect, 1 / zoom)
            if any(place.intersects(part) for part in exposed):
                picture = _picture(
                    plate.text, plate.size, rect.width(), rect.height(), theme, frames[plate.frame].colour, ratio
                )
                painter.drawPixmap(QPointF(rect.x() + left, rect.y() + top), picture)
        painter.setWorldTransform(transform)


@lru_cache(maxsize=512)
def _picture(text: str, size: int, width: float, height: float, theme: Theme, colour: str, ratio: float) -> QPixmap:
    """A plate: copied it is painted a hundred times as quickly as letter by letter."""
    pixmap = QPixmap(round(width * ratio), round(height * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    look = annotation_look(theme, colour)
    painter = QPainter(pixmap)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.setPen(NO_PEN)
    painter.setBrush(look.plate)
    rect = QRectF(0.0, 0.0, width, height)
    painter.drawRoundedRect(rect, 4.0, 4.0)
    painter.setPen(look.plate_title)
    painter.setFont(_font(size, fonts().name.key()))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return pixmap


def _plate(frame: Frame, rect: QRectF, zoom: float, font: str) -> Plate:
    on_screen = scaled(rect, zoom)
    wanted = min(on_screen.width(), on_screen.height()) / _REGION
    size = round(min(max(wanted, _SMALLEST), _LARGEST))
    length, line = _measured(frame.title, size, font)
    whole, height = length + 2 * _PAD, round(line) + 3.0
    middle = on_screen.top() + TITLE_HEIGHT * zoom / 2
    room = on_screen.width() - 2 * _GAP
    is_inside = whole <= room
    width = round(min(whole, room if is_inside else _WIDEST))
    left = on_screen.left() + _GAP if is_inside else on_screen.left() - _GAP - width
    # Not below the band, where the first layer is.
    top = min(middle - height / 2, on_screen.top() + (TITLE_HEIGHT + 4.0) * zoom - height)
    text = frame.title
    if whole > width + 1:
        text = QFontMetricsF(_font(size, font)).elidedText(text, Qt.TextElideMode.ElideRight, width - 2 * _PAD + 1)
    return Plate(
        frame.id,
        QRectF(QPointF(round(left), round(top)), QPointF(round(left) + width, round(top) + height)),
        text,
        size,
    )


def _apart(plates: list[Plate]) -> list[Plate]:
    """Those of `plates` that do not lie on an earlier one, or need not if they stand a little lower."""
    shown: list[Plate] = []
    for plate in plates:
        for lower in (0.0, plate.rect.height() + 2.0):
            rect = plate.rect.translated(0.0, lower)
            if not any(rect.intersects(other.rect) for other in shown):
                shown.append(plate._replace(rect=rect))
                break
    return shown


def scaled(rect: QRectF, zoom: float) -> QRectF:
    """A rectangle in other units."""
    return QRectF(rect.x() * zoom, rect.y() * zoom, rect.width() * zoom, rect.height() * zoom)


def _area(rect: QRectF) -> float:
    return rect.width() * rect.height()


@lru_cache(maxsize=1024)
def _measured(text: str, size: int, key: str) -> tuple[float, float]:
    """The length of a title and the height of its line."""
    metrics = QFontMetricsF(_font(size, key))
    return metrics.horizontalAdvance(text), metrics.height()


@lru_cache(maxsize=32)
def _font(size: int, key: str) -> QFont:
    font = QFont(fonts().name)
    font.setPixelSize(size)
    return font
