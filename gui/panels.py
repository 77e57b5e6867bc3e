"""The panels around the canvas: where they stand, when they make room, and what is remembered of that."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QMainWindow, QStackedWidget, QTabWidget, QWidget

from gui import recent

_LAYOUT_VERSION = 4
_SIZE = QSize(1440, 900)
"""The size of the first window, where the screen is large enough."""
_FRAME = QSize(16, 48)
"""About what the desktop draws around a window."""
_Area = Qt.DockWidgetArea


_LEFT, _RIGHT, _BOTTOM = _Area.LeftDockWidgetArea, _Area.RightDockWidgetArea, _Area.BottomDockWidgetArea


class Panels:
    """The docks of one window. Each holds a panel of every open document and shows that of the current one."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self._put_away: list[QDockWidget] = []
        window.setDockOptions(QMainWindow.DockOption.AnimatedDocks | QMainWindow.DockOption.AllowTabbedDocks)
        for area in (_LEFT, _BOTTOM):
            window.setTabPosition(area, QTabWidget.TabPosition.North)
        self.palette = self._dock("Layers", _LEFT)
        self.outline = self._dock("Outline", _LEFT)
        self.history = self._dock("History", _LEFT)
        self.code = self._dock("Code", _RIGHT)
        self.inspector = self._dock("Inspector", _RIGHT)
        self.training = self._dock("Training", _BOTTOM)
        self.problems = self._dock("Problems", _BOTTOM)
        self.analysis = self._dock("Analysis", _BOTTOM)
        window.splitDockWidget(self.code, self.inspector, Qt.Orientation.Horizontal)
        # Beside the canvas there is room for it on wide screens only; it is one key away.
        self.code.hide()
        tabbed = (self.training, self.problems, self.analysis)
        for dock in tabbed:
            # Their tabs name them; a title above the tabs would cost the plots a row.
            dock.setTitleBarWidget(QWidget())
        for dock in tabbed[1:]:
            window.tabifyDockWidget(self.training, dock)
        self.training.raise_()
        window.tabifyDockWidget(self.palette, self.outline)
        window.tabifyDockWidget(self.outline, self.history)
        for dock in (self.palette, self.outline, self.history):
            dock.setTitleBarWidget(QWidget())
        self.palette.raise_()
        window.setCorner(Qt.Corner.BottomLeftCorner, _BOTTOM)
        window.setCorner(Qt.Corner.BottomRightCorner, _RIGHT)
        window.resizeDocks([self.palette, self.code, self.inspector], [228, 460, 312], Qt.Orientation.Horizontal)
        window.resizeDocks([self.training], [280], Qt.Orientation.Vertical)

    @property
    def docks(self) -> tuple[QDockWidget, ...]:
        """All docks."""
        left = self.palette, self.outline, self.history
        return *left, self.inspector, self.code, self.training, self.problems, self.analysis

    @property
    def toggles(self) -> dict[str, QAction]:
        """The actions that show and hide the docks, by their ids in the table of actions."""
        return {f"{name}_panel": dock.toggleViewAction() for name, dock in vars(self).items() if dock in self.docks}

    def show(self, shown: bool) -> None:
        """Show the panels, or let them make room for a page that is not about a document."""
        if shown:
            for dock in self._put_away:
                dock.show()
            self.palette.raise_()
            self.training.raise_()
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

    def turn_to(self, panels: Mapping[str, QWidget]) -> None:
        """Show the panels of a document, by the ids of the docks; those that are new are taken in."""
        for name, panel in panels.items():
            pages = self._pages(name)
            if pages.indexOf(panel) < 0:
                pages.addWidget(panel)
            pages.setCurrentWidget(panel)

    def _pages(self, name: str) -> QStackedWidget:
        dock = getattr(self, name)
        pages = dock.widget()
        assert isinstance(pages, QStackedWidget)
        return pages

    def _dock(self, title: str, area: _Area) -> QDockWidget:
        dock = QDockWidget(title, self._window)
        dock.setObjectName(f"{title.lower()}Dock")
        dock.setWidget(QStackedWidget())
        self._window.addDockWidget(area, dock)
        return dock


def bring_up(dock: QDockWidget) -> None:
    """Show a panel in front of those that share its place."""
    dock.show()
    dock.raise_()


def _is_closed(dock: QDockWidget) -> bool:
    """Whether somebody has closed the panel; one that was never shown yet does not count as closed."""
    return dock.isHidden() and dock.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide)
