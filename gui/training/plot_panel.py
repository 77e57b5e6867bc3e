"""A plot in its frame: what its colours mean, what lies under the pointer, and its switches."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QStackedWidget, QToolButton, QWidget

from gui import theme
from gui.parts import keep_height
from gui.tool_buttons import connect_once
from gui.training.fitting_label import FittingLabel
from gui.training.plot_frame import PlotFrame, Subject
from gui.training.plot_view import PlotView


class PlotPanel(PlotFrame):
    """A plot with a header; its frame's hint stands in its place as long as there is nothing to show."""

    def __init__(self, subject: Subject, view: PlotView, parent: QWidget | None = None) -> None:
        super().__init__(subject, parent)
        self.view = view
        view.setAccessibleName(subject.title)
        view.setAccessibleDescription(subject.hint)
        self._redraw_on_show = False
        self.keys = ColourKeys(self)
        self.readout = FittingLabel("readout", "muted", self, between="   ")
        self._beside_title = QStackedWidget(self)
        self._beside_title.addWidget(self.keys)
        self._beside_title.addWidget(self.readout)
        keep_height(self._beside_title, 20)
        self.header.addWidget(self._beside_title, 1)
        self.body = QWidget(self)
        self.body_layout = QHBoxLayout(self.body)
        self.body_layout.setContentsMargins(0, 0, 0, 0)
        self.body_layout.setSpacing(theme.GAP)
        self.body_layout.addWidget(view, 1)
        self.pages.addWidget(self.body)
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
        return self.pages.currentWidget() is self.hint

    def set_empty(self, empty: bool) -> None:
        """Show the hint, or the plot."""
        self.pages.setCurrentWidget(self.hint if empty else self.body)
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
