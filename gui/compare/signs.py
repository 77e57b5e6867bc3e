"""The signs of differences: shapes on a disc, so that nobody needs colours to tell them apart."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPen, QPixmap, QPolygonF

from gui import theme as themes
from gui.canvas.style import NO_BRUSH, NO_PEN
from gui.compare.entries import Kind


def paint_sign(painter: QPainter, kind: Kind, middle: QPointF, radius: float) -> None:
    """Paint the sign of `kind`, a plus, a minus, a triangle or an arrow, on a disc around `middle`."""
    theme = themes.current()
    colour = theme.colour(kind.role)
    painter.setPen(QPen(theme.colour("canvas"), max(radius * 0.18, 0.8)))
    painter.setBrush(colour)
    painter.drawEllipse(middle, radius, radius)
    pen = QPen(theme.text_on(colour), max(radius * 0.28, 1.0))
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.setBrush(NO_BRUSH)
    x, y, arm = middle.x(), middle.y(), radius * 0.55
    if kind in (Kind.ADDED, Kind.REMOVED):
        painter.drawLine(QLineF(x - arm, y, x + arm, y))
    if kind is Kind.ADDED:
        painter.drawLine(QLineF(x, y - arm, x, y + arm))
    elif kind is Kind.CHANGED:
        painter.setPen(NO_PEN)
        painter.setBrush(theme.text_on(colour))
        top, foot = QPointF(x, y - arm), y + 0.7 * arm
        painter.drawPolygon(QPolygonF([top, QPointF(x + arm, foot), QPointF(x - arm, foot)]))
    elif kind is Kind.MOVED:
        painter.drawLine(QLineF(x - arm, y, x + arm, y))
        painter.drawPolyline([QPointF(x, y - arm), QPointF(x + arm, y), QPointF(x, y + arm)])


def sign_icon(kind: Kind) -> QIcon:
    """The sign as an icon, in the colours of the theme."""
    return QIcon(_SignEngine(kind))


class _SignEngine(QIconEngine):
    def __init__(self, kind: Kind) -> None:
        super().__init__()
        self._kind = kind

    def clone(self) -> QIconEngine:
        return _SignEngine(self._kind)

    def paint(self, painter: QPainter, rect: object, mode: QIcon.Mode, state: QIcon.State) -> None:
        area = QRectF(rect)  # type: ignore[call-overload]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_sign(painter, self._kind, area.center(), min(area.width(), area.height()) / 2 - 0.5)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, pixmap.rect(), mode, state)
        painter.end()
        return pixmap
