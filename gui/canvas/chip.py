"""Shapes on the canvas: small texts in a frame, below nodes and on long wires.

Many of them say the same, so each text is painted once for each zoom, with its frame, and then copied.
"""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from gui.canvas.sprites import shared_sprites
from gui.canvas.style import CanvasStyle, fonts, style

HEIGHT = 15.0
_PADDING = 7.0
_WIDEST_TEXT = 150.0


class Chip(NamedTuple):
    """A shape in its frame."""

    text: str
    length: float
    """Of the frame, along the text."""
    is_upright: bool

    def area(self) -> QRectF:
        """What it covers when its middle is at the origin."""
        width, height = (HEIGHT, self.length) if self.is_upright else (self.length, HEIGHT)
        return QRectF(-width / 2 - 1, -height / 2 - 1, width + 2, height + 2)

    def paint(self, painter: QPainter) -> None:
        """Paint it around the origin."""
        look = style()
        frame = QRectF(-self.length / 2, -HEIGHT / 2, self.length, HEIGHT)
        if self.is_upright:
            painter.rotate(-90)
        painter.setPen(look.chip_outline)
        painter.setBrush(look.chip)
        painter.drawRoundedRect(frame, HEIGHT / 2, HEIGHT / 2)
        painter.setPen(look.muted)
        painter.setFont(fonts().chip)
        painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, self.text)


def make_chip(shape: str, *, is_upright: bool = False) -> Chip:
    """The chip that says `shape`, shortened where it is too long."""
    metrics = QFontMetricsF(fonts().chip)
    text = metrics.elidedText(shape, Qt.TextElideMode.ElideRight, _WIDEST_TEXT)
    return Chip(text, round(metrics.horizontalAdvance(text)) + 2 * _PADDING, is_upright)


def paint_chip(painter: QPainter, chip: Chip, x: float, y: float) -> None:
    """Paint `chip` anew with its middle at (x, y), as lines and letters."""
    transform = painter.worldTransform()
    painter.translate(x, y)
    chip.paint(painter)
    painter.setWorldTransform(transform)


def draw_chip(painter: QPainter, look: CanvasStyle, chip: Chip, x: float, y: float) -> None:
    """Show `chip` in the style in use with its middle at (x, y), copied from where it was painted first."""
    shared_sprites(look).draw(painter, chip, chip.area(), chip.paint, x, y)
