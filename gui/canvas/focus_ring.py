"""Shows that the keyboard is on the canvas while nothing is selected that would show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QWidget

from gui import theme
from gui.parts import FOCUS

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

_KEYS = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
_BACK = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
"""The keyboard was away for a moment only."""


class FocusRing(QWidget):
    """A frame along the border of a canvas; what is selected has a ring of its own."""

    def __init__(self, view: CanvasView) -> None:
        """The view owns it."""
        super().__init__(view)
        self._view = view
        self._is_by_keyboard = False
        self.setObjectName("canvas_focus")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        view.installEventFilter(self)
        view.workspace.selectionChanged.connect(self.refresh)
        view.canvas_scene.annotations.selectionChanged.connect(self.refresh)
        view.workspace.scopeChanged.connect(self.refresh)
        view.workspace.graphReplaced.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the frame where the keyboard would otherwise not be seen."""
        has_focus = self._view.hasFocus() and self._is_by_keyboard
        is_seen = self._view.workspace.selection or self._view.canvas_scene.annotations.selected
        self.setVisible(has_focus and not is_seen)
        if self.isVisible():
            self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the view."""
        if isinstance(event, QFocusEvent):
            if event.gotFocus() and event.reason() not in _BACK:
                self._is_by_keyboard = event.reason() in _KEYS
            self.refresh()
        elif event.type() == QEvent.Type.Resize and self.isVisible():
            self._fit()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame."""
        QPainter(self).fillRect(self.rect(), theme.current().colour("accent_text"))

    def _fit(self) -> None:
        self.setGeometry(self._view.rect())
        width = round(FOCUS)
        # Without the middle, what lies below it scrolls as fast as ever.
        self.setMask(QRegion(self.rect()) - QRegion(self.rect().adjusted(width, width, -width, -width)))
        self.raise_()
