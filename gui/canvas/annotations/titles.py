"""The titles of frames when the view is zoomed out: on plates of their own, as large as can be read.

From near a title stands in the band across the top of its frame. From far that band is thinner than any letter, so the
title stands on a plate, where `title_places` finds room for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from math import ceil
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from engine.graph.annotations import AnnotationId, Frame
from gui.canvas.annotations.looks import annotation_look
from gui.canvas.annotations.places import FramePlaces
from gui.canvas.annotations.title_places import GAP, Cards, TitlePlaces, scaled
from gui.canvas.style import NO_PEN, fonts, style
from gui.fonts import px
from gui.theme import Theme

_SMALLEST, _LARGEST = 12, 20
"""The size of the letters, in pixels at the usual size of texts."""
_REGION = 8.0
"""A frame is to be so many times as wide and high as the letters of its title."""
_PAD = 7.0
_WIDEST = 260.0
"""Of a plate outside its frame, in pixels."""
_LEAST = 48.0
"""A plate for less than this, in pixels, would show too little of a title to read it."""


class Plate(NamedTuple):
    """A title on its plate."""

    frame: AnnotationId
    rect: QRectF
    """In pixels, from the origin of the scene."""
    text: str
    size: int
    stem: QRectF
    """The line down to the frame, in the same pixels, where the plate stands high above it."""

    @property
    def area(self) -> QRectF:
        """All that is painted."""
        return self.rect.united(self.stem)


class Titles:
    """The plates of all frames at one zoom, worked out anew when a frame or the zoom has changed."""

    def __init__(self) -> None:
        self._plates: list[Plate] | None = None
        self._made_for: tuple[float, QSizeF, str] | None = None

    def forget(self) -> None:
        """Some frame is elsewhere or has another title."""
        self._plates = None

    def plates(
        self,
        frames: Mapping[AnnotationId, Frame],
        places: FramePlaces,
        zoom: float,
        view: QSizeF,
        crowd: Callable[[], tuple[Cards, QRectF]],
    ) -> list[Plate]:
        """The plates of `frames`; where there is no room for all, those of the larger frames.

        Args:
            frames: the frames by id.
            places: where they are in the scene.
            zoom: pixels for each unit of the scene.
            view: the size of the view.
            crowd: asked for the layers that are not to be covered, and the rectangle around all that is shown.
        """
        key = zoom, view, QApplication.font().key()
        if self._plates is None or self._made_for != key:
            self._made_for = key
            rects = places.rects
            titled = [name for name in rects if frames[name].title.strip()]
            titled.sort(key=lambda name: rects[name].width() * rects[name].height(), reverse=True)
            on_screen = {name: scaled(rect, zoom) for name, rect in rects.items()}
            free = TitlePlaces(on_screen.values(), *crowd(), zoom, view)
            found = [_plate(frames[name], on_screen[name], free, is_outer=places.has_inner(name)) for name in titled]
            self._plates = [plate for plate in found if plate is not None]
        return self._plates

    def paint(
        self, painter: QPainter, frames: Mapping[AnnotationId, Frame], plates: list[Plate], exposed: Sequence[QRectF]
    ) -> None:
        """Paint the plates that are seen in the rectangles `exposed`; the painter has the scene's transform."""
        transform = painter.worldTransform()
        left, top, zoom, theme = round(transform.dx()), round(transform.dy()), transform.m11(), style().theme
        ratio, font = painter.device().devicePixelRatioF(), fonts().name.key()
        painter.resetTransform()
        seen = [plate for plate in plates if any(map(scaled(plate.area, 1 / zoom).intersects, exposed))]
        for plate in seen:
            tint = annotation_look(theme, frames[plate.frame].colour).tint
            painter.fillRect(plate.stem.translated(left, top), tint)
        for plate in seen:
            rect, colour = plate.rect, frames[plate.frame].colour
            picture = _picture(plate.text, plate.size, font, rect.size().toTuple(), theme, colour, ratio)
            painter.drawPixmap(QPointF(rect.x() + left, rect.y() + top), picture)
        painter.setWorldTransform(transform)


@lru_cache(maxsize=512)
def _picture(
    text: str, size: int, font: str, extent: tuple[float, float], theme: Theme, colour: str, ratio: float
) -> QPixmap:
    """A plate: copied it is painted a hundred times as quickly as letter by letter."""
    width, height = extent
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
    painter.setFont(_font(size, font))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return pixmap


def _plate(frame: Frame, rect: QRectF, places: TitlePlaces, *, is_outer: bool) -> Plate | None:
    """The plate of a frame at `rect`, in pixels; None where there is no room for it.

    One around other frames is small, because their titles stand nearby.
    """
    font = fonts().name.key()
    room = rect.width() - 2 * GAP
    smallest = px(_SMALLEST)
    wanted = 0.0 if is_outer else min(rect.width(), rect.height()) / _REGION
    largest = round(min(max(wanted, smallest), px(_LARGEST)))
    sizes = range(largest, smallest - 1, -1)
    fitting = next((size for size in sizes if _plate_size(frame.title, size, font).width() <= room), smallest)
    for size in {fitting: None, smallest: None}:
        place = places.inside(rect, _plate_size(frame.title, size, font))
        if place is not None:
            return Plate(frame.id, place, frame.title, size, QRectF())
    whole = _plate_size(frame.title, smallest, font)
    place = places.outside(rect, QSizeF(min(whole.width(), px(_WIDEST)), whole.height()))
    if place is None and room >= min(px(_LEAST), whole.width()):
        short = QSizeF(min(whole.width(), room), whole.height())
        place = places.at_right(rect, whole) or places.inside(rect, short) or places.squeezed(rect, short)
    if place is None:
        return None
    text = frame.title
    if place.width() < whole.width():
        metrics = QFontMetricsF(_font(smallest, font))
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width() - 2 * _PAD + 1)
    return Plate(frame.id, place, text, smallest, places.stem(rect, place) or QRectF())


def _plate_size(title: str, size: int, font: str) -> QSizeF:
    length, line = _measured(title, size, font)
    return QSizeF(ceil(length) + 2 * _PAD, round(line) + 3.0)


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
