"""Lines in a plot, set from arrays once for each refresh."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

_MOST_DOTS = 150
"""More dots than these would cover the line that joins them."""
LOWEST = 1e-30
"""What stands in for zero where a logarithm is drawn."""


def thin_pen(colour: QColor, width: int = 1) -> QPen:
    """Return a pen whose width is in pixels, whatever the scale of the plot."""
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    return pen


class Line:
    """One line, 1 px wide, whose cost does not grow with what it stands for: it gets only what fits the pixels."""

    def __init__(self, z: float = 0.0) -> None:
        self.item = pg.PlotCurveItem(skipFiniteCheck=True, connect="all")
        self.item.setZValue(z)
        self._style: tuple[str, int, bool] | None = None

    def draw(self, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> None:
        """Show other points; those that are not finite are bridged."""
        known = np.isfinite(y)
        if not known.all():
            x, y = x[known], y[known]
        self.item.setData(x, y, antialias=self._style is not None and self._style[2])

    def style(self, colour: QColor, *, width: int = 1, fine: bool = False) -> None:
        """Set colour and width; `fine` smooths the edges, which only pictures that rest can afford."""
        wanted = (colour.name(QColor.NameFormat.HexArgb), width, fine)
        if wanted == self._style:
            return
        self._style = wanted
        self.item.setPen(thin_pen(colour, width))
        self.item.opts["antialias"] = fine

    def clear(self) -> None:
        """Show nothing."""
        self.item.setData(np.empty(0), np.empty(0))


class LineBundle(pg.GraphicsObject):  # type: ignore[misc]
    """Many lines of 1 px in one item: an item each would cost more than the lines themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.setFlag(self.GraphicsItemFlag.ItemUsesExtendedStyleOption, False)
        self._paths: list[QPainterPath] = []
        self._pens: list[QPen | None] = []
        self._order: list[int] = []
        self.fine = False
        """Whether edges are smoothed, which only pictures that rest can afford."""

    def set_pens(self, pens: Sequence[QPen | None], order: Sequence[int]) -> None:
        """Set how each line is drawn (None: not at all) and in which order, the last on top."""
        self._pens, self._order = list(pens), list(order)
        self._paths = [QPainterPath() for _ in pens] if len(self._paths) != len(pens) else self._paths
        self.update()

    def draw(self, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> None:
        """Show other points; those that are not finite are bridged.

        Args:
            x: shape (points,).
            y: shape (lines, points).
        """
        known = np.isfinite(y)
        whole = bool(known.all())
        for i, pen in enumerate(self._pens):
            if pen is None:
                continue
            these = slice(None) if whole else known[i]
            self._paths[i] = pg.arrayToQPath(x[these], y[i][these], connect="all", finiteCheck=False)
        self.update()

    def boundingRect(self) -> QRectF:
        """Return all that is visible: the lines are cut to it anyway."""
        return QRectF(self.viewRect())

    def viewRangeChanged(self) -> None:
        """Follow the visible range."""
        self.prepareGeometryChange()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the lines one over the other."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self.fine)
        for i in self._order:
            pen = self._pens[i]
            if pen is not None:
                painter.setPen(pen)
                painter.drawPath(self._paths[i])


class DotsAndLine(pg.GraphicsObject):  # type: ignore[misc]
    """A few points, drawn as dots that a line joins."""

    def __init__(self, *, joined: bool = True) -> None:
        super().__init__()
        self.setFlag(self.GraphicsItemFlag.ItemUsesExtendedStyleOption, False)
        self._joined = joined
        self._points: list[QPointF] = []
        self._colour, self._rim = QColor(), QColor()

    def draw(self, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> None:
        """Show other points; those that are not finite are left out."""
        points = [QPointF(one, other) for one, other in zip(x.tolist(), y.tolist(), strict=True) if isfinite(other)]
        if points != self._points:
            self._points = points
            self.update()

    def style(self, colour: QColor, rim: QColor) -> None:
        """Set the colour of dots and line, and that of the rim around each dot."""
        self._colour, self._rim = QColor(colour), QColor(rim)
        self.update()

    def boundingRect(self) -> QRectF:
        """Return all that is visible: what is drawn is cut to it anyway."""
        return QRectF(self.viewRect())

    def viewRangeChanged(self) -> None:
        """Follow the visible range."""
        self.prepareGeometryChange()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint in pixels, so that dots stay round."""
        transform = painter.transform()
        places = [transform.map(point) for point in self._points]
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._joined and len(places) > 1:
            painter.setPen(QPen(self._colour, 1))
            painter.drawPolyline(places)
        if len(places) <= _MOST_DOTS:
            painter.setPen(QPen(self._rim, 1))
            painter.setBrush(self._colour)
            for place in places:
                painter.drawEllipse(place, 3.5, 3.5)
        painter.restore()


def decades(values: npt.NDArray[np.float64], lowest: float = LOWEST) -> npt.NDArray[np.float64]:
    """Return log10 of `values`; what is not above zero counts as `lowest`, and NaN stays NaN."""
    return np.log10(np.maximum(values, lowest))


def blend(first: QColor, second: QColor, share: float) -> QColor:
    """Return `share` of `first` mixed with the rest of `second`: cheaper to draw than transparency."""

    def mixed(one: int, other: int) -> int:
        return round(share * one + (1 - share) * other)

    return QColor(
        mixed(first.red(), second.red()), mixed(first.green(), second.green()), mixed(first.blue(), second.blue())
    )
