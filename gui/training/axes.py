"""Axes with few, quiet marks and numbers that a person would write."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui import theme
from gui.training import wording

_GRID = 200
"""Opacity of the grid, 0 to 255; its colour is faint in itself."""
X_ROOM = 20
"""How high the axis below a plot is at a text scale of 100 %, in logical pixels."""


class PlotAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis in the colours of the theme.

    Its kind says how numbers are written: “value”, “log” (the axis holds log10 of the values), “step”, “percent”,
    “names” (one name for each unit).
    """

    def __init__(self, orientation: str, kind: str) -> None:
        super().__init__(orientation)
        self.kind = kind
        self.names: Sequence[str] = ()
        self.room = 48
        """How wide an upright axis is at a text scale of 100 %."""
        self.enableAutoSIPrefix(False)
        self.setStyle(tickLength=0, tickTextOffset=6, tickAlpha=_GRID, autoExpandTextSpace=False, maxTextLevel=0)
        self.setGrid(255)
        self.restyle()

    def restyle(self) -> None:
        """Take the colours and the font size of the current theme."""
        colours = theme.current()
        font = QFont()
        font.setPixelSize(theme.px(theme.SMALL_TEXT))
        self.setTickFont(font)
        if self.orientation == "left":
            self.set_room(self.room)
        else:
            self.setHeight(theme.px(X_ROOM))
        self.setPen(colours.colour("border"))
        self.setTickPen(colours.colour("grid"))
        self.setTextPen(colours.colour("muted"))

    def set_room(self, room: int) -> None:
        """Be so wide at a text scale of 100 %, and wider when texts are larger."""
        self.room = room
        self.setWidth(theme.px(room))

    def set_kind(self, kind: str, names: Sequence[str] = ()) -> None:
        """Write the numbers in another way."""
        if (kind, tuple(names)) != (self.kind, tuple(self.names)):
            self.kind, self.names = kind, tuple(names)
            self.setGrid(0 if kind == "names" else 255)

    def boundingRect(self) -> QRectF:
        """Return the area that is painted: numbers at the ends reach a little beyond the axis."""
        return QRectF(super().boundingRect()).adjusted(-16, -8, 16, 8)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint nothing: the view keeps the axes in its background, for they change far less often than the data."""

    def paint_into(self, painter: QPainter) -> None:
        """Paint marks, grid and numbers on the scene."""
        painter.save()
        painter.setTransform(self.sceneTransform(), True)
        specs = self.generateDrawSpecs(painter)
        if specs:
            self.drawPicture(painter, *specs)
        painter.restore()

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Return the marks as pyqtgraph wants them: (distance, places)."""
        low, high = min(low, high), max(low, high)
        if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
            return []
        room = theme.px(64 if self.orientation == "bottom" else 30)
        wanted = max(2.0, size / room)
        step = (high - low) / wanted
        if self.kind == "names":
            return [(1.0, self._named_places(low, high, size))]
        whole = self.kind in ("log", "step")
        distance = max(1.0, float(math.ceil(step))) if self.kind == "log" else nice_distance(step, whole=whole)
        if self.kind == "log" and high - low < 1:
            return [(0.0, log_places(low, high))]
        first = math.ceil(low / distance - 1e-9)
        return [(distance, [i * distance for i in range(first, math.floor(high / distance + 1e-9) + 1)])]

    def _named_places(self, low: float, high: float, size: float) -> list[float]:
        stride = max(1, math.ceil(theme.px(14) * (high - low) / size))
        return [i + 0.5 for i in range(len(self.names)) if i % stride == 0 and low <= i + 0.5 <= high]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """Return what stands at each mark."""
        if self.kind == "step":
            return [wording.short_count(value) for value in values]
        if self.kind == "percent":
            digits = max(0, -math.floor(math.log10(spacing * 100) + 1e-9)) if spacing else 0
            return [f"{100 * value:.{digits}f} %" for value in values]
        if self.kind == "names":
            return [_shortened(self.names[int(value)]) for value in values]
        if self.kind == "log":
            if spacing:
                return [wording.power(round(value)) for value in values]
            return [wording.measure(float(f"{10**value:.3g}")) for value in values]
        digits = max(0, -math.floor(math.log10(spacing) + 1e-9)) if spacing else 0
        if digits > 4 or any(abs(value) >= 1e5 for value in values):
            return [wording.measure(value) for value in values]
        return [f"{value:.{digits}f}".replace("-", "−") for value in values]


def nice_distance(smallest: float, *, whole: bool = False) -> float:
    """Return 1, 2 or 5 times a power of ten, the least that is not below `smallest`; a whole number if asked."""
    magnitude = 10.0 ** math.floor(math.log10(smallest))
    distance = next(nice * magnitude for nice in (1, 2, 5, 10) if nice * magnitude >= smallest * (1 - 1e-9))
    return max(1.0, distance) if whole else distance


def log_places(low: float, high: float) -> list[float]:
    """Return log10 of two to five round values between 10**low and 10**high, which are less than a decade apart."""
    least, greatest = 10**low, 10**high
    distance = nice_distance((greatest - least) / 4)
    first = math.ceil(least / distance - 1e-9)
    values = [i * distance for i in range(first, math.floor(greatest / distance + 1e-9) + 1)]
    return [math.log10(value) for value in values if value > 0]


def _shortened(name: str, longest: int = 9) -> str:
    return name if len(name) <= longest else f"{name[: longest - 1]}…"
