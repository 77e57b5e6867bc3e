"""Notes painted once and then copied: laying out and painting letters takes a hundred times as long as copying them."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from math import ceil, sqrt
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPixmap

from gui.canvas.sprites import on_pixel
from gui.canvas.style import style
from gui.theme import Theme

if TYPE_CHECKING:
    from gui.canvas.annotations.note_item import NoteItem
    from gui.canvas.scene import CanvasScene

_MARGIN = 2.0
"""Around a card, in units of the scene."""
_MOST_PIXELS = 16_000_000
"""Pictures of more pixels than this, 64 MB, are not kept: those seen longest ago go first."""
_MOST_OF_ONE = 4_000_000
"""A picture of more pixels than this is painted coarser."""
_REST_MS = 120
"""The zoom rests when it has been the same for so long."""


@dataclass(slots=True)
class _Picture:
    pixmap: QPixmap
    scale: float
    """Pixels of the screen for each unit of the scene."""
    theme: Theme

    @property
    def pixels(self) -> int:
        return self.pixmap.width() * self.pixmap.height()


class NotePictures:
    """The pictures of the notes of one scene; while the zoom changes, those of another zoom do."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._pictures: OrderedDict[int, _Picture] = OrderedDict()
        self._rest = QTimer(scene)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._sharpen)
        self._settled = 0.0
        """The scale at which the zoom has come to rest."""
        self._wanted = 0.0

    def forget(self, item: NoteItem) -> None:
        """The note looks different, or is gone."""
        self._pictures.pop(id(item), None)

    def forget_all(self) -> None:
        """All notes are gone; others may come to have their ids."""
        self._pictures.clear()

    def draw(self, painter: QPainter, item: NoteItem) -> None:
        """Show the card of `item` at its place; the painter has the scene's transform, moved to the note."""
        transform = painter.worldTransform()
        ratio = painter.device().devicePixelRatioF()
        area = item.area.adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)
        scale = min(transform.m11() * ratio, sqrt(_MOST_OF_ONE / (area.width() * area.height())))
        picture = self._picture(item, scale, area, ratio)
        painter.resetTransform()
        corner = on_pixel(
            area.x() * transform.m11() + transform.dx(), area.y() * transform.m11() + transform.dy(), ratio
        )
        if picture.scale == transform.m11() * ratio:
            painter.drawPixmap(corner, picture.pixmap)
        else:
            across = picture.pixmap.width() / picture.scale * transform.m11()
            down = picture.pixmap.height() / picture.scale * transform.m11()
            is_smooth = painter.testRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            source = QRectF(QPointF(0.0, 0.0), picture.pixmap.size())
            painter.drawPixmap(QRectF(corner.x(), corner.y(), across, down), picture.pixmap, source)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_smooth)
        painter.setWorldTransform(transform)

    def _picture(self, item: NoteItem, scale: float, area: QRectF, ratio: float) -> _Picture:
        known = self._pictures.get(id(item))
        if known is not None and known.theme is style().theme:
            if known.scale == scale:
                self._pictures.move_to_end(id(item))
                return known
            if scale != self._settled:
                self._wanted = scale
                self._rest.start()
                return known
        made = _Picture(_painted(item, scale, area, ratio), scale, style().theme)
        self._pictures[id(item)] = made
        self._pictures.move_to_end(id(item))
        while sum(picture.pixels for picture in self._pictures.values()) > _MOST_PIXELS and len(self._pictures) > 1:
            self._pictures.popitem(last=False)
        return made

    def _sharpen(self) -> None:
        """Paint all that is in view at the zoom that it has now."""
        self._settled = self._wanted
        for item in self._scene.annotations.notes.values():
            item.update()


def _painted(item: NoteItem, scale: float, area: QRectF, ratio: float) -> QPixmap:
    pixmap = QPixmap(ceil(area.width() * scale) + 1, ceil(area.height() * scale) + 1)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.scale(scale, scale)
    painter.translate(-area.x(), -area.y())
    item.paint_card(painter)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
