"""A small plot of an activation function and its slope."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme

if TYPE_CHECKING:
    from engine.analysis.curves import Samples

REACH = 4.0
"""The plot runs from −REACH to REACH."""
XS = np.linspace(-REACH, REACH, 161)
"""Where the function is sampled, shape `[161]`."""
_MOST = 16.0
"""How far up and down a plot reaches at most: what an activation does near 0 matters, not where x³ ends."""
_HUGE = 1e12
"""Larger numbers are drawn like this one, so that the plot can compute with them."""


class CurvePlot(QWidget):
    """Draws y and dy/dx over x; under the pointer it reads both out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ys: Samples = np.zeros_like(XS)
        self._slopes: Samples = np.zeros_like(XS)
        self._family = ""
        self._pointer: float | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_samples(self, ys: Samples, slopes: Samples, family: str) -> None:
        """Show values and slopes at `XS`, both of shape `[161]`, the values in the colour of `family`."""
        self._ys, self._slopes, self._family = ys, slopes, family
        known, steepness = ys[np.isfinite(ys)], slopes[np.isfinite(slopes)]
        self.setAccessibleName(
            f"Curve from {known.min():g} to {known.max():g}, slope up to {steepness.max():g}"
            if known.size and steepness.size
            else "The function has no values here"
        )
        self.update()

    def sizeHint(self) -> QSize:
        """Wide and low."""
        return QSize(240, theme.px(168))

    def reading(self) -> tuple[float, float, float] | None:
        """x, value and slope under the pointer; None while it is elsewhere."""
        if self._pointer is None:
            return None
        area = self._area()
        share = min(max((self._pointer - area.left()) / area.width(), 0.0), 1.0)
        index = round(share * (len(XS) - 1))
        return float(XS[index]), float(self._ys[index]), float(self._slopes[index])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read out what is under the pointer."""
        self._pointer = event.position().x()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Stop reading out."""
        self._pointer = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint grid, axes, both curves and the legend."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(theme.px(theme.SMALL_TEXT))
        painter.setFont(font)
        self._paint_grid(painter)
        colours = theme.current()
        area = self._area()
        painter.save()
        painter.setClipRect(area.adjusted(-1, -2, 1, 2))
        slope_pen = QPen(colours.colour("validation"), 1.5, Qt.PenStyle.DashLine)
        for values, pen in (
            (self._slopes, slope_pen),
            (self._ys, QPen(colours.family_colour(self._family), 2.0)),
        ):
            painter.setPen(pen)
            for line in self._polylines(values):
                painter.drawPolyline(line)
        painter.restore()
        self._paint_legend(painter, slope_pen)

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(theme.px(30), theme.px(26), -8, -theme.px(20))

    def _span(self) -> tuple[float, float]:
        """The lowest and the highest number that the plot shows."""
        both = np.concatenate([self._ys, self._slopes])
        both = np.clip(both[np.isfinite(both)], -_HUGE, _HUGE)
        near = both[np.abs(both) <= _MOST]
        if 2 * near.size >= both.size:
            both = near
        low = min(float(both.min(initial=0.0)), 0.0)
        high = max(float(both.max(initial=1.0)), 1.0)
        margin = 0.06 * (high - low)
        return low - margin, high + margin

    def _place(self, x: float, y: float) -> QPointF:
        area = self._area()
        low, high = self._span()
        across, up = (x + REACH) / (2 * REACH), (y - low) / (high - low)
        return QPointF(area.left() + across * area.width(), area.bottom() - up * area.height())

    def _polylines(self, values: Samples) -> list[QPolygonF]:
        """The curve through `values`, broken where there are none and where it has long left the plot."""
        low, high = self._span()
        reach = high - low
        drawn = np.isfinite(values) & (values > low - reach) & (values < high + reach)
        ends = np.flatnonzero(np.diff(drawn, prepend=False, append=False))
        return [
            QPolygonF([self._place(float(x), float(y)) for x, y in zip(XS[start:end], values[start:end], strict=True)])
            for start, end in zip(ends[::2], ends[1::2], strict=True)
        ]

    def _paint_grid(self, painter: QPainter) -> None:
        colours = theme.current()
        area = self._area()
        low, high = self._span()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.colour("canvas"))
        painter.drawRoundedRect(area.adjusted(-4, -4, 4, 4), theme.RADIUS, theme.RADIUS)
        step = next(size for size in _STEPS if (high - low) / size <= 6)
        for x in (-4, -2, 0, 2, 4):
            top, bottom = self._place(x, high), self._place(x, low)
            painter.setPen(QPen(colours.colour("strong_border" if x == 0 else "grid"), 1))
            painter.drawLine(top, bottom)
            painter.setPen(colours.colour("muted"))
            below = QRectF(bottom.x() - 20, area.bottom() + 5, 40, theme.px(14))
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, _signed(x))
        for y in np.arange(np.ceil(low / step) * step, high, step):
            left, right = self._place(-REACH, float(y)), self._place(REACH, float(y))
            painter.setPen(QPen(colours.colour("strong_border" if y == 0 else "grid"), 1))
            painter.drawLine(left, right)
            painter.setPen(colours.colour("muted"))
            where = QRectF(0, left.y() - theme.px(7), area.left() - 8, theme.px(14))
            painter.drawText(where, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, _signed(float(y)))

    def _paint_legend(self, painter: QPainter, slope_pen: QPen) -> None:
        colours = theme.current()
        reading = self.reading()
        texts = ("y", "slope dy/dx")
        if reading is not None:
            x, y, slope = reading
            at = self._place(x, 0.0)
            painter.setPen(QPen(colours.colour("muted"), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(at.x(), self._area().top()), QPointF(at.x(), self._area().bottom()))
            painter.setPen(Qt.PenStyle.NoPen)
            low, high = self._span()
            for number, colour in ((slope, colours.colour("validation")), (y, colours.family_colour(self._family))):
                if low <= number <= high:
                    painter.setBrush(colour)
                    painter.drawEllipse(self._place(x, number), 3.5, 3.5)
            texts = (f"y({_signed(round(x, 2))}) = {_signed(round(y, 3))}", f"slope {_signed(round(slope, 3))}")
        left = self._area().left() - 4
        for text, pen in zip(texts, (QPen(colours.family_colour(self._family), 2.0), slope_pen), strict=True):
            painter.setPen(pen)
            painter.drawLine(QPointF(left, theme.px(9)), QPointF(left + 16, theme.px(9)))
            painter.setPen(QColor(colours.text))
            painter.drawText(QPointF(left + 22, theme.px(13)), text)
            left += 22 + painter.fontMetrics().horizontalAdvance(text) + 16


_STEPS = [digit * 10.0**power for power in range(-1, 308) for digit in (1, 2, 5)][2:]
"""Distances between grid lines: 0.5, 1, 2, 5, 10, …"""


def _signed(number: float) -> str:
    """`number` with a real minus sign."""
    if np.isnan(number):
        return "none"
    return f"{number + 0.0:g}".replace("-", "−").replace("inf", "∞")
