"""Panels that share a place behind tabs: the one in front can be seen and reached, those behind it cannot."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow

from gui import focus


class PanelTabs(QObject):
    """Knows which panels of a window are behind others.

    Qt only moves a panel that is behind another tab off the window, where Tab and screen readers would still find what
    is in it; and to its switch in the menu such a panel is open, so that the switch would close what nobody sees.
    From a panel that floats, which is a window of its own, it lets Esc lead back as from the others.
    """

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._behind: set[QDockWidget] = set()

    def adopt(self, dock: QDockWidget) -> None:
        """Look after a panel that has its contents."""
        contents = dock.widget()
        policy = contents.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        contents.setSizePolicy(policy)
        dock.visibilityChanged.connect(lambda is_seen: self._on_seen(dock, is_seen))
        dock.topLevelChanged.connect(lambda: self._on_moved(dock))
        dock.toggleViewAction().triggered.connect(lambda: self._on_switch(dock))
        dock.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc, where it means nothing in a panel that floats, is for the window."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.key() != Qt.Key.Key_Escape or not isinstance(watched, QDockWidget) or not watched.isFloating():
            return False
        self._window.activateWindow()
        QCoreApplication.sendEvent(self._window, event)
        return True

    def _on_seen(self, dock: QDockWidget, is_seen: bool) -> None:
        dock.widget().setVisible(is_seen)
        if is_seen:
            self._behind.discard(dock)
        elif not dock.isHidden():
            self._behind.add(dock)

    def _on_moved(self, dock: QDockWidget) -> None:
        """A panel floats now, or does no longer: Qt does not tell that it is in front, nor what is behind it."""
        self._on_seen(dock, True)
        for other in self._window.tabifiedDockWidgets(dock):
            self._on_seen(other, False)
        dock.raise_()

    def _on_switch(self, dock: QDockWidget) -> None:
        """Show a panel that was behind another one after all, and bring the keyboard into one that has come up."""
        if dock in self._behind:
            bring_up(dock)
        if dock.widget().isVisible():
            focus.enter(dock.widget())


def bring_up(dock: QDockWidget) -> None:
    """Show a panel in front of those that share its place."""
    dock.show()
    dock.raise_()
