"""Many layers at once: a picture with a row for each layer, a column for each moment, and colour for the value."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QGraphicsRectItem, QSizePolicy, QWidget

from gui import theme
from gui.training import wording
from gui.training.axes import X_ROOM
from gui.training.curves import decades, thin_pen
from gui.training.frame import Range
from gui.training.pyramid import Extremes

_UNKNOWN = 0
"""The palette's entry for what was not measured: transparent."""


@lru_cache(maxsize=1)
def palette() -> npt.NDArray[np.uint8]:
    """Return 256 colours (RGBA) from viridis, which is even in lightness; entry 0 is transparent."""
    colours = pg.colormap.get("viridis").getLookupTable(0.0, 1.0, 256, alpha=True).astype(np.uint8)
    colours[_UNKNOWN] = 0
    return np.ascontiguousarray(colours)


def levels(found: Extremes, shown: Range) -> npt.NDArray[np.uint8]:
    """Return the palette's entry for each bucket and curve, shape (buckets, curves).

    Args:
        found: the values.
        shown: log10 of the values of the first and of the last colour.
    """
    # The middle between least and greatest on the logarithmic scale: what the eye takes a busy line for.
    middle = (decades(found.low.astype(np.float64)) + decades(found.high.astype(np.float64))) / 2
    place = (middle - shown[0]) / max(shown[1] - shown[0], 1e-9)
    entries = 1 + np.clip(np.nan_to_num(place, nan=0.0), 0, 1) * 254
    return np.where(np.isfinite(middle), np.rint(entries), _UNKNOWN).astype(np.uint8)


class HeatMap:
    """The picture, as an item of a plot whose y axis counts layers from the top."""

    def __init__(self) -> None:
        self.item = pg.ImageItem(axisOrder="col-major")
        self.item.setVisible(False)
        self.mark = QGraphicsRectItem()
        self.mark.setZValue(60)
        self.mark.setVisible(False)

    def mark_row(self, row: int | None, end: float) -> None:
        """Frame a row from the first step to `end`; None frames nothing."""
        self.mark.setVisible(row is not None and self.item.isVisible())
        if row is not None:
            self.mark.setRect(QRectF(0.5, row, end, 1))
            self.mark.setPen(thin_pen(theme.current().colour("text")))

    def draw(self, found: Extremes, shown: Range) -> None:
        """Show other values."""
        if not len(found.low):
            self.item.clear()
            return
        self.item.setImage(levels(found, shown), autoLevels=False, levels=(0, 255), lut=palette())
        left, width = float(found.edges[0]), float(found.edges[-1] - found.edges[0])
        self.item.setRect(QRectF(left + 0.5, 0, width, found.low.shape[1]))


class ColourBar(QWidget):
    """Says which colour stands for which value."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Range = (-3.0, 0.0)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    @property
    def shown(self) -> Range:
        """log10 of the values of the first and of the last colour."""
        return self._shown

    def set_range(self, shown: Range) -> None:
        """Stand for other values: log10 of the least and of the greatest."""
        if shown != self._shown:
            self._shown = shown
            least, greatest = (wording.measure(10**end) for end in shown)
            self.setAccessibleName(f"Colours from {least} (dark) to {greatest} (bright)")
            self.update()

    def sizeHint(self) -> QSize:
        """Room for the strip and its numbers."""
        return QSize(theme.px(48), 80)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the strip and a mark for each power of ten."""
        painter = QPainter(self)
        colours = np.ascontiguousarray(palette()[:0:-1, None])
        image = QImage(colours.tobytes(), 1, len(colours), 4, QImage.Format.Format_RGBA8888)
        # As high as the data area beside it, between the x axis and a margin of 6 px above.
        strip = QRectF(0, 6, 8, max(1, self.height() - 6 - theme.px(X_ROOM)))
        painter.drawImage(strip, image)
        font = painter.font()
        font.setPixelSize(theme.px(theme.SMALL_TEXT))
        painter.setFont(font)
        painter.setPen(theme.current().colour("muted"))
        low, high = self._shown
        line = theme.px(16)
        stride = max(1, math.ceil((high - low) * (line + 2) / strip.height()))
        for exponent in range(math.ceil(low), math.floor(high) + 1):
            if exponent % stride == 0:
                y = strip.bottom() - (exponent - low) / max(high - low, 1e-9) * strip.height()
                box = QRectF(12, min(max(y - line / 2, 0.0), self.height() - line), self.width() - 8, line)
                painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, wording.power(exponent))
        painter.end()
