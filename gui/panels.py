"""The panels around the canvas: where they stand, when they make room, and what is remembered of that."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabWidget, QWidget

from gui import recent

_LAYOUT_VERSION = 1
_SIZE = QSize(1440, 900)
"""The size of the first window, where the screen is large enough."""
_FRAME = QSize(16, 48)
"""About what the desktop draws around a window."""
_Area = Qt.DockWidgetArea


class Panels:
    """The docks of one window."""

    def __init__(
        self, window: QMainWindow, palette: QWidget, inspector: QWidget, training: QWidget, problems: QWidget
    ) -> None:
        self._window = window
        self._put_away: list[QDockWidget] = []
        window.setDockOptions(QMainWindow.DockOption.AnimatedDocks | QMainWindow.DockOption.AllowTabbedDocks)
        window.setTabPosition(_Area.BottomDockWidgetArea, QTabWidget.TabPosition.North)
        left = self._dock("Layers", palette, _Area.LeftDockWidgetArea)
        right = self._dock("Inspector", inspector, _Area.RightDockWidgetArea)
        self._front = self._dock("Training", training, _Area.BottomDockWidgetArea)
        behind = self._dock("Problems", problems, _Area.BottomDockWidgetArea)
        self.docks = (left, right, self._front, behind)
        """The docks of palette, inspector, training and problems."""
        window.tabifyDockWidget(self._front, behind)
        self._front.raise_()
        for tabbed in (self._front, behind):
            # Their tabs name them; a title above the tabs would cost the plots a row.
            tabbed.setTitleBarWidget(QWidget())
        window.setCorner(Qt.Corner.BottomLeftCorner, _Area.BottomDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, _Area.RightDockWidgetArea)
        window.resizeDocks([left, right], [228, 312], Qt.Orientation.Horizontal)
        window.resizeDocks([self._front], [280], Qt.Orientation.Vertical)

    def show(self, shown: bool) -> None:
        """Show the panels, or let them make room for a page that is not about a document."""
        if shown:
            for dock in self._put_away:
                dock.show()
            self._front.raise_()
            self._put_away = []
        else:
            # Those that the user has closed stay closed.
            self._put_away += [dock for dock in self.docks if dock not in self._put_away and not _is_closed(dock)]
            for dock in self.docks:
                dock.hide()
        for dock in self.docks:
            dock.toggleViewAction().setEnabled(shown)

    def restore(self) -> None:
        """Put the window and the panels where they were when the app was closed."""
        geometry, state = recent.settings().value("geometry"), recent.settings().value("layout")
        if isinstance(geometry, QByteArray):
            self._window.restoreGeometry(geometry)
        else:
            self._window.resize(_SIZE.boundedTo(self._window.screen().availableSize() - _FRAME))
        if isinstance(state, QByteArray):
            self._window.restoreState(state, _LAYOUT_VERSION)

    def save(self, *, with_layout: bool) -> None:
        """Remember where the window is and, while they are shown, where its panels are."""
        if with_layout:
            recent.settings().setValue("layout", self._window.saveState(_LAYOUT_VERSION))
        recent.settings().setValue("geometry", self._window.saveGeometry())

    def _dock(self, title: str, widget: QWidget, area: _Area) -> QDockWidget:
        dock = QDockWidget(title, self._window)
        dock.setObjectName(f"{title.lower()}Dock")
        dock.setWidget(widget)
        self._window.addDockWidget(area, dock)
        return dock


def bring_up(dock: QDockWidget) -> None:
    """Show a panel in front of those that share its place."""
    dock.show()
    dock.raise_()


def _is_closed(dock: QDockWidget) -> bool:
    """Whether somebody has closed the panel; one that was never shown yet does not count as closed."""
    return dock.isHidden() and dock.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide)
