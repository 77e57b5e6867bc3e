"""The frame around a plot: its title, what its colours mean, what lies under the pointer, and its switches."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.parts import ElidedLabel, IconLabel, keep_height, keep_least_height
from gui.tool_buttons import connect_once
from gui.training.fitting_label import FittingLabel
from gui.training.plot_view import PlotView

_HINT_ICON = 32
_NARROWEST, _LOWEST = 160, 120


class PlotPanel(QWidget):
    """A plot with a header, and a friendly sentence in its place as long as there is nothing to show."""

    def __init__(self, title: str, icon: str, hint: str, view: PlotView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = view
        view.setAccessibleName(title)
        view.setAccessibleDescription(hint)
        self._redraw_on_show = False
        self.title_label = ElidedLabel(title, parent=self)
        self.title_label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.title_label.setToolTip(title)
        self.title_label.setProperty("role", "section")
        # As high as the switches beside it, so that titles are level whether or not there are some.
        keep_height(self.title_label, 22)
        self.keys = ColourKeys(self)
        self.readout = FittingLabel("readout", "muted", self, between="   ")
        self._beside_title = QStackedWidget(self)
        self._beside_title.addWidget(self.keys)
        self._beside_title.addWidget(self.readout)
        keep_height(self._beside_title, 20)
        self.header = QHBoxLayout()
        self.header.setSpacing(theme.GAP)
        self.header.setContentsMargins(theme.UNIT, 0, 0, 0)
        self.header.addWidget(self.title_label)
        self.header.addWidget(self._beside_title, 1)
        self.hint = _Hint(icon, hint, self)
        self.body = QWidget(self)
        self.body_layout = QHBoxLayout(self.body)
        self.body_layout.setContentsMargins(0, 0, 0, 0)
        self.body_layout.setSpacing(theme.GAP)
        self.body_layout.addWidget(view, 1)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.hint)
        self._pages.addWidget(self.body)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self.header)
        column.addWidget(self._pages, 1)
        self.setMinimumWidth(_NARROWEST)
        keep_least_height(self, _LOWEST)
        self.follow_action = self._follow_action()
        self.add_switch(self.follow_action).setVisible(False)
        view.followChanged.connect(self._show_follow_button)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._open_menu)
        view.unpointed.connect(self.clear_readout)
        view.viewChanged.connect(self.redraw)
        theme.theme_hub.themeChanged.connect(self._resize_readout)
        self._resize_readout()

    @property
    def empty(self) -> bool:
        """Whether the hint stands in place of the plot."""
        return self._pages.currentWidget() is self.hint

    def set_empty(self, empty: bool) -> None:
        """Show the hint, or the plot."""
        self._pages.setCurrentWidget(self.hint if empty else self.body)
        self._beside_title.setVisible(not empty)
        for button in self.findChildren(QToolButton):
            if button.defaultAction() is not self.follow_action:
                button.setVisible(not empty)

    def add_switch(self, action: QAction) -> QToolButton:
        """Put an action into the header and into the context menu."""
        self.addAction(action)
        button = QToolButton(self)
        button.setDefaultAction(action)
        connect_once(button)
        button.setProperty("variant", "compact")
        keep_height(button, 22)
        if action.icon().isNull():
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            button.setText(action.iconText())
        button.setAccessibleName(action.text())
        self.header.addWidget(button)
        return button

    def redraw(self) -> None:
        """Draw what is shown from the data: for subclasses."""

    def refresh(self) -> None:
        """Draw now if the panel can be seen, else as soon as it can."""
        if self.isVisible():
            self.redraw()
        else:
            self._redraw_on_show = True

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what has come in meanwhile."""
        super().showEvent(event)
        if self._redraw_on_show:
            self._redraw_on_show = False
            self.redraw()

    def say(self, *parts: str) -> None:
        """Show what lies under the pointer, the more important parts first."""
        self.readout.set_parts(list(parts))
        self._beside_title.setCurrentWidget(self.readout)

    def clear_readout(self) -> None:
        """Show what the colours mean again."""
        self.readout.set_parts([])
        self._beside_title.setCurrentWidget(self.keys)

    def _resize_readout(self) -> None:
        small = self.readout.font()
        small.setPixelSize(theme.px(theme.SMALL_TEXT))
        self.readout.setFont(small)

    def _follow_action(self) -> QAction:
        action = QAction(theme.icon("fit-to-page-outline", "accent_text"), "Follow the run", self)
        action.setToolTip("Show the whole run again and follow it (double-click in the plot)")
        action.triggered.connect(lambda: self.view.set_following(True))
        return action

    def _show_follow_button(self, following: bool) -> None:
        for button in self.findChildren(QToolButton):
            if button.defaultAction() is self.follow_action:
                button.setVisible(not following)
        self.follow_action.setEnabled(not following)

    def _open_menu(self, position: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(self.actions())
        menu.popup(self.view.mapToGlobal(position))


class _Hint(QWidget):
    """A quiet picture with a sentence below it."""

    def __init__(self, icon: str, sentence: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = IconLabel(icon, "disabled", _HINT_ICON, self)
        self._words = QLabel(sentence, self)
        self._words.setProperty("role", "caption")
        self._words.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._words.setWordWrap(True)
        row = QHBoxLayout()
        row.addWidget(self._words)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, theme.GAP)
        column.setSpacing(theme.UNIT)
        column.addStretch(1)
        column.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addLayout(row)
        column.addStretch(1)
        theme.theme_hub.themeChanged.connect(self._restyle)
        self._restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what there is room for."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where there is little room, the words matter more than the picture; cut off they would say nothing."""
        width = min(self.width() - 2 * theme.GAP, self._words.maximumWidth())
        words = self._words.heightForWidth(width) + 2 * theme.GAP
        has_words = self.height() >= words
        self._words.setVisible(has_words)
        self._picture.setVisible(not has_words or self.height() >= words + theme.px(_HINT_ICON) + theme.LARGE_GAP)
        self.setToolTip("" if has_words else self._words.text())

    def _restyle(self) -> None:
        self._words.setMaximumWidth(theme.px(320))
        self._fit()


class ColourKeys(QWidget):
    """What the colours of a plot mean: short strokes with words behind them, as many as fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys: list[tuple[QColor, str]] = []
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def set_keys(self, keys: list[tuple[QColor, str]]) -> None:
        """Show other colours and words."""
        if keys != self._keys:
            self._keys = keys
            self.setAccessibleName(", ".join(words for _, words in keys))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the keys from left to right."""
        painter = QPainter(self)
        font = painter.font()
        font.setPixelSize(theme.px(theme.SMALL_TEXT))
        painter.setFont(font)
        middle = self.height() / 2
        left = float(theme.UNIT)
        for colour, words in self._keys:
            width = painter.fontMetrics().horizontalAdvance(words)
            if left + 16 + width > self.width():
                break
            painter.fillRect(round(left), round(middle) - 1, 10, 2, colour)
            painter.setPen(theme.current().colour("muted"))
            painter.drawText(round(left) + 15, 0, width + 2, self.height(), Qt.AlignmentFlag.AlignVCenter, words)
            left += 15 + width + theme.PADDING
        painter.end()
