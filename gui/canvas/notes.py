"""Small texts that float over the canvas: why something cannot be wired, what is wrong with a node."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui import theme as themes

_WIDEST = 300
_PAD_X, _PAD_Y = 10, 7
_STRIPE = 3
_MARGIN = 4
"""Between it and the border of what it floats over."""
_LINGER_MS = 2_500
_FLAGS = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class Tone(Enum):
    """What kind of thing a note says, by the colour of its border."""

    REFUSAL = "error"
    HINT = "accent_text"


class FloatingNote(QWidget):
    """A sentence on a card of its own; it takes no clicks."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._text = ""
        self._tone = Tone.REFUSAL
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_LINGER_MS)
        self._timer.timeout.connect(self.hide)
        self.hide()

    @property
    def text(self) -> str:
        """What it says, whether or not it is visible."""
        return self._text

    def show_at(self, text: str, place: QPointF, tone: Tone = Tone.REFUSAL) -> None:
        """Say `text` below and right of `place`, in pixels of the view; on its other side where there is no room."""
        self._say(text, tone)
        area = self._around()
        x, y = place.x() + 16, place.y() + 16
        if x + self.width() > area.width() - _MARGIN:
            x = place.x() - 16 - self.width()
        if y + self.height() > area.height() - _MARGIN:
            y = place.y() - 16 - self.height()
        self._show(x, y)

    def show_beside(self, text: str, card: QRectF) -> None:
        """Say `text` beside `card`, in pixels of the view; below it where there is no room."""
        self._say(text, Tone.REFUSAL)
        area = self._around()
        x, y = card.right() + 14, card.center().y() - self.height() / 2
        if x + self.width() > area.width() - _MARGIN:
            x = card.left() - 14 - self.width()
        if x < _MARGIN:
            x, y = card.left(), card.bottom() + 12
        self._show(x, y)

    def linger(self) -> None:
        """Stay for as long as it takes to read, then go."""
        self._timer.start()

    def sizeHint(self) -> QSize:
        """Room for the whole text, no wider than what it floats over."""
        metrics, beside = QFontMetrics(self.font()), 2 * _PAD_X + _STRIPE + 2
        widest = min(_WIDEST, self._around().width() - beside - 2 * _MARGIN)
        text = metrics.boundingRect(0, 0, widest, 2_000, _FLAGS, self._text)
        return QSize(text.width() + beside, text.height() + 2 * _PAD_Y)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card and the text."""
        theme = themes.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(theme.colour(self._tone.value), 1.0))
        painter.setBrush(theme.colour("tooltip"))
        painter.drawRoundedRect(frame, themes.RADIUS, themes.RADIUS)
        painter.setPen(QColor(theme.text))
        painter.drawText(self.rect().adjusted(_PAD_X + _STRIPE - 2, 0, -_PAD_X + 2, 0), _FLAGS, self._text)

    def _around(self) -> QRect:
        parent = self.parentWidget()
        assert parent is not None
        return parent.rect()

    def _say(self, text: str, tone: Tone) -> None:
        self._timer.stop()
        if (text, tone) != (self._text, self._tone):
            self._text, self._tone = text, tone
            self.setAccessibleName(text)
            self.update()
        self.resize(self.sizeHint())

    def _show(self, x: float, y: float) -> None:
        area = self._around()
        x = min(max(x, _MARGIN), max(area.width() - self.width() - _MARGIN, _MARGIN))
        y = min(max(y, _MARGIN), max(area.height() - self.height() - _MARGIN, _MARGIN))
        self.move(round(x), round(y))
        self.show()
        self.raise_()
