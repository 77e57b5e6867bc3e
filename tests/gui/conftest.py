"""What tests of the window share: a theme, and a window that can hold any widget."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QLayout, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui import theme
from gui.main_window import MainWindow


@pytest.fixture
def dark(qapp: QApplication) -> Iterator[None]:
    """The dark theme, and nothing left to be deleted afterwards."""
    theme.apply(qapp, theme.DARK)
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def host(qtbot: QtBot, dark: None) -> Callable[..., QWidget]:
    """Show a widget in an active window, so that it can have the focus; returns the window."""
    window = QWidget()
    column = QVBoxLayout(window)
    column.setContentsMargins(0, 0, 0, 0)
    # The offscreen platform warns of windows with limits of size, and a warning fails the test.
    column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
    qtbot.addWidget(window)

    def show(widget: QWidget, width: int = 320, height: int = 900) -> QWidget:
        column.addWidget(widget)
        window.resize(width, height)
        window.show()
        with qtbot.waitActive(window):
            window.activateWindow()
        return window

    return show


@pytest.fixture
def window(qtbot: QtBot, dark: None, own_home: Path) -> Iterator[MainWindow]:
    """The real window, with torch loaded; unsaved changes are given up at the end."""
    main = MainWindow()
    main.resize(1440, 900)
    main.show()
    main.start_loading()
    qtbot.waitUntil(lambda: main.loaded, timeout=60_000)
    yield main
    main.workspace.undo_stack.setClean()
    main.close()
    main.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
