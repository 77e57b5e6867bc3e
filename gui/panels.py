"""The panels around the canvas: where they stand, when they make room, and what is remembered of that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QMainWindow, QStackedWidget, QTabWidget, QWidget

from gui import fonts, recent
from gui.motion import PanelMotion
from gui.panel_tabs import PanelTabs
from gui.parts import FRAME

_LAYOUT_VERSION = 4
_SIZE = QSize(1440, 900)
"""The size of the first window, where the screen is large enough."""
_FIXED = 80
"""About so much of the width of a panel is no text, and stays as it is when texts become larger."""
_LEFT_WIDTH, _CODE_WIDTH, _INSPECTOR_WIDTH, _BOTTOM_HEIGHT = 228, 460, 312, 280
_BETWEEN = 16
"""More than what the lines between three panels take."""
_Area = Qt.DockWidgetArea


_LEFT, _RIGHT, _BOTTOM = _Area.LeftDockWidgetArea, _Area.RightDockWidgetArea, _Area.BottomDockWidgetArea


class Panels:
    """The docks of one window. Each holds a panel of every open document and shows that of the current one."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self._put_away: list[QDockWidget] = []
        self._in_front: list[QDockWidget] = []
        """Those that could be seen before all made room."""
        window.setDockOptions(QMainWindow.DockOption.AllowTabbedDocks)
        PanelMotion(window)
        self._tabs = PanelTabs(window)
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
        self._scale = fonts.scale()
        widths = [_scaled(_LEFT_WIDTH, self._scale), _scaled(_INSPECTOR_WIDTH, self._scale)]
        window.resizeDocks([self.palette, self.inspector], widths, Qt.Orientation.Horizontal)
        window.resizeDocks([self.training], [_BOTTOM_HEIGHT], Qt.Orientation.Vertical)
        self.code.visibilityChanged.connect(self._make_room_for_code)

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
            with self._laid_out_once():
                for dock in self._put_away:
                    dock.show()
            # Which is in front is a question of the layout.
            for dock in self._in_front or (self.palette, self.training):
                dock.raise_()
            self._put_away = []
            # Their widths are known once they have been laid out.
            QTimer.singleShot(0, self._window, self.follow_scale)
        else:
            self._in_front = [dock for dock in self.docks if dock.widget().isVisible()] or self._in_front
            # Those that the user has closed stay closed.
            self._put_away += [dock for dock in self.docks if dock not in self._put_away and not _is_closed(dock)]
            with self._laid_out_once():
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
            self._window.resize(_SIZE.boundedTo(self._window.screen().availableSize() - FRAME))
        if isinstance(state, QByteArray):
            self._window.restoreState(state, _LAYOUT_VERSION)
            self._scale = fonts.scale()

    def save(self, *, with_layout: bool) -> None:
        """Remember where the window is and, while they are shown, where its panels are."""
        if with_layout:
            recent.settings().setValue("layout", self._window.saveState(_LAYOUT_VERSION))
        recent.settings().setValue("geometry", self._window.saveGeometry())

    def follow_scale(self) -> None:
        """Give the panels beside the canvas as much more room, or less, as texts have become larger, or smaller."""
        beside = (self.palette, self.outline, self.history, self.code, self.inspector)
        shown = [dock for dock in beside if dock.isVisible() and dock.widget().isVisible()]
        if shown and fonts.scale() != self._scale:
            ratio = fonts.scale() / self._scale
            self._scale = fonts.scale()
            self._widen({dock: _scaled(dock.width(), ratio) for dock in shown})

    @contextmanager
    def _laid_out_once(self) -> Iterator[None]:
        """Give everything its place at the end: with each dock that comes or goes, the canvas has another size."""
        layout = self._window.layout()
        assert layout is not None
        layout.setEnabled(False)
        try:
            yield
        finally:
            layout.setEnabled(True)
            layout.activate()

    def _make_room_for_code(self, is_shown: bool) -> None:
        """Give the code room for its lines when it is first shown, and take it back from the inspector when it goes.

        Qt would make the code as narrow as it can be, and the inspector as wide as both together.
        """
        beside = max(self.inspector.width(), _scaled(_INSPECTOR_WIDTH, self._scale))
        if not is_shown:
            self._widen({self.inspector: self.inspector.width()})
        elif self.code.width() <= self.code.minimumSizeHint().width():
            # Qt would take what it needs from the panels below the canvas, too.
            room = self._window.width() - beside - self.training.minimumSizeHint().width() - _BETWEEN
            self._widen({self.code: min(_scaled(_CODE_WIDTH, self._scale), room), self.inspector: beside})

    def _widen(self, widths: Mapping[QDockWidget, int]) -> None:
        """Give docks these widths, once it is known how narrow they can be now."""

        def widen() -> None:
            for dock in self.docks:
                # What is behind another tab still wants as much room as when it was last seen.
                dock.widget().updateGeometry()
                layout = dock.layout()
                assert layout is not None
                layout.invalidate()
                layout.activate()
            self._window.resizeDocks(list(widths), list(widths.values()), Qt.Orientation.Horizontal)

        QTimer.singleShot(0, self._window, widen)

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
        self._tabs.adopt(dock)
        self._window.addDockWidget(area, dock)
        return dock


def _scaled(width: int, ratio: float) -> int:
    """The width of a panel when its texts are `ratio` times as large."""
    return round(_FIXED + (width - _FIXED) * ratio)


def _is_closed(dock: QDockWidget) -> bool:
    """Whether somebody has closed the panel; one that was never shown yet does not count as closed."""
    return dock.isHidden() and dock.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide)
