"""The bar above the canvas that says what the project is compared with, and leads from one difference to the next."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from gui import theme
from gui.parts import IconLabel, keep_height

_HEIGHT = 40


class CompareBar(QWidget):
    """“Compared with … — 3 added, 1 removed, 2 changed”, with buttons; hidden while nothing is compared."""

    previousRequested = Signal()
    """The difference before this one is wanted."""
    nextRequested = Signal()
    """The difference after this one is wanted."""
    listToggled = Signal(bool)
    """The list of differences is to be shown or hidden."""
    closeRequested = Signal()
    """Nothing is to be compared any more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self.setObjectName("compare_bar")
        keep_height(self, _HEIGHT)
        self.label = QLabel()
        """What is compared, and how much is different."""
        self.label.setObjectName("compare_label")
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.previous = _button("previous_difference", "arrow-up", "Previous difference")
        self.next = _button("next_difference", "arrow-down", "Next difference")
        self.list_button = _button("list_differences", "format-list-bulleted", "List of differences")
        self.list_button.setCheckable(True)
        self.list_button.setChecked(True)
        self.close_button = _button("stop_comparing", "close", "Stop comparing")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.PADDING, 0, theme.GAP, 1)
        row.setSpacing(theme.UNIT)
        row.addWidget(IconLabel("compare", "accent_text", 18))
        row.addSpacing(theme.UNIT)
        row.addWidget(self.label, 1)
        for button in (self.previous, self.next, self.list_button, self.close_button):
            row.addWidget(button)
        self.previous.clicked.connect(self.previousRequested)
        self.next.clicked.connect(self.nextRequested)
        self.list_button.toggled.connect(self.listToggled)
        self.close_button.clicked.connect(self.closeRequested)
        self.hide()

    def speak(self, text: str, *, can_step: bool) -> None:
        """Say `text`; `can_step` tells whether there is a difference that can be gone to."""
        self._text = text
        self.label.setToolTip(text)
        self.setAccessibleName(text)
        self.previous.setEnabled(can_step)
        self.next.setEnabled(can_step)
        self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say as much as there is room for."""
        super().resizeEvent(event)
        self._elide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground of the bar, and the line below it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.current().colour("panel"))
        painter.setPen(QPen(theme.current().colour("border"), 1))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)

    def _elide(self) -> None:
        width = max(self.label.width(), 1)
        self.label.setText(self.label.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideMiddle, width))


def _button(name: str, icon: str, text: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setIcon(theme.icon(icon))
    button.setToolTip(text)
    button.setAccessibleName(text)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
