"""A sheet of glass over a part of the window that says what happens to what is dropped there."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui import theme as themes
from gui.icons import glyph, icon_font

_INSET = 8.0
_ICON = 32
_PAD = 20
_WIDEST = 520
_VEIL = 0.12
_FLAGS = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop


class DropHint(QWidget):
    """Lies over what would take something, or refuses it; it takes no clicks."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("dropHint")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._title = ""
        self._lines: tuple[str, ...] = ()
        self._is_welcome = True
        self.hide()

    @property
    def text(self) -> str:
        """What it says, whether or not it is visible."""
        return "\n".join(filter(None, (self._title, *self._lines)))

    @property
    def lines(self) -> tuple[str, ...]:
        """The smaller ones of its lines."""
        return self._lines

    @property
    def is_welcome(self) -> bool:
        """Whether what is dragged may be dropped."""
        return self._is_welcome

    def show_over(self, area: QRect, title: str, lines: Sequence[str] = (), *, is_welcome: bool = True) -> None:
        """Lie over `area` of the window and say `title` and, smaller, `lines`."""
        if (title, tuple(lines), is_welcome) != (self._title, self._lines, self._is_welcome):
            self._title, self._lines, self._is_welcome = title, tuple(lines), is_welcome
            self.setAccessibleName(self.text)
            self.update()
        self.setGeometry(area)
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the glass, its border and the card with the words."""
        theme = themes.current()
        colour = theme.colour("accent_text" if self._is_welcome else "error")
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(colour)
        veil.setAlphaF(_VEIL)
        painter.fillRect(self.rect(), veil)
        painter.setPen(QPen(colour, 2.0, Qt.PenStyle.DashLine))
        border = QRectF(self.rect()).adjusted(_INSET, _INSET, -_INSET, -_INSET)
        painter.drawRoundedRect(border, themes.RADIUS, themes.RADIUS)
        self._paint_card(painter, colour)

    def _paint_card(self, painter: QPainter, colour: QColor) -> None:
        theme = themes.current()
        width = min(_WIDEST, self.width() - 4 * _PAD)
        inner = QRect(0, 0, width - 2 * _PAD, self.height())
        title_font, line_font = self._fonts()
        texts = [(self._title, title_font, "text"), *((line, line_font, "muted") for line in self._lines)]
        heights = [QFontMetrics(font).boundingRect(inner, _FLAGS, text).height() for text, font, _ in texts]
        height = 2 * _PAD + _ICON + sum(themes.GAP + part for part in heights)
        card = QRect(0, 0, width, height)
        card.moveCenter(self.rect().center())
        painter.setPen(QPen(colour, 1.0))
        painter.setBrush(theme.colour("tooltip"))
        painter.drawRoundedRect(QRectF(card), 2 * themes.RADIUS, 2 * themes.RADIUS)
        painter.setPen(colour)
        painter.setFont(icon_font(_ICON))
        top = card.top() + _PAD
        sign = glyph("tray-arrow-down" if self._is_welcome else "cancel")
        painter.drawText(QRect(card.left(), top, width, _ICON), Qt.AlignmentFlag.AlignCenter, sign)
        top += _ICON + themes.GAP
        for (text, font, role), part in zip(texts, heights, strict=True):
            painter.setFont(font)
            painter.setPen(theme.colour(role))
            painter.drawText(QRect(card.left() + _PAD, top, inner.width(), part), _FLAGS, text)
            top += part + themes.GAP

    def _fonts(self) -> tuple[QFont, QFont]:
        title, line = QFont(self.font()), QFont(self.font())
        title.setPixelSize(themes.px(themes.TITLE_TEXT))
        title.setWeight(QFont.Weight.DemiBold)
        line.setPixelSize(themes.px(themes.BASE_TEXT))
        return title, line
