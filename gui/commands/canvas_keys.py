"""The keys that are listened to while a canvas has the focus, and only then."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication

from gui.canvas.view import CanvasView
from gui.commands.shortcuts import Shortcuts
from gui.commands.spec import Context
from gui.commands.table import all_actions


class CanvasKeys(QObject):
    """Listens on some canvases for the keys of all actions.

    The actions of the window cannot listen themselves: a `QAction` has one context for all its keys, and Qt finds the
    keys of a widget while a menu is open over it, too, where letters choose what stands in the menu. So each has a
    second one on the canvases, which is off as long as they do not get the keys.
    """

    called = Signal(str)
    """The keys of the action of this id were pressed on a canvas."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._listeners = {spec.id: self._listener(spec.id) for spec in all_actions()}

    def attach(self, view: CanvasView) -> None:
        """Listen on one more canvas."""
        view.addActions(list(self._listeners.values()))
        view.installEventFilter(self)
        if view.hasFocus():
            self._listen(True)

    def follow(self, shortcuts: Shortcuts) -> None:
        """Listen to other keys."""
        for action, listener in self._listeners.items():
            listener.setShortcuts(list(shortcuts.keys_in(Context.CANVAS, action)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Listen between getting the focus and losing it, be it only to a menu."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._listen(event.type() == QEvent.Type.FocusIn)
        return super().eventFilter(watched, event)

    def _listen(self, is_on: bool) -> None:
        for listener in self._listeners.values():
            listener.setEnabled(is_on)

    def _listener(self, action: str) -> QAction:
        listener = QAction(self)
        listener.setObjectName(f"{action}OnCanvas")
        listener.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        listener.setEnabled(False)
        listener.triggered.connect(lambda _checked=False: self._call(action))
        return listener

    def _call(self, action: str) -> None:
        """While the mouse is at work on the canvas, keys would pull away what it holds."""
        view = QApplication.focusWidget()
        if isinstance(view, CanvasView) and not view.pointer.is_busy:
            self.called.emit(action)
