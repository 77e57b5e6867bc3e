"""What an empty canvas says."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui import theme as themes
from gui.commands import shortcuts
from gui.icons import glyph, icon_font

_OF_NETWORK = "Drag a layer here, or open a template."
_OF_BLOCK = "Drag layers here, from a Block input to a Block output."
_ICON = 44
_TITLE, _ROW = 24, 28
_GAP, _BELOW = 12, 18


class EmptyHint(QWidget):
    """A hint in the middle of the view; it takes no clicks and does not scroll."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._parent = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._title = _OF_NETWORK
        self.setAccessibleName(self._title)
        shortcuts.current().changed.connect(self._on_keys)

    def sizeHint(self) -> QSize:
        """Room for the icon, the title and the keys."""
        keys, words = self._columns()
        title = QFontMetricsF(self._title_font()).horizontalAdvance(self._title)
        width = max(keys + _GAP + words, title) + 2 * _GAP
        above = themes.px(_ICON) + themes.px(_TITLE) + 2 * _BELOW
        return QSize(round(width), above + themes.px(_ROW) * len(_hints()) + 2 * _GAP)

    def speak_of(self, block: str) -> None:
        """Say what belongs into the empty block of this name; without a name, into an empty network."""
        self._title = _OF_BLOCK if block else _OF_NETWORK
        self.setAccessibleName(self._title)
        self.update()

    def centre(self) -> None:
        """Stand in the middle of the parent."""
        area, size = self._parent.rect(), self.sizeHint()
        size = size.boundedTo(area.size())
        self.resize(size)
        self.move((area.width() - size.width()) // 2, (area.height() - size.height()) // 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the hint."""
        theme = themes.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        centred = Qt.AlignmentFlag.AlignCenter
        y = float(_GAP)
        painter.setPen(theme.colour("disabled"))
        icon, line = themes.px(_ICON), themes.px(_TITLE)
        painter.setFont(icon_font(icon))
        painter.drawText(QRectF(0, y, self.width(), icon), centred, glyph("graph-outline"))
        y += icon + _BELOW
        painter.setPen(theme.colour("text"))
        painter.setFont(self._title_font())
        painter.drawText(QRectF(0, y, self.width(), line), centred, self._title)
        y += line + _BELOW
        self._paint_keys(painter, y)

    def _paint_keys(self, painter: QPainter, y: float) -> None:
        theme = themes.current()
        painter.setFont(self.font())
        metrics = QFontMetricsF(self.font())
        keys, words = self._columns()
        row = themes.px(_ROW)
        left = (self.width() - keys - _GAP - words) / 2
        for key, meaning in _hints():
            width = metrics.horizontalAdvance(key) + 14
            cap = QRectF(left + keys - width, y + 3, width, row - 6)
            painter.setPen(QPen(theme.colour("border"), 1.0))
            painter.setBrush(theme.colour("raised"))
            painter.drawRoundedRect(cap, 5, 5)
            painter.setPen(theme.colour("muted"))
            painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, key)
            baseline = y + row / 2 + (metrics.ascent() - metrics.descent()) / 2
            painter.drawText(QPointF(left + keys + _GAP, baseline), meaning)
            y += row

    def _on_keys(self) -> None:
        self.centre()
        self.update()

    def _columns(self) -> tuple[float, float]:
        metrics = QFontMetricsF(self.font())
        keys = max(metrics.horizontalAdvance(key) for key, _ in _hints()) + 14
        return keys, max(metrics.horizontalAdvance(meaning) for _, meaning in _hints())

    def _title_font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(themes.px(themes.TITLE_TEXT))
        font.setWeight(QFont.Weight.DemiBold)
        return font


def _hints() -> list[tuple[str, str]]:
    """What keys and the mouse do, with the keys of now; what has no keys is left out."""
    keys = shortcuts.current().text_on_canvas
    hints = (
        ("Space", "finds a layer and adds it: conv 64"),
        ("Double-click", "in the palette adds a layer after the selected one"),
        ("Wheel", "zooms to the pointer"),
        ("Space + drag", "moves the paper"),
        (keys("fit"), "fits the network into the window"),
        ("Tab", "goes to the next layer"),
        (keys("rename"), "renames it"),
    )
    return [hint for hint in hints if hint[0]]
