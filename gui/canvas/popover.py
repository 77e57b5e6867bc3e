"""A small card over the canvas with one field that has the keys; leaving the field, or Esc, closes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QWidget

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

_MARGIN = 8
_ASIDE = 112
"""So far beside the pointer half a layer ends; a card that covers what is below the pointer would hide the layer."""
_STAYING = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
"""The focus comes back after a menu of the field, or another window."""


class Popover(QFrame):
    """Floats over one view."""

    dismissed = Signal()
    """It has been closed."""

    def __init__(self, view: CanvasView, field: QWidget) -> None:
        super().__init__(view)
        self.view = view
        self._field = field
        self.setProperty("surface", "card")
        self.send_focus(self)
        field.installEventFilter(self)
        self.hide()
        view.workspace.graphReplaced.connect(self.dismiss)
        view.workspace.scopeChanged.connect(self.dismiss)
        view.canvas_scene.contentChanged.connect(self._follow)

    def send_focus(self, widget: QWidget) -> None:
        """Let a click on `widget` leave the keys to the field."""
        widget.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        widget.setFocusProxy(self._field)

    def open_at(self, place: QPoint) -> None:
        """Show it where the pointer is, in pixels of the view, and give it the keys."""
        area = self.view.viewport().geometry()
        y = min(place.y(), area.bottom() - self.height() - _MARGIN)
        aside = _ASIDE if y < place.y() else 0
        x = min(place.x() + aside, area.right() - self.width() - _MARGIN)
        self.move(max(x, area.left() + _MARGIN), max(y, area.top() + _MARGIN))
        self.show()
        self.raise_()
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def dismiss(self) -> None:
        """Close it, and let the canvas have the keys again."""
        if self._field.hasFocus():
            # Before it is hidden: Qt would look for the next field, and the view for the next node.
            self.view.setFocus()
        self.hide()
        self.dismissed.emit()

    def is_outdated(self) -> bool:
        """Whether something that it is about is gone, by a click on “Undo” for example; then it closes."""
        return False

    def press(self, key: int) -> bool:
        """Do what a key means beside typing; False when it means nothing more."""
        return False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys that mean something here are no shortcuts of the window meanwhile."""
        if isinstance(event, QFocusEvent):
            if event.type() == QEvent.Type.FocusOut and event.reason() not in _STAYING:
                self.dismiss()
            return False
        if not isinstance(event, QKeyEvent):
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return False
        if event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
            return True
        return self.press(event.key())

    def _follow(self) -> None:
        if self.isVisible() and self.is_outdated():
            self.dismiss()
